"""Services that Azure Private Link leads to.

Source: https://learn.microsoft.com/azure/private-link/private-endpoint-dns
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class PrivateLinkService:
    """What a private endpoint to a service of one kind has to name."""

    group_id: str
    """Which part of the service the endpoint leads to: Azure's target sub-resource."""
    dns_zone: str
    """The private DNS zone to which the service's public name leads."""


REGISTRY: Final = PrivateLinkService(group_id="registry", dns_zone="privatelink.azurecr.io")
