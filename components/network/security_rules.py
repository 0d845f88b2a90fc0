"""The rules of the subnets' network security groups, as plain data."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network

from pulumi_azure_native import network

from components.network.settings import SecurityRuleSettings

# Azure's own rules start at 65000. Those of a team have 100 to 999 and 2000 to 4096, as rules say.
_FIRST = 1000
PRIORITIES = {
    "AllowWebFromInternet": _FIRST,
    "AllowPodsToPods": 1100,
    "AllowNodesToPods": 1200,
    "AllowPodsToNodes": 1300,
    "AllowPodsToPodsIPv6": 1110,
    "AllowNodesToPodsIPv6": 1210,
    "AllowPodsToNodesIPv6": 1310,
}

Networks = Sequence[IPv4Network] | Sequence[IPv6Network]


def for_nodes(
    overlays: Sequence[tuple[Networks, IPv4Network | IPv6Network]], open_to_internet: bool
) -> list[network.SecurityRuleArgs]:
    """Inbound rules of a subnet of nodes.

    `overlays` has for each IP family the subnets of nodes, and the range of pods where it is no part of the
    virtual network. Azure's AllowVnetInBound does not cover such addresses, so traffic from and to pods is
    named, by rules for each family: Azure takes none with ranges of both. Web traffic reaches the nodes with
    the client's address, not the load balancer's; AKS does not open a subnet's group itself.

    https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#network-security-groups
    """
    rules = []
    for nodes, pods in overlays:
        of_nodes, of_pods = [str(each) for each in nodes], [str(pods)]
        family = "IPv6" if isinstance(pods, IPv6Network) else ""
        rules += [
            _allow(f"AllowPodsToPods{family}", source=of_pods, destination=of_pods),
            _allow(f"AllowNodesToPods{family}", source=of_nodes, destination=of_pods),
            _allow(f"AllowPodsToNodes{family}", source=of_pods, destination=of_nodes),
        ]
    if open_to_internet:
        web = _allow(
            "AllowWebFromInternet",
            source=["Internet"],
            destination=["*"],
            protocol="Tcp",
            ports=("80", "443"),
        )
        return [web, *rules]
    return rules


def for_bastion() -> list[network.SecurityRuleArgs]:
    """The rules without which Azure makes no Bastion host: browsers and Azure come in, sessions go out.

    https://learn.microsoft.com/azure/bastion/bastion-nsg
    """
    inbound, outbound = network.SecurityRuleDirection.INBOUND, network.SecurityRuleDirection.OUTBOUND
    own, host = "VirtualNetwork", ("8080", "5701")
    rules = [
        ("AllowHttpsInbound", inbound, "Internet", "*", ("443",)),
        ("AllowGatewayManagerInbound", inbound, "GatewayManager", "*", ("443",)),
        ("AllowAzureLoadBalancerInbound", inbound, "AzureLoadBalancer", "*", ("443",)),
        ("AllowBastionHostInbound", inbound, own, own, host),
        ("AllowSshRdpOutbound", outbound, "*", own, ("22", "3389")),
        ("AllowTunnelOutbound", outbound, "*", own, ("443",)),
        ("AllowAzureCloudOutbound", outbound, "*", "AzureCloud", ("443",)),
        ("AllowBastionHostOutbound", outbound, own, own, host),
        ("AllowHttpOutbound", outbound, "*", "Internet", ("80",)),
    ]
    return [
        network.SecurityRuleArgs(
            name=name,
            priority=_FIRST + 100 * place,
            direction=direction,
            access=network.SecurityRuleAccess.ALLOW,
            protocol="*" if ports == host else "Tcp",
            source_address_prefix=source,
            source_port_range="*",
            destination_address_prefix=destination,
            destination_port_ranges=list(ports),
        )
        for place, (name, direction, source, destination, ports) in enumerate(rules)
    ]


def own(rules: Mapping[str, SecurityRuleSettings]) -> list[network.SecurityRuleArgs]:
    """The rules that a stack file adds to a subnet, in the order of their priorities."""
    return [
        network.SecurityRuleArgs(
            name=name,
            priority=rule.priority,
            direction=rule.direction,
            access=rule.access,
            protocol=rule.protocol,
            source_port_range="*",
            source_address_prefix=_single(rule.source_address_prefixes),
            source_address_prefixes=_several(rule.source_address_prefixes),
            destination_address_prefix=_single(rule.destination_address_prefixes),
            destination_address_prefixes=_several(rule.destination_address_prefixes),
            destination_port_range=_single(rule.destination_port_ranges),
            destination_port_ranges=_several(rule.destination_port_ranges),
        )
        for name, rule in sorted(rules.items(), key=lambda item: item[1].priority)
    ]


def _single(values: Sequence[str]) -> str | None:
    """Azure takes one value, a service tag or an asterisk among others, only in a property of its own."""
    return values[0] if len(values) == 1 else None


def _several(values: Sequence[str]) -> list[str] | None:
    return list(values) if len(values) > 1 else None


def _allow(
    name: str, *, source: list[str], destination: list[str], protocol: str = "*", ports: tuple[str, ...] = ()
) -> network.SecurityRuleArgs:
    return network.SecurityRuleArgs(
        name=name,
        priority=PRIORITIES[name],
        direction=network.SecurityRuleDirection.INBOUND,
        access=network.SecurityRuleAccess.ALLOW,
        protocol=protocol,
        source_address_prefix=_single(source),
        source_address_prefixes=_several(source),
        source_port_range="*",
        destination_address_prefix=_single(destination),
        destination_address_prefixes=_several(destination),
        destination_port_range=None if ports else "*",
        destination_port_ranges=list(ports) or None,
    )
