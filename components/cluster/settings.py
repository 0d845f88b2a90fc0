"""The AKS cluster itself: version, upgrades, API server, add-ons, and its own system pool."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator

from azure_facts import address_plan, versions
from components.nodepool.settings import SystemPoolSettings
from settings.model import Between, Matching, SettingsModel, refused
from settings.values import ListOf, Network

_VERSION: Final = "a minor version or a patch version, as a string"


def _not_a_number(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        reason = "without quotes YAML reads it as a number, and 1.30 as 1.3"
        known = versions.supported_minors(long_term=True)
        minor = str(value) if str(value) in known else versions.DEFAULT_MINOR
        raise refused(_VERSION, reason, f'"{minor}"')
    return value


KubernetesVersion = Annotated[
    str,
    Matching(
        r"1\.\d{1,2}(\.\d{1,2})?",
        limit=_VERSION,
        reason="AKS writes versions as 1.36 or 1.36.5, without a leading v",
        write=f'"{versions.DEFAULT_MINOR}"',
    ),
    BeforeValidator(_not_a_number),
]

Seconds = Annotated[
    str,
    Matching(
        r"[1-9]\d*s",
        limit="a number of seconds above 0, such as 10s",
        reason="AKS accepts no other unit here",
        write='"10s"',
    ),
]

Minutes = Annotated[
    str,
    Matching(
        r"\d+m",
        limit="a whole number of minutes, such as 10m",
        reason="AKS accepts no other unit here",
        write='"10m"',
    ),
]

_PRIVATE_DNS_ZONE_ID: Final = (
    r"/subscriptions/[^/]+/resource[Gg]roups/[^/]+/providers/Microsoft\.Network/privateDnsZones/"
    r"([a-zA-Z0-9-]{1,32}\.)?privatelink\.[a-z0-9]+\.azmk8s\.io"
)
_DNS_LABEL: Final = Matching(
    r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,52}[a-zA-Z0-9])?",
    limit="1 to 54 letters, digits and hyphens, no hyphen first or last",
    reason="it is a part of a domain name",
    write="platform-dev",
)

Duration = Annotated[
    str,
    Matching(
        r"[1-9]\d*[smh]",
        limit="a number above 0 with its unit: s, m or h",
        reason="Azure reads it as a duration with its unit",
        write='"2m"',
    ),
]


class MaintenanceWindow(SettingsModel):
    """A weekly window in which Azure may start upgrades.

    https://learn.microsoft.com/azure/aks/planned-maintenance
    """

    day_of_week: Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] = (
        "Sunday"
    )
    """Day on which the window opens."""

    start_time: Annotated[
        str,
        Matching(
            r"([01]\d|2[0-3]):[0-5]\d",
            limit="a time of day from 00:00 to 23:59",
            reason="Azure reads it as hours and minutes of two digits each",
            write='"02:00"',
        ),
    ] = "02:00"
    """Time at which it opens, in the time zone of utcOffset."""

    utc_offset: Annotated[
        str,
        Matching(
            r"[+-]((0\d|1[0-3]):[0-5]\d|14:00)",
            limit="an offset from -14:00 to +14:00",
            reason="Azure reads it as a sign, hours and minutes of two digits each",
            write='"+00:00"',
        ),
    ] = "+00:00"
    """Offset of the time zone from UTC."""

    duration_hours: Annotated[int, Between(4, 24, "Azure allows windows of 4 to 24 hours")] = 8
    """Hours for which it stays open."""

    interval_weeks: Annotated[
        int, Between(1, 4, "Azure allows a weekly schedule every one to four weeks")
    ] = 1
    """Weeks from one window to the next."""


class MaintenanceSettings(SettingsModel):
    """When Azure may upgrade."""

    upgrade: MaintenanceWindow = MaintenanceWindow()
    """Kubernetes upgrades, as upgradeChannel says."""

    node_os: MaintenanceWindow = MaintenanceWindow()
    """Node image and security updates, as nodeOsUpgradeChannel says."""


class PrivateClusterSettings(SettingsModel):
    """An API server without an address on the internet.

    https://learn.microsoft.com/azure/aks/private-clusters
    """

    enabled: bool = False
    """Whether the API server is reached inside the virtual network only. The machine that runs `pulumi up`
    must reach it there. Without vnetIntegration, it is settled when the cluster is made."""

    private_dns_zone: Annotated[
        str,
        Matching(
            rf"system|none|{_PRIVATE_DNS_ZONE_ID}",
            limit="system, none, or the ARM id of a zone [<name>.]privatelink.<location>.azmk8s.io",
            reason="AKS finds the API server's address in such a zone",
            write="system",
        ),
    ] = "system"
    """Where the API server's name is: in a zone that AKS makes and links to the virtual network (system), in
    a public zone (none), or in a zone that you have, such as the hub's. The platform gives the cluster the
    rights that it needs there, and AKS links the zone to the virtual network. It can become none later.
    https://learn.microsoft.com/azure/aks/private-clusters#configuration-options-for-private-dns"""

    fqdn_subdomain: Annotated[str, _DNS_LABEL] | None = None
    """First part of the API server's name in a zone that you have; by default made of workload and stack. A
    change replaces the cluster."""

    enable_public_fqdn: bool | None = None
    """Whether the API server has a public name too, for its private address; by default only with
    privateDnsZone none. https://learn.microsoft.com/azure/aks/private-clusters#disable-a-public-fqdn"""

    @property
    def given_private_dns_zone_id(self) -> str | None:
        """ARM id of a private DNS zone that is not AKS's, if there is one."""
        return self.private_dns_zone if "/" in self.private_dns_zone else None

    @property
    def public_fqdn(self) -> bool:
        """Whether the API server has a public name: as set, else where it has no other."""
        chosen = self.enable_public_fqdn
        return self.private_dns_zone == "none" if chosen is None else chosen


