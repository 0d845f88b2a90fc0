"""The Azure Resource Manager types that rules speak of."""

from typing import Final

RESOURCE_GROUP: Final = "Microsoft.Resources/resourceGroups"

VIRTUAL_NETWORK: Final = "Microsoft.Network/virtualNetworks"
SUBNET: Final = "Microsoft.Network/virtualNetworks/subnets"
NETWORK_SECURITY_GROUP: Final = "Microsoft.Network/networkSecurityGroups"
SECURITY_RULE: Final = "Microsoft.Network/networkSecurityGroups/securityRules"
NAT_GATEWAY: Final = "Microsoft.Network/natGateways"
PUBLIC_IP_ADDRESS: Final = "Microsoft.Network/publicIPAddresses"
PEERING: Final = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings"
BASTION_HOST: Final = "Microsoft.Network/bastionHosts"
VIRTUAL_NETWORK_GATEWAY: Final = "Microsoft.Network/virtualNetworkGateways"
PRIVATE_ENDPOINT: Final = "Microsoft.Network/privateEndpoints"

MANAGED_CLUSTER: Final = "Microsoft.ContainerService/managedClusters"
AGENT_POOL: Final = "Microsoft.ContainerService/managedClusters/agentPools"

REGISTRY: Final = "Microsoft.ContainerRegistry/registries"
ROLE_ASSIGNMENT: Final = "Microsoft.Authorization/roleAssignments"
USER_ASSIGNED_IDENTITY: Final = "Microsoft.ManagedIdentity/userAssignedIdentities"
PROMETHEUS_RULE_GROUP: Final = "Microsoft.AlertsManagement/prometheusRuleGroups"
