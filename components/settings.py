"""All that one stack says."""

from typing import Annotated

from pydantic import Field

from components.cluster.settings import ClusterSettings
from components.identity.settings import AccessSettings
from components.ingress.settings import IngressSettings, NginxIngressSettings
from components.monitoring.settings import MonitoringSettings
from components.network.settings import NetworkSettings
from components.nodepool.settings import NodePoolSettings, UserNodePoolSettings
from components.registry.settings import RegistrySettings
from settings.model import Matching, See, SettingsModel
from settings.values import Zone


class Basics(SettingsModel):
    """What concerns the stack as a whole."""

    workload: Annotated[
        str,
        Matching(
            r"(?!.*--)[a-z]([a-z0-9-]{0,14}[a-z0-9])?",
            limit="1 to 16 lower-case letters, digits and single hyphens, a letter first, no hyphen last",
            reason="the names of all resources begin with it, and Azure's rules for them meet here",
            remedy="platform",
        ),
        See("cloud-adoption-framework/ready/azure-best-practices/resource-naming"),
    ] = "platform"
    """What the platform is for; the names of its resources are made of it and the stack's name."""

    protect: bool = True
    """Whether cluster, network, registry and monitor workspace are safe from deletion and replacement."""

    tags: Annotated[dict[str, str], See("azure-resource-manager/management/tag-resources")] = Field(
        default_factory=dict
    )
    """Azure tags of every resource."""

    availability_zones: Annotated[tuple[Zone, ...], See("aks/availability-zones-overview")] = ("1", "2", "3")
    """Availability zones of everything that can have them; [] where the location has none."""


class Settings(Basics):
    """All that one stack says, checked. Each field but ``location`` is a key of the project's config."""

    location: Annotated[str, See("reliability/regions-list")]
    """Azure location of everything, from the config key azure-native:location."""

    access: AccessSettings
    """Who may use the cluster."""

    network: NetworkSettings = NetworkSettings()
    """The virtual network and the cluster's address ranges."""

    cluster: ClusterSettings = ClusterSettings()
    """The AKS cluster."""

    node_pools: dict[str, NodePoolSettings] = Field(default_factory=dict)
    """Node pools beside the cluster's own, by name: 1 to 8 lower-case letters and digits, a letter first."""

    registry: RegistrySettings = RegistrySettings()
    """The container registry."""

    monitoring: MonitoringSettings = MonitoringSettings()
    """Managed Prometheus."""

    ingress: IngressSettings = NginxIngressSettings()
    """The ingress controller."""

    @property
    def system_pool_is_dedicated(self) -> bool:
        """Whether the cluster's own pool keeps ordinary pods out with the taint CriticalAddonsOnly.

        It does where another pool takes them: one of kind user, of regular priority, that may have nodes and
        has no taint that repels pods.
        """
        return any(
            isinstance(pool, UserNodePoolSettings)
            and pool.scale_set_priority == "Regular"
            and pool.largest_count > 0
            and not repelling(pool.node_taints)
            for pool in self.node_pools.values()
        )


def repelling(taints: tuple[str, ...]) -> tuple[str, ...]:
    """Those of ``taints`` that keep a pod away which does not tolerate them."""
    return tuple(taint for taint in taints if not taint.endswith(":PreferNoSchedule"))
