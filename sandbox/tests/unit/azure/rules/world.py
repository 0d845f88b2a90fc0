"""A small simulated cloud with a whole platform in it, and the requests that tests make of it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.azure.cloud import Cloud, Resource, parent_id
from sandbox.azure.rules import Operation, Request
from sandbox.azure.rules.reading import name_of, type_of

ABSENT: Final = object()
"""As a change of a property: take it away."""

SUBSCRIPTION_ID = "00000000-0000-0000-0000-000000000001"
CONTROL_PLANE_PRINCIPAL = "11111111-1111-1111-1111-111111111111"
KUBELET_PRINCIPAL = "22222222-2222-2222-2222-222222222222"
KUBELET_CLIENT = "22222222-0000-0000-0000-222222222222"
OTHER_PRINCIPAL = "33333333-3333-3333-3333-333333333333"

SUBSCRIPTION = f"/subscriptions/{SUBSCRIPTION_ID}"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
OTHER_GROUP = f"{SUBSCRIPTION}/resourceGroups/other"
ROLE_DEFINITIONS = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"


def in_group(path: str, group: str = GROUP) -> str:
    return f"{group}/providers/{path}"


def assignment(scope: str, number: int) -> str:
    name = f"00000000-0000-4000-8000-{number:012d}"
    return f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"


VNET = in_group("Microsoft.Network/virtualNetworks/vnet")
NODES = f"{VNET}/subnets/nodes"
API_SERVER = f"{VNET}/subnets/api-server"
ENDPOINTS = f"{VNET}/subnets/endpoints"
NSG = in_group("Microsoft.Network/networkSecurityGroups/nsg")
NAT = in_group("Microsoft.Network/natGateways/nat")
PIP = in_group("Microsoft.Network/publicIPAddresses/pip")
CONTROL_PLANE = in_group("Microsoft.ManagedIdentity/userAssignedIdentities/control-plane")
KUBELET = in_group("Microsoft.ManagedIdentity/userAssignedIdentities/kubelet")
REGISTRY = in_group("Microsoft.ContainerRegistry/registries/acrplatform")
WORKSPACE = in_group("Microsoft.Monitor/accounts/amw")
ENDPOINT = in_group("Microsoft.Insights/dataCollectionEndpoints/dce")
RULE = in_group("Microsoft.Insights/dataCollectionRules/dcr")
CLUSTER = in_group("Microsoft.ContainerService/managedClusters/aks")
NEW_CLUSTER = in_group("Microsoft.ContainerService/managedClusters/aks2")
POOL = f"{CLUSTER}/agentPools/work"
NEW_POOL = f"{CLUSTER}/agentPools/more"
ASSOCIATION = f"{CLUSTER}/providers/Microsoft.Insights/dataCollectionRuleAssociations/prometheus"
MAINTENANCE = f"{CLUSTER}/maintenanceConfigurations/aksManagedAutoUpgradeSchedule"
NETWORK_CONTRIBUTOR = f"{ROLE_DEFINITIONS}/4d97b98b-1d4f-4787-a291-c67834d212e7"
IDENTITY_OPERATOR = f"{ROLE_DEFINITIONS}/f1a07417-d97a-45cb-824c-7a7467783830"
ACR_PULL = f"{ROLE_DEFINITIONS}/7f951dda-4ed3-4680-a7ca-43fe172d538d"

SYSTEM_PROFILE: dict[str, Any] = {
    "name": "system",
    "mode": "System",
    "type": "VirtualMachineScaleSets",
    "osType": "Linux",
    "osSKU": "Ubuntu",
    "vmSize": "Standard_D4ds_v5",
    "enableAutoScaling": True,
    "minCount": 3,
    "maxCount": 5,
    "count": 3,
    "maxPods": 250,
    "osDiskType": "Ephemeral",
    "osDiskSizeGB": 128,
    "availabilityZones": ["1", "2", "3"],
    "vnetSubnetID": NODES,
    "nodeTaints": ["CriticalAddonsOnly=true:NoSchedule"],
    "upgradeSettings": {"maxSurge": "10%"},
}
CLUSTER_INPUTS: dict[str, Any] = {
    "location": "swedencentral",
    "sku": {"name": "Base", "tier": "Standard"},
    "supportPlan": "KubernetesOfficial",
    "kubernetesVersion": "1.36",
    "dnsPrefix": "aks",
    "enableRBAC": True,
    "disableLocalAccounts": True,
    "aadProfile": {
        "managed": True,
        "enableAzureRBAC": True,
        "tenantID": "00000000-0000-0000-0000-000000000002",
    },
    "identity": {"type": "UserAssigned", "userAssignedIdentities": [CONTROL_PLANE]},
    "identityProfile": {
        "kubeletidentity": {"resourceId": KUBELET, "clientId": KUBELET_CLIENT, "objectId": KUBELET_PRINCIPAL}
    },
    "oidcIssuerProfile": {"enabled": True},
    "securityProfile": {
        "workloadIdentity": {"enabled": True},
        "imageCleaner": {"enabled": True, "intervalHours": 168},
    },
    "networkProfile": {
        "networkPlugin": "azure",
        "networkPluginMode": "overlay",
        "networkDataplane": "cilium",
        "networkPolicy": "cilium",
        "outboundType": "userAssignedNATGateway",
        "loadBalancerSku": "standard",
        "podCidr": "10.244.0.0/16",
        "serviceCidr": "10.0.0.0/16",
        "dnsServiceIP": "10.0.0.10",
    },
    "apiServerAccessProfile": {"enableVnetIntegration": True, "subnetId": API_SERVER},
    "autoUpgradeProfile": {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "NodeImage"},
    "agentPoolProfiles": [SYSTEM_PROFILE],
}
POOL_INPUTS: dict[str, Any] = {
    **{key: value for key, value in SYSTEM_PROFILE.items() if key not in ("name", "nodeTaints")},
    "mode": "User",
    "minCount": 0,
    "maxCount": 10,
    "count": 0,
}
RULE_INPUTS: dict[str, Any] = {
    "location": "swedencentral",
    "kind": "Linux",
    "dataCollectionEndpointId": ENDPOINT,
    "dataSources": {
        "prometheusForwarder": [{"name": "prometheus", "streams": ["Microsoft-PrometheusMetrics"]}]
    },
    "destinations": {"monitoringAccounts": [{"name": "workspace", "accountResourceId": WORKSPACE}]},
    "dataFlows": [{"streams": ["Microsoft-PrometheusMetrics"], "destinations": ["workspace"]}],
}
SECURITY_RULE: dict[str, Any] = {
    "name": "https",
    "priority": 100,
    "direction": "Inbound",
    "access": "Allow",
    "protocol": "Tcp",
    "sourcePortRange": "*",
    "destinationPortRanges": ["443", "8000-8080"],
    "sourceAddressPrefix": "Internet",
    "destinationAddressPrefix": "*",
}
WINDOW: dict[str, Any] = {
    "durationHours": 4,
    "startTime": "02:00",
    "utcOffset": "+00:00",
    "schedule": {"weekly": {"dayOfWeek": "Sunday", "intervalWeeks": 1}},
}
NETWORK_ROLE: dict[str, Any] = {
    "principalId": CONTROL_PLANE_PRINCIPAL,
    "principalType": "ServicePrincipal",
    "roleDefinitionId": NETWORK_CONTRIBUTOR,
}

PLATFORM: dict[str, dict[str, Any]] = {
    GROUP: {"location": "swedencentral"},
    OTHER_GROUP: {"location": "swedencentral"},
    NSG: {"location": "swedencentral", "securityRules": [SECURITY_RULE]},
    PIP: {
        "location": "swedencentral",
        "sku": {"name": "Standard"},
        "publicIPAllocationMethod": "Static",
        "dnsSettings": {"domainNameLabel": "taken"},
        "zones": ["1"],
    },
    NAT: {
        "location": "swedencentral",
        "sku": {"name": "Standard"},
        "publicIpAddresses": [{"id": PIP}],
        "idleTimeoutInMinutes": 4,
        "zones": ["1"],
    },
    VNET: {"location": "swedencentral", "addressSpace": {"addressPrefixes": ["10.224.0.0/16"]}},
    NODES: {
        "addressPrefix": "10.224.0.0/17",
        "natGateway": {"id": NAT},
        "networkSecurityGroup": {"id": NSG},
        "defaultOutboundAccess": False,
    },
    API_SERVER: {
        "addressPrefix": "10.224.128.0/28",
        "delegations": [{"name": "aks", "serviceName": "Microsoft.ContainerService/managedClusters"}],
    },
    ENDPOINTS: {"addressPrefix": "10.224.129.0/24"},
    CONTROL_PLANE: {"location": "swedencentral"},
    KUBELET: {"location": "swedencentral"},
    assignment(NODES, 1): {**NETWORK_ROLE, "scope": NODES},
    assignment(API_SERVER, 2): {**NETWORK_ROLE, "scope": API_SERVER},
    assignment(KUBELET, 3): {**NETWORK_ROLE, "roleDefinitionId": IDENTITY_OPERATOR, "scope": KUBELET},
    REGISTRY: {"location": "swedencentral", "sku": {"name": "Standard"}, "adminUserEnabled": False},
    assignment(REGISTRY, 4): {
        "principalId": KUBELET_PRINCIPAL,
        "principalType": "ServicePrincipal",
        "roleDefinitionId": ACR_PULL,
        "scope": REGISTRY,
    },
    CLUSTER: CLUSTER_INPUTS,
    POOL: POOL_INPUTS,
    MAINTENANCE: {"maintenanceWindow": WINDOW},
    WORKSPACE: {"location": "swedencentral"},
    ENDPOINT: {"location": "swedencentral", "kind": "Linux"},
    RULE: RULE_INPUTS,
    ASSOCIATION: {"resourceUri": CLUSTER, "dataCollectionRuleId": RULE},
}
"""The inputs of every resource of a platform, in an order in which Azure takes them."""

_COMPUTED: dict[str, dict[str, Any]] = {
    CONTROL_PLANE: {"principalId": CONTROL_PLANE_PRINCIPAL, "clientId": CONTROL_PLANE_PRINCIPAL},
    KUBELET: {"principalId": KUBELET_PRINCIPAL, "clientId": KUBELET_CLIENT},
    CLUSTER: {"currentKubernetesVersion": "1.36.5", "nodeResourceGroup": "MC_rg_aks_swedencentral"},
    POOL: {"currentOrchestratorVersion": "1.36.5", "orchestratorVersion": "1.36.5"},
}


def changed(properties: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy with dotted paths set to new values, or taken away; a number is a place in a list."""
    result: Any = copy.deepcopy(dict(properties))
    for path, value in changes.items():
        *steps, last = path.split(".")
        target = result
        for step in steps:
            target = target[int(step)] if step.isdecimal() else target.setdefault(step, {})
        if value is ABSENT:
            target.pop(last, None)
        else:
            target[last] = value
    return result


