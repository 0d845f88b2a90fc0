"""The container registry."""

from typing import Annotated, Literal

from settings.model import Between, See, SettingsModel


class RegistrySettings(SettingsModel):
    """The container registry from which the cluster pulls."""

    sku: Annotated[
        Literal["Basic", "Standard", "Premium"], See("container-registry/container-registry-skus")
    ] = "Standard"
    """Tier of the registry."""

    zone_redundancy: Annotated[bool, See("container-registry/zone-redundancy")] = False
    """Whether it is spread over availability zones; needs the tier Premium."""

    retention_days: Annotated[
        Annotated[int, Between(0, 365, "Azure Container Registry keeps untagged manifests a year at most")]
        | None,
        See("container-registry/container-registry-retention-policy"),
    ] = None
    """Days after which untagged manifests are deleted; by default never. Needs the tier Premium."""
