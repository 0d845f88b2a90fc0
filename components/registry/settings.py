"""The container registry."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from settings.model import Between, Never, SettingsModel


class RegistrySettings(SettingsModel):
    """The container registry from which the cluster pulls. Where the region has zones, it spans them.

    https://learn.microsoft.com/azure/container-registry/zone-redundancy
    """

    never: ClassVar[Mapping[str, Never]] = {
        "zoneRedundancy": Never("where the region has zones, Azure spreads every registry over them")
    }

    sku: Literal["Basic", "Standard", "Premium"] = "Standard"
    """Tier of the registry. https://learn.microsoft.com/azure/container-registry/container-registry-skus"""

    retention_days: (
        Annotated[int, Between(0, 365, "Azure keeps untagged manifests a year at most")] | None
    ) = None
    """Days after which untagged manifests are deleted; by default never. Needs the tier Premium.
    https://learn.microsoft.com/azure/container-registry/container-registry-retention-policy"""
