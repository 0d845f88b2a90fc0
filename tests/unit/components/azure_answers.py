"""What Azure answers in these tests: names with a suffix, and ids and values made of names."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000001"
TENANT: Final = "00000000-0000-0000-0000-000000000002"
SUFFIX: Final = "1a2b3c4d"
IP_ADDRESS: Final = "203.0.113.4"
IP_PREFIX: Final = "192.0.2.0/30"
FIREWALL_ADDRESS: Final = "10.224.240.4"
PRIVATE_IP_ADDRESS: Final = "10.224.8.4"

ACCOUNT: Final = {
    "clientId": "00000000-0000-0000-0000-000000000004",
    "objectId": "00000000-0000-0000-0000-000000000003",
    "subscriptionId": SUBSCRIPTION,
    "tenantId": TENANT,
}

RENDERED_CHART: Final = [
    {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com", "annotations": {"made-by": "a generator"}},
    },
    {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}},
]
"""What Pulumi's Kubernetes provider answers when it is asked to render a Helm chart."""

NAT_GATEWAY: Final = {"natGateway": {"id": "/natGateways/ng-hub"}}
SUBNETS: Final[dict[str, dict[str, Any]]] = {
    "snet-aks": {"addressPrefix": "10.40.0.0/22", **NAT_GATEWAY},
    "snet-api": {
        "addressPrefixes": ["10.40.4.0/28"],
        "delegations": [{"serviceName": "Microsoft.ContainerService/managedClusters"}],
    },
    "snet-bare": {"addressPrefix": "10.40.0.0/22"},
    "snet-taken": {
        "addressPrefix": "10.40.8.0/24",
        "delegations": [{"serviceName": "Microsoft.Web/serverFarms"}],
        **NAT_GATEWAY,
    },
}
"""Subnets that exist before the stack, by name."""

_EXPLICIT_NAMES: Final = (
    "agentPoolName",
    "associationName",
    "configName",
    "dataCollectionEndpointName",
    "dataCollectionRuleName",
    "roleAssignmentName",
)


def azure_kubeconfig(cluster_name: str) -> str:
    """What Azure answers to listClusterUserCredential, shortened to what is read of it."""
    cluster = {"server": f"https://{cluster_name}.hcp:443", "certificate-authority-data": "Q0E="}
    return base64.b64encode(json.dumps({"clusters": [{"cluster": cluster}]}).encode()).decode()


def identity(name: str) -> dict[str, str]:
    """What Azure answers to a question for a user-assigned identity."""
    return {
        "azureApiVersion": "2024-11-30",
        "clientId": f"client-of-{name}",
        "id": f"/UserAssignedIdentity/{name}",
        "location": "westeurope",
        "name": name,
        "principalId": f"principal-of-{name}",
        "tenantId": TENANT,
        "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
    }


def physical_name(name: str, inputs: Mapping[str, Any]) -> str:
    """The name in Azure: explicit where the inputs name it, else the Pulumi name and a suffix."""
    return next((inputs[key] for key in _EXPLICIT_NAMES if key in inputs), f"{name}{SUFFIX}")


def state(type_: str, name: str, inputs: Mapping[str, Any], *, preview: bool) -> dict[str, Any]:
    """What the provider gives back for a resource: in a preview as little as azure-native knows then."""
    if not type_.startswith("azure-native:"):
        return dict(inputs)
    known = {"name": physical_name(name, inputs), "location": inputs.get("location", "westeurope")}
    if preview:
        return known
    return {**inputs, **known, **_COMPUTED.get(type_.rpartition(":")[2], lambda _: {})(inputs)}


_COMPUTED: Final[Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "AzureMonitorWorkspace": lambda _: {
        "metrics": {"internalId": "mac", "prometheusQueryEndpoint": "https://query.prometheus"}
    },
    "ManagedCluster": lambda inputs: {
        "nodeResourceGroup": "MC_nodes",
        "oidcIssuerProfile": {"enabled": True, "issuerURL": "https://issuer"},
        # Goes in as a list of ids and comes out as a map.
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {}},
    },
    "PublicIPAddress": lambda _: {"ipAddress": IP_ADDRESS},
    "Registry": lambda _: {"loginServer": "registry.azurecr"},
}

READS: Final[Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]]] = {
    "getAzureFirewall": lambda _: {"ipConfigurations": [{"privateIPAddress": FIREWALL_ADDRESS}]},
    "getInboundEndpoint": lambda asked: {
        "ipConfigurations": [{"privateIpAddress": PRIVATE_IP_ADDRESS, "subnet": {"id": "/Subnet/dns"}}],
        "name": asked["inboundEndpointName"],
    },
    "getPublicIPAddress": lambda asked: {"ipAddress": IP_ADDRESS, "name": asked["publicIpAddressName"]},
    "getPublicIPPrefix": lambda asked: {"ipPrefix": IP_PREFIX, "name": asked["publicIpPrefixName"]},
    "getSubnet": lambda asked: SUBNETS[asked["subnetName"]],
    "getVirtualNetworkGateway": lambda asked: {
        "bgpSettings": {
            "bgpPeeringAddresses": [
                {"defaultBgpIpAddresses": [address]} for address in ("10.224.240.196", "10.224.240.197")
            ]
        },
        "name": asked["virtualNetworkGatewayName"],
    },
    "getUserAssignedIdentity": lambda asked: identity(asked["resourceName"]),
}
"""What is read of one resource that exists, by function."""