class ApiServerSettings(SettingsModel):
    """How the API server is reached."""

    authorized_ip_ranges: ListOf[Network] = ()
    """Ranges that may reach the API server. By default all may, and Entra ID and Azure RBAC alone decide.
    https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges"""

    vnet_integration: bool = False
    """Whether the API server gets an address in the virtual network, so that nodes reach it there. It cannot
    be turned off again.
    https://learn.microsoft.com/azure/aks/api-server-vnet-integration"""

    private_cluster: PrivateClusterSettings = PrivateClusterSettings()
    """An API server without an address on the internet."""

    disable_run_command: bool = True
    """Whether `az aks command invoke` and the portal's Run command are off: they run commands in the cluster
    for anyone with that right in Azure, from any address, regardless of authorizedIpRanges.
    https://learn.microsoft.com/azure/aks/access-private-cluster#disable-run-command"""

    @property
    def fqdn_subdomain(self) -> str | None:
        """First part of the API server's name in a given zone, where the stack file chooses it."""
        return self.private_cluster.fqdn_subdomain

    @property
    def restricted(self) -> bool:
        """Whether not every machine reaches the API server."""
        return self.private_cluster.enabled or bool(self.authorized_ip_ranges)

    @property
    def on_internet(self) -> bool:
        """Whether nodes and pods reach the API server at a public address."""
        return not (self.private_cluster.enabled or self.vnet_integration)

    @property
    def required_subnets(self) -> tuple[str, ...]:
        """The subnet of an API server that is inside the network."""
        return ("apiserver",) if self.vnet_integration else ()


class AutoScalerProfile(SettingsModel):
    """How the cluster autoscaler decides, for all autoscaled pools.

    https://learn.microsoft.com/azure/aks/cluster-autoscaler#use-the-cluster-autoscaler-profile
    """

    expander: Literal["least-waste", "most-pods", "priority", "random"] = "least-waste"
    """How it chooses the pool that grows."""

    balance_similar_node_groups: bool = True
    """Whether it keeps similar pools at similar sizes."""

    scan_interval: Seconds = "10s"
    """How often it looks for pods without room, in seconds."""

    scale_down_delay_after_add: Minutes = "10m"
    """How long after adding a node it may remove one, in minutes."""

    scale_down_unneeded_time: Minutes = "10m"
    """How long a node must be unneeded before it is removed, in minutes."""

    scale_down_utilization_threshold: Annotated[
        str,
        Matching(
            r"0(\.\d+)?|1(\.0+)?",
            limit="a fraction from 0 to 1, as a string",
            reason="it is the part of a node's capacity that pods ask for",
            write='"0.5"',
        ),
    ] = "0.5"
    """A node below this utilization counts as unneeded."""

    max_graceful_termination_sec: Annotated[
        str,
        Matching(
            r"\d{1,6}",
            limit="whole seconds, as a string",
            reason="Azure takes the number in quotes, without a unit",
            write='"600"',
        ),
    ] = "600"
    """Seconds that it waits for pods to end before it removes a node."""

    skip_nodes_with_local_storage: bool = False
    """Whether it keeps nodes with pods that use local storage."""

    skip_nodes_with_system_pods: bool = True
    """Whether it keeps nodes with pods of kube-system."""


