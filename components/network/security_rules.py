"""The rules of the node subnet's network security group, as plain data."""

from ipaddress import IPv4Network

from pulumi_azure_native import network

# Azure's own rules start at 65000; a hundred between ours leaves room for a team's own.
PRIORITIES = {
    "AllowWebFromInternet": 1000,
    "AllowPodsToPods": 1100,
    "AllowNodesToPods": 1200,
    "AllowPodsToNodes": 1300,
}


def for_nodes(
    nodes: IPv4Network, pods: IPv4Network | None, open_to_internet: bool
) -> list[network.SecurityRuleArgs]:
    """Inbound rules of the node subnet; `pods` is their range where it is no part of the virtual network.

    Azure's AllowVnetInBound does not cover such addresses, so traffic from and to pods is named. Web traffic
    reaches the nodes with the client's address, not the load balancer's; AKS does not open a subnet's group
    itself.

    https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#network-security-groups
    """
    rules = [
        _allow(f"Allow{name}", source=str(source), destination=str(destination))
        for name, source, destination in (
            ("PodsToPods", pods, pods),
            ("NodesToPods", nodes, pods),
            ("PodsToNodes", pods, nodes),
        )
        if pods
    ]
    if open_to_internet:
        web = _allow(
            "AllowWebFromInternet", source="Internet", destination="*", protocol="Tcp", ports=("80", "443")
        )
        return [web, *rules]
    return rules


def _allow(
    name: str, *, source: str, destination: str, protocol: str = "*", ports: tuple[str, ...] = ()
) -> network.SecurityRuleArgs:
    return network.SecurityRuleArgs(
        name=name,
        priority=PRIORITIES[name],
        direction=network.SecurityRuleDirection.INBOUND,
        access=network.SecurityRuleAccess.ALLOW,
        protocol=protocol,
        source_address_prefix=source,
        source_port_range="*",
        destination_address_prefix=destination,
        destination_port_range=None if ports else "*",
        destination_port_ranges=list(ports) or None,
    )
