"""The Azure Resource Manager types that rules speak of."""

from typing import Final

RESOURCE_GROUP: Final = "Microsoft.Resources/resourceGroups"

VIRTUAL_NETWORK: Final = "Microsoft.Network/virtualNetworks"
SUBNET: Final = "Microsoft.Network/virtualNetworks/subnets"
NETWORK_SECURITY_GROUP: Final = "Microsoft.Network/networkSecurityGroups"
SECURITY_RULE: Final = "Microsoft.Network/networkSecurityGroups/securityRules"
NAT_GATEWAY: Final = "Microsoft.Network/natGateways"
PUBLIC_IP_ADDRESS: Final = "Microsoft.Network/publicIPAddresses"
PRIVATE_ENDPOINT: Final = "Microsoft.Network/privateEndpoints"

MANAGED_CLUSTER: Final = "Microsoft.ContainerService/managedClusters"
AGENT_POOL: Final = "Microsoft.ContainerService/managedClusters/agentPools"
MAINTENANCE_CONFIGURATION: Final = "Microsoft.ContainerService/managedClusters/maintenanceConfigurations"

REGISTRY: Final = "Microsoft.ContainerRegistry/registries"
ROLE_ASSIGNMENT: Final = "Microsoft.Authorization/roleAssignments"
ROLE_DEFINITION: Final = "Microsoft.Authorization/roleDefinitions"
USER_ASSIGNED_IDENTITY: Final = "Microsoft.ManagedIdentity/userAssignedIdentities"

MONITOR_WORKSPACE: Final = "Microsoft.Monitor/accounts"
DATA_COLLECTION_ENDPOINT: Final = "Microsoft.Insights/dataCollectionEndpoints"
DATA_COLLECTION_RULE: Final = "Microsoft.Insights/dataCollectionRules"
DATA_COLLECTION_RULE_ASSOCIATION: Final = "Microsoft.Insights/dataCollectionRuleAssociations"