class ImageCleanerSettings(SettingsModel):
    """Removal of unused, vulnerable images from the nodes.

    https://learn.microsoft.com/azure/aks/image-cleaner
    """

    enabled: bool = True
    """Whether images are removed."""

    interval_hours: Annotated[int, Between(24, 2160, "AKS runs Image Cleaner every day to every 90 days")] = (
        168
    )
    """Hours from one run to the next."""


class KeyVaultSecretsProviderSettings(SettingsModel):
    """The Secrets Store CSI driver with its Azure Key Vault provider."""

    enabled: bool = True
    """Whether pods can mount secrets of a key vault.
    https://learn.microsoft.com/azure/aks/csi-secrets-store-driver"""

    enable_secret_rotation: bool = True
    """Whether mounted secrets follow a change in the vault.
    https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options"""

    rotation_poll_interval: Duration = "2m"
    """How often the vault is polled.
    https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options"""


class ClusterSettings(SettingsModel):
    """The AKS cluster."""

    kubernetes_version: KubernetesVersion | None = versions.DEFAULT_MINOR
    """Kubernetes version: a minor one with upgradeChannel patch; null with stable and rapid, which choose
    it.
    https://learn.microsoft.com/azure/aks/supported-kubernetes-versions"""

    tier: Literal["Free", "Standard", "Premium"] = "Standard"
    """Free has no SLA and is for trials; Standard has one; Premium adds long-term support where supportPlan
    asks for it.
    https://learn.microsoft.com/azure/aks/free-standard-pricing-tiers"""

    support_plan: Literal["KubernetesOfficial", "AKSLongTermSupport"] = "KubernetesOfficial"
    """How long a version is supported: a year, or two with AKSLongTermSupport.
    https://learn.microsoft.com/azure/aks/long-term-support"""

    upgrade_channel: Literal["patch", "stable", "rapid", "node-image", "none"] = "patch"
    """Which Kubernetes upgrades Azure makes on its own.
    https://learn.microsoft.com/azure/aks/auto-upgrade-cluster"""

    node_os_upgrade_channel: Literal["NodeImage", "SecurityPatch", "Unmanaged", "None"] = "NodeImage"
    """Which node OS updates Azure makes on its own.
    https://learn.microsoft.com/azure/aks/auto-upgrade-node-os-image"""

    maintenance: MaintenanceSettings = MaintenanceSettings()
    """When it makes them."""

    api_server: ApiServerSettings = ApiServerSettings()
    """How the API server is reached."""

    system_pool: SystemPoolSettings = SystemPoolSettings()
    """The cluster's own node pool."""

    auto_scaler_profile: AutoScalerProfile = AutoScalerProfile()
    """How the cluster autoscaler decides."""

    image_cleaner: ImageCleanerSettings = ImageCleanerSettings()
    """Removal of unused, vulnerable images."""

    key_vault_secrets_provider: KeyVaultSecretsProviderSettings = KeyVaultSecretsProviderSettings()
    """Secrets of a key vault as files in pods."""

    azure_policy: bool = True
    """Whether Azure Policy audits and enforces what is deployed.
    https://learn.microsoft.com/azure/aks/use-azure-policy"""

    cost_analysis: bool = False
    """Whether costs are shown by namespace; needs the tier Standard or Premium.
    https://learn.microsoft.com/azure/aks/cost-analysis"""

    @property
    def subnet_addresses(self) -> Mapping[str, int]:
        """Addresses of the API server: in its subnet, or its private endpoint's beside the system pool."""
        if self.api_server.vnet_integration:
            return {"apiserver": address_plan.API_SERVER_ADDRESSES}
        return {self.system_pool.subnet: 1} if self.api_server.private_cluster.enabled else {}
