"""What an Azure Firewall lets out of the cluster, as plain data.

https://learn.microsoft.com/azure/aks/outbound-rules-control-egress
"""

from typing import Final

from pulumi_azure_native import network

from azure_facts.address_plan import PRIVATE

_FROM_PRIVATE_ADDRESSES: Final = [str(each) for each in PRIVATE]

_AZURE_NAMES: Final = (
    # Azure Monitor: metrics, logs and their collection rules.
    "*.ods.opinsights.azure.com",
    "*.oms.opinsights.azure.com",
    "*.monitoring.azure.com",
    "*.ingest.monitor.azure.com",
    "*.metrics.ingest.monitor.azure.com",
    "*.handler.control.monitor.azure.com",
    # Azure Policy.
    "data.policy.core.windows.net",
    "store.policy.core.windows.net",
    "dc.services.visualstudio.com",
    # Key vaults, for the secrets provider.
    "*.vault.azure.net",
    # Container registries, and where they keep layers.
    # https://learn.microsoft.com/azure/container-registry/container-registry-firewall-access-rules
    "*.azurecr.io",
    "*.blob.core.windows.net",
)
_IMAGE_REGISTRIES: Final = (
    # The device plugin's image.
    "nvcr.io",
    "*.nvcr.io",
    "*.ngc.nvidia.com",
    # The ingress controller's image.
    "ghcr.io",
    "pkg-containers.githubusercontent.com",
)


def for_aks(
    location: str, *, api_server_on_internet: bool, allowed_fqdns: tuple[str, ...]
) -> list[network.FirewallPolicyFilterRuleCollectionArgs]:
    """The rule collections that a cluster needs, and those that the stack file adds.

    AKS keeps the names behind the tag AzureKubernetesService. An API server on the internet is reached by its
    address, which is known only later, so its region is allowed.
    """
    network_rules = [_network("AzureMonitor", ["AzureMonitor"], ["TCP"], ["443"])]
    if api_server_on_internet:
        region = [f"AzureCloud.{location}"]
        network_rules += [
            _network("ApiServer", region, ["TCP"], ["443", "9000"]),
            _network("ApiServerTunnel", region, ["UDP"], ["1194"]),
        ]
    application_rules = [
        network.ApplicationRuleArgs(
            rule_type="ApplicationRule",
            name="AzureKubernetesService",
            source_addresses=_FROM_PRIVATE_ADDRESSES,
            fqdn_tags=["AzureKubernetesService"],
            protocols=[_protocol("Http", 80), _protocol("Https", 443)],
        ),
        _names("AzureServices", _AZURE_NAMES),
        _names("ImageRegistries", _IMAGE_REGISTRIES),
    ]
    if allowed_fqdns:
        application_rules.append(_names("AllowedByStackFile", allowed_fqdns))
    return [_allowed("network", 200, network_rules), _allowed("application", 300, application_rules)]


def _allowed(
    name: str, priority: int, rules: list[network.NetworkRuleArgs] | list[network.ApplicationRuleArgs]
) -> network.FirewallPolicyFilterRuleCollectionArgs:
    return network.FirewallPolicyFilterRuleCollectionArgs(
        rule_collection_type="FirewallPolicyFilterRuleCollection",
        name=name,
        priority=priority,
        action=network.FirewallPolicyFilterRuleCollectionActionArgs(type="Allow"),
        rules=list(rules),
    )


def _network(
    name: str, destinations: list[str], protocols: list[str], ports: list[str]
) -> network.NetworkRuleArgs:
    return network.NetworkRuleArgs(
        rule_type="NetworkRule",
        name=name,
        source_addresses=_FROM_PRIVATE_ADDRESSES,
        destination_addresses=destinations,
        destination_ports=ports,
        ip_protocols=list(protocols),
    )


def _names(name: str, fqdns: tuple[str, ...]) -> network.ApplicationRuleArgs:
    return network.ApplicationRuleArgs(
        rule_type="ApplicationRule",
        name=name,
        source_addresses=_FROM_PRIVATE_ADDRESSES,
        target_fqdns=list(fqdns),
        protocols=[_protocol("Https", 443)],
    )


def _protocol(type_: str, port: int) -> network.FirewallPolicyRuleApplicationProtocolArgs:
    return network.FirewallPolicyRuleApplicationProtocolArgs(protocol_type=type_, port=port)