def put(cloud: Cloud, resource_id: str, inputs: Mapping[str, Any]) -> None:
    """Write a resource as the stand-in for Azure would, without asking any rule."""
    parent = cloud.get(parent_id(resource_id))
    location = inputs.get("location") or (parent.location if parent else None)
    cloud.put(
        Resource(
            id=resource_id,
            type=type_of(resource_id),
            name=name_of(resource_id),
            location=location,
            properties={"id": resource_id, **inputs, **_COMPUTED.get(resource_id, {})},
            inputs=dict(inputs),
        )
    )


@dataclass(frozen=True)
class Write:
    """A request; ``given`` maps the ids of what the cloud holds besides to inputs, or to ``ABSENT``."""

    operation: Operation
    id: str
    properties: Mapping[str, Any]
    given: Mapping[str, Any] = field(default_factory=dict)

    def request(self, cloud: Cloud) -> Request:
        for resource_id, inputs in self.given.items():
            if inputs is ABSENT:
                cloud.delete(resource_id)
            else:
                put(cloud, resource_id, inputs)
        current = cloud.get(self.id) if self.operation != "create" else None
        return Request(
            operation=self.operation,
            type=type_of(self.id),
            id=self.id,
            properties=self.properties,
            current=current.properties if current is not None else None,
            cloud=cloud,
            subscription_id=SUBSCRIPTION_ID,
        )


def write(operation: Operation, base: Mapping[str, Any], default_id: str) -> Callable[..., Write]:
    """Return a maker of requests: changes of ``base`` by dotted path, another ``id``, what is ``given``."""

    def make(
        changes: Mapping[str, Any] | None = None,
        id: str = default_id,  # noqa: A002
        given: Mapping[str, Any] | None = None,
    ) -> Write:
        return Write(operation, id, changed(base, changes or {}), given or {})

    return make


def delete(resource_id: str, given: Mapping[str, Any] | None = None) -> Write:
    return Write("delete", resource_id, {}, given or {})


new_cluster = write("create", CLUSTER_INPUTS, NEW_CLUSTER)
new_pool = write("create", POOL_INPUTS, NEW_POOL)
update_cluster = write("update", CLUSTER_INPUTS, CLUSTER)
update_pool = write("update", POOL_INPUTS, POOL)


@dataclass(frozen=True)
class Case:
    """One rule with a request that it refuses, its answer, and a near-identical request that it accepts."""

    rule: str
    refused: Write
    accepted: Write
    status: int
    code: str
    message: str
