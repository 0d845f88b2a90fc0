"""Azure built-in role definitions.

Source: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
"""

from typing import Final

ACR_PULL: Final = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
CONTRIBUTOR: Final = "b24988ac-6180-42a0-ab88-20f7382dd24c"
MANAGED_IDENTITY_OPERATOR: Final = "f1a07417-d97a-45cb-824c-7a7467783830"
NETWORK_CONTRIBUTOR: Final = "4d97b98b-1d4f-4787-a291-c67834d212e7"
PRIVATE_DNS_ZONE_CONTRIBUTOR: Final = "b12aa53e-6015-4669-85d0-8515ebb3ae7f"


def role_definition_id(subscription_id: str, guid: str) -> str:
    """The ARM id of the role definition ``guid`` as ``subscription_id`` sees it."""
    return f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{guid}"
