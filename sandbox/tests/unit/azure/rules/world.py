"""A small simulated cloud with a whole platform in it, and the requests that tests make of it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from sandbox.azure.cloud import Cloud, Resource, parent_id
from sandbox.azure.facts import facts
from sandbox.azure.facts.locations import LOCATIONS
from sandbox.azure.request import CloudView, Operation, Request
from sandbox.azure.rules.reading import name_of, type_of, values_at

EVERY_LOCATION = ",".join(LOCATIONS)
WORKSPACE_LOCATIONS = ",".join(facts("locations")["monitorWorkspaces"])
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
FIREWALL_SUBNET = f"{VNET}/subnets/AzureFirewallSubnet"
FIREWALL = in_group("Microsoft.Network/azureFirewalls/afw")
FIREWALL_POLICY = in_group("Microsoft.Network/firewallPolicies/afwp")
ROUTES = in_group("Microsoft.Network/routeTables/rt")
PREFIX = in_group("Microsoft.Network/publicIPPrefixes/ippre")
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
BASTION_PIP = in_group("Microsoft.Network/publicIPAddresses/bastion")
BASTION = in_group("Microsoft.Network/bastionHosts/bas")
WATCHER = in_group("Microsoft.Network/networkWatchers/NetworkWatcher_swedencentral", OTHER_GROUP)
STORAGE = in_group("Microsoft.Storage/storageAccounts/stflows")
HUB = in_group("Microsoft.Network/virtualNetworks/hub", OTHER_GROUP)
BASTION_SUBNET = f"{HUB}/subnets/AzureBastionSubnet"
DNS_SUBNET = f"{HUB}/subnets/dns"
RESOLVER = in_group("Microsoft.Network/dnsResolvers/dnspr")
OTHER_RESOLVER = in_group("Microsoft.Network/dnsResolvers/other", OTHER_GROUP)
RULESET = in_group("Microsoft.Network/dnsForwardingRulesets/dnsfrs")
GATEWAY_SUBNET = f"{VNET}/subnets/GatewaySubnet"
BRANCH = in_group("Microsoft.Network/virtualNetworks/branch", OTHER_GROUP)
BRANCH_GATEWAY_SUBNET = f"{BRANCH}/subnets/GatewaySubnet"
VPN_GATEWAY = in_group("Microsoft.Network/virtualNetworkGateways/vpng")
VPN_PIP = in_group("Microsoft.Network/publicIPAddresses/vpn")
LOCAL_NETWORK = in_group("Microsoft.Network/localNetworkGateways/lgw")
CONNECTION = in_group("Microsoft.Network/connections/con")
HUB_GATEWAY = in_group("Microsoft.Network/virtualNetworkGateways/vgw", OTHER_GROUP)
SPOKE = in_group("Microsoft.Network/virtualNetworks/spoke", OTHER_GROUP)
PRIVATE_ENDPOINT = in_group("Microsoft.Network/privateEndpoints/pep")
DNS_ZONE = in_group("Microsoft.Network/privateDnsZones/privatelink.azurecr.io")
DNS_LINK = f"{DNS_ZONE}/virtualNetworkLinks/link"
LOGS = in_group("Microsoft.OperationalInsights/workspaces/log")
DIAGNOSTICS = f"{CLUSTER}/providers/Microsoft.Insights/diagnosticSettings/audit"
ASSOCIATION = f"{CLUSTER}/providers/Microsoft.Insights/dataCollectionRuleAssociations/prometheus"
MAINTENANCE = f"{CLUSTER}/maintenanceConfigurations/aksManagedAutoUpgradeSchedule"
NETWORK_CONTRIBUTOR = f"{ROLE_DEFINITIONS}/4d97b98b-1d4f-4787-a291-c67834d212e7"
IDENTITY_OPERATOR = f"{ROLE_DEFINITIONS}/f1a07417-d97a-45cb-824c-7a7467783830"
ACR_PULL = f"{ROLE_DEFINITIONS}/7f951dda-4ed3-4680-a7ca-43fe172d538d"
NODES_ROLE = assignment(NODES, 1)
API_SERVER_ROLE = assignment(API_SERVER, 2)
KUBELET_ROLE = assignment(KUBELET, 3)
REGISTRY_ROLE = assignment(REGISTRY, 4)

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
ROUTE: dict[str, Any] = {
    "name": "out",
    "addressPrefix": "0.0.0.0/0",
    "nextHopType": "VirtualAppliance",
    "nextHopIpAddress": "10.224.132.4",
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

VPN_GATEWAY_INPUTS = {
    "location": "swedencentral",
    "gatewayType": "Vpn",
    "vpnType": "RouteBased",
    "vpnGatewayGeneration": "Generation1",
    "sku": {"name": "VpnGw1AZ", "tier": "VpnGw1AZ"},
    "ipConfigurations": [
        {"name": "one", "subnet": {"id": BRANCH_GATEWAY_SUBNET}, "publicIPAddress": {"id": VPN_PIP}}
    ],
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
    FIREWALL_SUBNET: {"addressPrefix": "10.224.132.0/26"},
    FIREWALL_POLICY: {"location": "swedencentral", "sku": {"tier": "Standard"}},
    ROUTES: {"location": "swedencentral", "routes": [ROUTE]},
    PREFIX: {"location": "swedencentral", "sku": {"name": "Standard"}, "prefixLength": 31},
    CONTROL_PLANE: {"location": "swedencentral"},
    KUBELET: {"location": "swedencentral"},
    NODES_ROLE: {**NETWORK_ROLE, "scope": NODES},
    API_SERVER_ROLE: {**NETWORK_ROLE, "scope": API_SERVER},
    KUBELET_ROLE: {**NETWORK_ROLE, "roleDefinitionId": IDENTITY_OPERATOR, "scope": KUBELET},
    REGISTRY: {"location": "swedencentral", "sku": {"name": "Standard"}, "adminUserEnabled": False},
    REGISTRY_ROLE: {
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
    LOGS: {"location": "swedencentral", "sku": {"name": "PerGB2018"}, "retentionInDays": 90},
    HUB: {"location": "swedencentral", "addressSpace": {"addressPrefixes": ["10.100.0.0/16"]}},
    BASTION_SUBNET: {"addressPrefix": "10.100.1.0/26"},
    BASTION_PIP: {
        "location": "swedencentral",
        "sku": {"name": "Standard"},
        "publicIPAllocationMethod": "Static",
    },
    BASTION: {
        "location": "swedencentral",
        "sku": {"name": "Standard"},
        "ipConfigurations": [
            {"name": "default", "subnet": {"id": BASTION_SUBNET}, "publicIPAddress": {"id": BASTION_PIP}}
        ],
    },
    DNS_SUBNET: {
        "addressPrefix": "10.100.2.0/28",
        "delegations": [{"name": "dns", "serviceName": "Microsoft.Network/dnsResolvers"}],
    },
    RESOLVER: {"location": "swedencentral", "virtualNetwork": {"id": VNET}},
    RULESET: {"location": "swedencentral"},
    WATCHER: {"location": "swedencentral"},
    STORAGE: {"location": "swedencentral", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}},
    GATEWAY_SUBNET: {"addressPrefix": "10.224.133.0/27"},
    VPN_PIP: {
        "location": "swedencentral",
        "sku": {"name": "Standard"},
        "publicIPAllocationMethod": "Static",
    },
    BRANCH: {"location": "swedencentral", "addressSpace": {"addressPrefixes": ["10.101.0.0/24"]}},
    BRANCH_GATEWAY_SUBNET: {"addressPrefix": "10.101.0.0/27"},
    VPN_GATEWAY: VPN_GATEWAY_INPUTS,
    LOCAL_NETWORK: {
        "location": "swedencentral",
        "gatewayIpAddress": "203.0.113.10",
        "localNetworkAddressSpace": {"addressPrefixes": ["192.168.0.0/16"]},
    },
    CONNECTION: {
        "location": "swedencentral",
        "connectionType": "IPsec",
        "virtualNetworkGateway1": {"id": VPN_GATEWAY},
        "localNetworkGateway2": {"id": LOCAL_NETWORK},
    },
    DNS_ZONE: {"location": "global"},
    DNS_LINK: {"location": "global", "registrationEnabled": False, "virtualNetwork": {"id": VNET}},
}
"""The inputs of every resource of a platform, in an order in which Azure takes them."""

_COMPUTED: dict[str, dict[str, Any]] = {
    CONTROL_PLANE: {"principalId": CONTROL_PLANE_PRINCIPAL, "clientId": CONTROL_PLANE_PRINCIPAL},
    KUBELET: {"principalId": KUBELET_PRINCIPAL, "clientId": KUBELET_CLIENT},
    CLUSTER: {"currentKubernetesVersion": "1.36.5", "nodeResourceGroup": "MC_rg_aks_swedencentral"},
    POOL: {"currentOrchestratorVersion": "1.36.5", "orchestratorVersion": "1.36.5"},
}


def changed(properties: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy with dotted paths set to new values, ``None`` taking away.

    A number is a place in a list, the one after the last adds an item. A value with the key ``like`` is what
    stands at that path, with the value's other keys.
    """
    result: Any = copy.deepcopy(dict(properties))
    for path, value in changes.items():
        *steps, last = path.split(".")
        target = result
        for step in steps:
            target = target[int(step)] if step.isdecimal() else target.setdefault(step, {})
        if isinstance(value, Mapping) and "like" in value:
            others = {key: item for key, item in value.items() if key != "like"}
            new = changed(values_at(result, value["like"].rpartition(".")[0])[int(value["like"][-1])], others)
        else:
            new = copy.deepcopy(value)
        if isinstance(target, list):
            target[int(last) : int(last) + 1] = [new]
        elif new is None:
            target.pop(last, None)
        else:
            target[last] = new
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


