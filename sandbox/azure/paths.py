"""Where Azure Resource Manager keeps what azure-native makes: one id template for each resource type.

The SDK does not carry the ids. Each template follows the type's page in the Azure resource reference
(https://learn.microsoft.com/azure/templates/). A further resource type needs one line here, and nothing more
where its answer may repeat its inputs.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

PARAMETER = re.compile(r"\{(\w+)\}")

_GROUP = "subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
_CLUSTER = "Microsoft.ContainerService/managedClusters/{resourceName}"
_REGISTRY = "Microsoft.ContainerRegistry/registries/{registryName}"
_VAULT = "Microsoft.KeyVault/vaults/{vaultName}"
_STORAGE = "Microsoft.Storage/storageAccounts/{accountName}"
_WORKSPACE = "Microsoft.OperationalInsights/workspaces/{workspaceName}"
_EXTENDED = "{clusterRp}/{clusterResourceName}/{clusterName}/providers/Microsoft.KubernetesConfiguration"

_IN_RESOURCE_GROUP = {
    "alertsmanagement:PrometheusRuleGroup": "Microsoft.AlertsManagement/prometheusRuleGroups/{ruleGroupName}",
    "applicationinsights:Component": "Microsoft.Insights/components/{resourceName}",
    "containerregistry:CacheRule": f"{_REGISTRY}/cacheRules/{{cacheRuleName}}",
    "containerregistry:CredentialSet": f"{_REGISTRY}/credentialSets/{{credentialSetName}}",
    "containerregistry:Registry": _REGISTRY,
    "containerregistry:Replication": f"{_REGISTRY}/replications/{{replicationName}}",
    "containerregistry:ScopeMap": f"{_REGISTRY}/scopeMaps/{{scopeMapName}}",
    "containerregistry:Token": f"{_REGISTRY}/tokens/{{tokenName}}",
    "containerregistry:Webhook": f"{_REGISTRY}/webhooks/{{webhookName}}",
    "containerservice:AgentPool": f"{_CLUSTER}/agentPools/{{agentPoolName}}",
    "containerservice:MaintenanceConfiguration": f"{_CLUSTER}/maintenanceConfigurations/{{configName}}",
    "containerservice:ManagedCluster": _CLUSTER,
    "containerservice:ManagedNamespace": f"{_CLUSTER}/managedNamespaces/{{managedNamespaceName}}",
    "containerservice:PrivateEndpointConnection": (
        f"{_CLUSTER}/privateEndpointConnections/{{privateEndpointConnectionName}}"
    ),
    "containerservice:Snapshot": "Microsoft.ContainerService/snapshots/{resourceName}",
    "containerservice:TrustedAccessRoleBinding": (
        f"{_CLUSTER}/trustedAccessRoleBindings/{{trustedAccessRoleBindingName}}"
    ),
    "dashboard:Grafana": "Microsoft.Dashboard/grafana/{workspaceName}",
    "dns:RecordSet": "Microsoft.Network/dnsZones/{zoneName}/{recordType}/{relativeRecordSetName}",
    "dns:Zone": "Microsoft.Network/dnsZones/{zoneName}",
    "keyvault:Key": f"{_VAULT}/keys/{{keyName}}",
    "keyvault:Secret": f"{_VAULT}/secrets/{{secretName}}",
    "keyvault:Vault": _VAULT,
    "kubernetesconfiguration:Extension": f"{_EXTENDED}/extensions/{{extensionName}}",
    "kubernetesconfiguration:FluxConfiguration": f"{_EXTENDED}/fluxConfigurations/{{fluxConfigurationName}}",
    "managedidentity:FederatedIdentityCredential": (
        "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"
        "/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}"
    ),
    "managedidentity:UserAssignedIdentity": "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
    "monitor:ActionGroup": "Microsoft.Insights/actionGroups/{actionGroupName}",
    "monitor:ActivityLogAlert": "Microsoft.Insights/activityLogAlerts/{activityLogAlertName}",
    "monitor:AutoscaleSetting": "Microsoft.Insights/autoscalesettings/{autoscaleSettingName}",
    "monitor:AzureMonitorWorkspace": "Microsoft.Monitor/accounts/{azureMonitorWorkspaceName}",
    "monitor:DataCollectionEndpoint": (
        "Microsoft.Insights/dataCollectionEndpoints/{dataCollectionEndpointName}"
    ),
    "monitor:DataCollectionRule": "Microsoft.Insights/dataCollectionRules/{dataCollectionRuleName}",
    "monitor:MetricAlert": "Microsoft.Insights/metricAlerts/{ruleName}",
    "monitor:PrivateLinkScope": "Microsoft.Insights/privateLinkScopes/{scopeName}",
    "monitor:ScheduledQueryRule": "Microsoft.Insights/scheduledQueryRules/{ruleName}",
    "network:ApplicationGateway": "Microsoft.Network/applicationGateways/{applicationGatewayName}",
    "network:ApplicationSecurityGroup": (
        "Microsoft.Network/applicationSecurityGroups/{applicationSecurityGroupName}"
    ),
    "network:AzureFirewall": "Microsoft.Network/azureFirewalls/{azureFirewallName}",
    "network:BastionHost": "Microsoft.Network/bastionHosts/{bastionHostName}",
    "network:DdosProtectionPlan": "Microsoft.Network/ddosProtectionPlans/{ddosProtectionPlanName}",
    "network:FirewallPolicy": "Microsoft.Network/firewallPolicies/{firewallPolicyName}",
    "network:LoadBalancer": "Microsoft.Network/loadBalancers/{loadBalancerName}",
    "network:NatGateway": "Microsoft.Network/natGateways/{natGatewayName}",
    "network:NetworkInterface": "Microsoft.Network/networkInterfaces/{networkInterfaceName}",
    "network:NetworkSecurityGroup": "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}",
    "network:PrivateDnsZoneGroup": (
        "Microsoft.Network/privateEndpoints/{privateEndpointName}"
        "/privateDnsZoneGroups/{privateDnsZoneGroupName}"
    ),
    "network:PrivateEndpoint": "Microsoft.Network/privateEndpoints/{privateEndpointName}",
    "network:PublicIPAddress": "Microsoft.Network/publicIPAddresses/{publicIpAddressName}",
    "network:PublicIPPrefix": "Microsoft.Network/publicIPPrefixes/{publicIpPrefixName}",
    "network:Route": "Microsoft.Network/routeTables/{routeTableName}/routes/{routeName}",
    "network:RouteTable": "Microsoft.Network/routeTables/{routeTableName}",
    "network:SecurityRule": (
        "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}/securityRules/{securityRuleName}"
    ),
    "network:Subnet": "Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
    "network:VirtualNetwork": "Microsoft.Network/virtualNetworks/{virtualNetworkName}",
    "network:VirtualNetworkPeering": (
        "Microsoft.Network/virtualNetworks/{virtualNetworkName}"
        "/virtualNetworkPeerings/{virtualNetworkPeeringName}"
    ),
    "network:WebApplicationFirewallPolicy": (
        "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/{policyName}"
    ),
    "operationalinsights:Table": f"{_WORKSPACE}/tables/{{tableName}}",
    "operationalinsights:Workspace": _WORKSPACE,
    "privatedns:PrivateRecordSet": (
        "Microsoft.Network/privateDnsZones/{privateZoneName}/{recordType}/{relativeRecordSetName}"
    ),
    "privatedns:PrivateZone": "Microsoft.Network/privateDnsZones/{privateZoneName}",
    "privatedns:VirtualNetworkLink": (
        "Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}"
    ),
    "storage:BlobContainer": f"{_STORAGE}/blobServices/default/containers/{{containerName}}",
    "storage:FileShare": f"{_STORAGE}/fileServices/default/shares/{{shareName}}",
    "storage:StorageAccount": _STORAGE,
}
_ELSEWHERE = {
    "authorization:ManagementLockByScope": "{scope}/providers/Microsoft.Authorization/locks/{lockName}",
    "authorization:PolicyAssignment": (
        "{scope}/providers/Microsoft.Authorization/policyAssignments/{policyAssignmentName}"
    ),
    "authorization:RoleAssignment": (
        "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}"
    ),
    "authorization:RoleDefinition": (
        "{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}"
    ),
    "monitor:DataCollectionRuleAssociation": (
        "{resourceUri}/providers/Microsoft.Insights/dataCollectionRuleAssociations/{associationName}"
    ),
    "monitor:DiagnosticSetting": "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
    "resources:ResourceGroup": _GROUP,
}


@cache
def path_of(token: str) -> str | None:
    """Id template of a Pulumi type token such as ``azure-native:network:Subnet``, or None."""
    name = token.removeprefix("azure-native:")
    if name in _IN_RESOURCE_GROUP:
        return f"{_GROUP}/providers/{_IN_RESOURCE_GROUP[name]}"
    return _ELSEWHERE.get(name)


def tokens() -> list[str]:
    """The Pulumi type tokens whose ids are known, sorted."""
    return sorted(f"azure-native:{name}" for name in {**_IN_RESOURCE_GROUP, **_ELSEWHERE})


def arm_type(path: str) -> str:
    """The Azure Resource Manager type of an id template: its provider and every second segment after it."""
    _, provider, below = path.strip("/").rpartition("providers/")
    if not provider:
        return "Microsoft.Resources/resourceGroups"
    namespace, *segments = below.split("/")
    return "/".join([namespace, *segments[::2]])


def auto_name(path: str) -> tuple[str | None, Literal["random", "copy", "uuid"]]:
    """Which path parameter the provider fills in when a program leaves it out, and how.

    It is the last parameter. A child resource takes the logical name as it is; the rest get a random suffix.
    """
    name = PARAMETER.findall(path)[-1]
    if not path.endswith(f"{{{name}}}"):
        return None, "copy"
    if name in ("roleAssignmentName", "roleDefinitionId"):
        return name, "uuid"
    _, provider, below = path.lower().rpartition("microsoft.")
    return name, "random" if not provider or below.count("{") == 1 else "copy"
