"""What every component of one platform receives."""

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import Input


@dataclass(frozen=True, kw_only=True)
class Context:
    """Where a platform is and who owns it.

    Attributes:
        environment: Name of the stack.
        subscription_id: GUID of the subscription that holds everything.
        tenant_id: GUID of the Entra tenant that the subscription trusts.
        location: Azure region of the stack. azure-native places resources there by default; a component names
            it only where another region is possible.
        availability_zones: Zones of everything that can have them; empty where the region has none.
        resource_group_name: Where resources are made.
        tags: On every resource that takes tags.
        protect: Whether what cannot be lost refuses to be deleted or replaced.
    """

    environment: str
    subscription_id: str
    tenant_id: str
    location: str
    availability_zones: tuple[str, ...]
    resource_group_name: Input[str]
    tags: Mapping[str, str]
    protect: bool