def request(operation: Operation, resource_id: str, properties: Mapping[str, Any], cloud: Cloud) -> Request:
    """Return the request to write a resource."""
    current = cloud.get(resource_id) if operation != "create" else None
    return Request(
        operation=operation,
        type=type_of(resource_id),
        id=resource_id,
        properties=properties,
        current=current.properties if current is not None else {},
        cloud=CloudView(cloud),
        subscription_id=SUBSCRIPTION_ID,
        tenant_id="",
    )


_NEW: dict[str, dict[str, Any]] = {
    in_group("Microsoft.Network/virtualNetworks/new"): PLATFORM[VNET],
    f"{VNET}/subnets/new": {"addressPrefix": "10.224.130.0/24"},
    in_group("Microsoft.Network/networkSecurityGroups/new"): PLATFORM[NSG],
    f"{NSG}/securityRules/new": changed(SECURITY_RULE, {"name": None, "priority": 101}),
    in_group("Microsoft.Network/publicIPAddresses/new"): changed(PLATFORM[PIP], {"dnsSettings": None}),
    in_group("Microsoft.Network/azureFirewalls/new"): {
        "location": "swedencentral",
        "sku": {"name": "AZFW_VNet", "tier": "Standard"},
        "firewallPolicy": {"id": FIREWALL_POLICY},
        "ipConfigurations": [
            {"name": "one", "subnet": {"id": FIREWALL_SUBNET}, "publicIPAddress": {"id": PIP}}
        ],
    },
    in_group("Microsoft.Network/firewallPolicies/new"): PLATFORM[FIREWALL_POLICY],
    f"{FIREWALL_POLICY}/ruleCollectionGroups/new": {
        "priority": 200,
        "ruleCollections": [{"name": "network", "priority": 200, "rules": [{"name": "monitor"}]}],
    },
    in_group("Microsoft.Network/routeTables/new"): PLATFORM[ROUTES],
    in_group("Microsoft.Network/publicIPPrefixes/new"): PLATFORM[PREFIX],
    in_group("Microsoft.Network/natGateways/new"): changed(PLATFORM[NAT], {"publicIpAddresses": []}),
    in_group("Microsoft.Network/privateEndpoints/new"): {
        "privateLinkServiceConnections": [{"name": "acr", "privateLinkServiceId": REGISTRY}]
    },
    f"{PRIVATE_ENDPOINT}/privateDnsZoneGroups/new": {
        "privateDnsZoneConfigs": [{"name": "registry", "privateDnsZoneId": DNS_ZONE}]
    },
    f"{VNET}/virtualNetworkPeerings/new": {"remoteVirtualNetwork": {"id": HUB}},
    in_group("Microsoft.Network/privateDnsZones/new.example.com"): PLATFORM[DNS_ZONE],
    f"{DNS_ZONE}/virtualNetworkLinks/new": PLATFORM[DNS_LINK],
    in_group("Microsoft.Network/dnsResolvers/new"): {
        "location": "swedencentral",
        "virtualNetwork": {"id": HUB},
    },
    f"{RESOLVER}/inboundEndpoints/new": {
        "location": "swedencentral",
        "ipConfigurations": [{"subnet": {"id": DNS_SUBNET}}],
    },
    f"{RESOLVER}/outboundEndpoints/new": {"location": "swedencentral", "subnet": {"id": DNS_SUBNET}},
    f"{RULESET}/forwardingRules/new": {
        "domainName": "corp.example.com.",
        "targetDnsServers": [{"ipAddress": "192.168.0.4"}],
    },
    in_group("Microsoft.Network/bastionHosts/new"): PLATFORM[BASTION],
    in_group("Microsoft.Network/virtualNetworkGateways/new"): changed(
        VPN_GATEWAY_INPUTS, {"ipConfigurations.0.subnet.id": GATEWAY_SUBNET}
    ),
    in_group("Microsoft.Network/localNetworkGateways/new"): PLATFORM[LOCAL_NETWORK],
    in_group("Microsoft.Network/connections/new"): PLATFORM[CONNECTION],
    f"{WATCHER}/flowLogs/new": {"location": "swedencentral", "targetResourceId": VNET, "storageId": STORAGE},
    NEW_CLUSTER: CLUSTER_INPUTS,
    NEW_POOL: POOL_INPUTS,
    f"{CLUSTER}/maintenanceConfigurations/aksManagedNodeOSUpgradeSchedule": {"maintenanceWindow": WINDOW},
    assignment(PIP, 9): NETWORK_ROLE,
    in_group("Microsoft.ContainerRegistry/registries/acrnew"): PLATFORM[REGISTRY],
    in_group("Microsoft.Monitor/accounts/new"): PLATFORM[WORKSPACE],
    in_group("Microsoft.Insights/dataCollectionEndpoints/new"): PLATFORM[ENDPOINT],
    in_group("Microsoft.Insights/dataCollectionRules/new"): RULE_INPUTS,
    in_group("Microsoft.AlertsManagement/prometheusRuleGroups/new"): {
        "location": "swedencentral",
        "interval": "PT1M",
        "scopes": [WORKSPACE],
        "rules": [{"alert": "Down", "expression": "up == 0", "severity": 3}],
    },
    in_group("Microsoft.Dashboard/grafana/new"): {"location": "swedencentral", "sku": {"name": "Standard"}},
    f"{CLUSTER}/providers/Microsoft.Insights/dataCollectionRuleAssociations/new": {
        "dataCollectionRuleId": RULE
    },
    in_group("Microsoft.OperationalInsights/workspaces/new"): PLATFORM[LOGS],
    DIAGNOSTICS: {"workspaceId": LOGS, "logs": [{"category": "kube-audit-admin", "enabled": True}]},
}
"""The inputs of a resource of each type that could be made besides."""


def _collection(resource_id: str) -> str:
    return type_of(resource_id).rpartition("/")[2]


BASES: dict[str, tuple[str, Mapping[str, Any]]] = {
    **{f"create {_collection(id_)}": (id_, inputs) for id_, inputs in _NEW.items()},
    **{f"update {_collection(id_)}": (id_, inputs) for id_, inputs in reversed(PLATFORM.items())},
    **{f"delete {_collection(id_)}": (id_, {}) for id_ in reversed(PLATFORM)},
}
"""Requests that Azure takes, or would if nothing used what they delete, by operation and type."""
