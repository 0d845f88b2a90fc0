"""Azure built-in role definitions.

Source: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
"""

from typing import Final

ACR_PULL: Final = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
ACR_PUSH: Final = "8311e382-0749-4cb8-b61a-304f252e45ec"
AKS_CLUSTER_ADMIN: Final = "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8"
AKS_CLUSTER_USER: Final = "4abbcc35-e782-43d8-92c5-2d3f1bd2253f"
AKS_RBAC_ADMIN: Final = "3498e952-d568-435e-9b2c-8d77e338d7f7"
AKS_RBAC_CLUSTER_ADMIN: Final = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"
AKS_RBAC_READER: Final = "7f6c6a51-bcf8-42ba-9220-52d62157d7db"
AKS_RBAC_WRITER: Final = "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb"
DNS_ZONE_CONTRIBUTOR: Final = "befefa01-2a29-4197-83a8-272ff33ce314"
KEY_VAULT_SECRETS_USER: Final = "4633458b-17de-408a-b874-0445c86b69e6"
MANAGED_IDENTITY_OPERATOR: Final = "f1a07417-d97a-45cb-824c-7a7467783830"
MONITORING_DATA_READER: Final = "b0d8363b-8ddd-447d-831f-62ca05bff136"
MONITORING_READER: Final = "43d0d8ad-25c7-4714-9337-8ba259a9fe05"
NETWORK_CONTRIBUTOR: Final = "4d97b98b-1d4f-4787-a291-c67834d212e7"
PRIVATE_DNS_ZONE_CONTRIBUTOR: Final = "b12aa53e-6015-4669-85d0-8515ebb3ae7f"

NAMES: Final = {
    ACR_PULL: "AcrPull",
    ACR_PUSH: "AcrPush",
    AKS_CLUSTER_ADMIN: "Azure Kubernetes Service Cluster Admin Role",
    AKS_CLUSTER_USER: "Azure Kubernetes Service Cluster User Role",
    AKS_RBAC_ADMIN: "Azure Kubernetes Service RBAC Admin",
    AKS_RBAC_CLUSTER_ADMIN: "Azure Kubernetes Service RBAC Cluster Admin",
    AKS_RBAC_READER: "Azure Kubernetes Service RBAC Reader",
    AKS_RBAC_WRITER: "Azure Kubernetes Service RBAC Writer",
    DNS_ZONE_CONTRIBUTOR: "DNS Zone Contributor",
    KEY_VAULT_SECRETS_USER: "Key Vault Secrets User",
    MANAGED_IDENTITY_OPERATOR: "Managed Identity Operator",
    MONITORING_DATA_READER: "Monitoring Data Reader",
    MONITORING_READER: "Monitoring Reader",
    NETWORK_CONTRIBUTOR: "Network Contributor",
    PRIVATE_DNS_ZONE_CONTRIBUTOR: "Private DNS Zone Contributor",
}
"""Display name of each role definition above, by its GUID."""


def role_definition_id(subscription_id: str, guid: str) -> str:
    """The ARM id of the role definition ``guid`` as ``subscription_id`` sees it."""
    return f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{guid}"
