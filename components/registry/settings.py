"""The container registry."""

from typing import Annotated, Literal

from settings.model import Between, SettingsModel


class RegistrySettings(SettingsModel):
    """The container registry from which the cluster pulls."""

    sku: Literal["Basic", "Standard", "Premium"] = "Standard"
    """Tier of the registry. https://learn.microsoft.com/azure/container-registry/container-registry-skus"""

    zone_redundancy: bool = False
    """Whether it is spread over availability zones; needs the tier Premium.
    https://learn.microsoft.com/azure/container-registry/zone-redundancy"""

    retention_days: (
        Annotated[int, Between(0, 365, "Azure keeps untagged manifests a year at most")] | None
    ) = None
    """Days after which untagged manifests are deleted; by default never. Needs the tier Premium.
    https://learn.microsoft.com/azure/container-registry/container-registry-retention-policy"""
