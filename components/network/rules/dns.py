"""DNS servers and forwarding rules."""

from components.network.settings import NetworkSettings
from settings.rules import Refusals, refuse, rule


@rule
def dns_servers_are_outside_the_cluster(network: NetworkSettings) -> Refusals:
    """No DNS server of the virtual network has an address of the pods' or the services'."""
    inside = {"cni.podCidr": network.cni.pod_range, "serviceCidr": network.service_cidr}
    for position, server in enumerate(network.dns_servers):
        for key, range_ in inside.items():
            if range_ and server in range_:
                reason = "nodes ask it before there are pods and services"
                yield refuse(
                    ("dnsServers", position), f"an address outside {key} {range_}", reason, "168.63.129.16"
                )


@rule
def forwarding_rules_are_asked(network: NetworkSettings) -> Refusals:
    """Only a virtual network that uses Azure's own resolver has forwarding rules."""
    if network.dns_servers and network.dns_resolver.forwarding_rules:
        reason = "the network asks its dnsServers, which do not know the rules"
        yield refuse("dnsResolver.forwardingRules", "none with dnsServers", reason, "remove dnsServers")
