"""All that one stack says: the one place where areas are named."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from azure_facts import locations
from components.cluster.settings import ClusterSettings
from components.identity.settings import AccessSettings
from components.ingress.settings import IngressSettings, NginxIngressSettings
from components.monitoring.settings import MonitoringSettings
from components.network.settings import NetworkSettings
from components.network.subnets import Subnet, subnets_of
from components.nodepool.capacity import AddressRange, address_ranges
from components.nodepool.settings import NodePoolBase, NodePoolSettings
from components.registry.settings import RegistrySettings
from settings.model import Matching, Required, SettingsModel
from settings.shape import parts_of
from settings.values import ListOf, Zone


class Settings(SettingsModel):
    """All that one stack says."""

    # https://www.pulumi.com/registry/packages/azure-native/installation-configuration/
    providers_keys: ClassVar[tuple[str, ...]] = tuple(
        f"azure-native:{key}"
        for key in (
            "auxiliaryTenantIds",
            "clientCertificatePassword",
            "clientCertificatePath",
            "clientId",
            "clientSecret",
            "disablePulumiPartnerId",
            "environment",
            "metadataHost",
            "msiEndpoint",
            "oidcRequestToken",
            "oidcRequestUrl",
            "oidcToken",
            "partnerId",
            "subscriptionId",
            "tenantId",
            "useMsi",
            "useOidc",
        )
    )

    location: Annotated[
        str,
        Field(
            alias="azure-native:location",
            json_schema_extra={"enum": [*locations.LOCATIONS], "x-limit": locations.EXPECTED},
        ),
        Required("the platform is built in one location, which has no default", "westeurope"),
    ]
    """Azure location of everything. https://learn.microsoft.com/azure/reliability/regions-list"""

    environment: Annotated[str, Field(alias="pulumi:stack")]
    """Name of the stack."""

    workload: Annotated[
        str,
        Matching(
            r"(?!.*--)[a-z]([a-z0-9-]{0,14}[a-z0-9])?",
            limit="1 to 16 lower-case letters, digits and single hyphens, a letter first, no hyphen last",
            reason="all resource names begin with it, and this is what Azure allows in every one of them",
            write="platform",
        ),
    ] = "platform"
    """What the platform is for. All resource names begin with it and the stack's name.
    https://learn.microsoft.com/azure/cloud-adoption-framework/ready/azure-best-practices/resource-naming"""

    protect: bool = True
    """Whether cluster, network, registry and monitor workspace are safe from deletion and replacement."""

    tags: dict[str, str] = Field(default={})
    """Azure tags of every resource.
    https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources"""

    availability_zones: ListOf[Zone] = ("1", "2", "3")
    """Availability zones of everything that can have them; [] where the location has none.
    https://learn.microsoft.com/azure/aks/availability-zones-overview"""

    access: Annotated[
        AccessSettings,
        Required(
            "local accounts are off, so without an administrators' group no one could use the cluster",
            "{adminGroupObjectIDs: [<object id of an Entra group>]}",
        ),
    ]
    """Who may use the cluster."""

    network: NetworkSettings = NetworkSettings()
    """The virtual network, its way out, and the cluster's address ranges."""

    cluster: ClusterSettings = ClusterSettings()
    """The AKS cluster."""

    node_pools: dict[str, NodePoolSettings] = Field(default={})
    """Node pools beside the cluster's own, by name: 1 to 8 lower-case letters and digits, a letter first.
    Labels, taints, counts, upgrade settings and the OS SKU change in place; any other change makes a new pool
    before the old one goes."""

    registry: RegistrySettings = RegistrySettings()
    """The container registry."""

    monitoring: MonitoringSettings = MonitoringSettings()
    """Managed Prometheus."""

    ingress: IngressSettings = NginxIngressSettings()
    """The ingress controller."""

    @property
    def pools(self) -> tuple[NodePoolBase, ...]:
        """Every node pool, the cluster's own first."""
        return tuple(self.pools_by_name.values())

    @property
    def pools_by_name(self) -> Mapping[str, NodePoolBase]:
        """The same, by the names that people know them by."""
        return {"system": self.cluster.system_pool, **self.node_pools}

    def zones_of(self, pool: NodePoolBase) -> tuple[str, ...]:
        """The zones of a pool: as set, else the stack's."""
        return self.availability_zones if pool.availability_zones is None else pool.availability_zones

    def most_pods_of(self, pool: NodePoolBase) -> int:
        """The most pods on a node of a pool: as set, else what the kind of CNI has."""
        return pool.max_pods or self.network.cni.default_max_pods

    @property
    def needed_subnets(self) -> frozenset[str]:
        """The subnets without which something could not work: what ``required_subnets`` of its parts name."""
        parts = [part for _, part in parts_of(self)]
        return frozenset(name for part in parts for name in getattr(part, "required_subnets", ()))

    @property
    def subnets(self) -> Mapping[str, Subnet]:
        """Every subnet of the platform, by name, in the order of the address plan."""
        return subnets_of(self.network, self.needed_subnets)

    @property
    def address_ranges(self) -> list[AddressRange]:
        """The subnets and the range of pods that node pools take addresses from, and how much they take."""
        return address_ranges(self.network, self.subnets, self.pools_by_name, self.fixed_addresses)

    @property
    def fixed_addresses(self) -> Mapping[str, int]:
        """Addresses of subnets that are taken whatever the number of nodes: what parts of it name."""
        fixed: Counter[str] = Counter()
        for _, part in parts_of(self):
            fixed.update(getattr(part, "subnet_addresses", {}))
        return fixed

    @property
    def most_nodes(self) -> int:
        """The most nodes that the cluster may have at a time, while all pools are upgraded."""
        return sum(pool.most_nodes for pool in self.pools)

    @property
    def system_pool_is_dedicated(self) -> bool:
        """Whether the cluster's own pool keeps ordinary pods out: where another pool takes them."""
        return any(pool.takes_ordinary_pods for pool in self.node_pools.values())

    @property
    def lacks_zones(self) -> bool:
        """Whether the location is known to have no availability zones."""
        known = locations.LOCATIONS.get(self.location)
        return known is not None and known.has_zones is False
