"""The container registry."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from components.network.settings import PrivateEndpointSettings
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

    retention_days: Annotated[int, Between(0, 365, "Azure keeps untagged manifests 0 to 365 days")] | None = (
        None
    )
    """Days after which untagged manifests are deleted; by default never. Needs the tier Premium.
    https://learn.microsoft.com/azure/container-registry/container-registry-retention-policy"""

    private_endpoint: PrivateEndpointSettings = PrivateEndpointSettings()
    """An address of the registry inside the virtual network. Needs the tier Premium.
    https://learn.microsoft.com/azure/container-registry/container-registry-private-link"""

    public_network_access: Literal["Enabled", "Disabled"] | None = None
    """Whether the registry answers on the internet; by default unless it has a private endpoint.
    https://learn.microsoft.com/azure/container-registry/container-registry-private-link#disable-public-access"""

    @property
    def public_network_access_or_default(self) -> str:
        """As set, else Disabled where a private endpoint takes its place."""
        default = "Disabled" if self.private_endpoint.enabled else "Enabled"
        return self.public_network_access or default

    @property
    def subnet_addresses(self) -> Mapping[str, int]:
        """Addresses of its private endpoint: of the registry itself, and of its data in this region."""
        return {"privateendpoints": 2} if self.private_endpoint.enabled else {}
