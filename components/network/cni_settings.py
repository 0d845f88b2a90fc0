"""The kinds of CNI: how pods get their addresses, and what forwards and filters their traffic."""

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from azure_facts import address_plan
from settings.model import DefaultKind, SettingsModel
from settings.values import Ipv6Network, ListOf, Network


class ObservabilitySettings(SettingsModel):
    """Flows between pods, as metrics.

    https://learn.microsoft.com/azure/aks/container-network-observability-concepts
    """

    enabled: bool = False
    """Whether they are collected."""


class NetworkSecuritySettings(SettingsModel):
    """Network policies that know domain names, or HTTP, gRPC and Kafka.

    https://learn.microsoft.com/azure/aks/container-network-security-fqdn-filtering-concepts
    """

    enabled: bool = False
    """Whether such policies are enforced; needs the data plane cilium."""

    advanced_network_policies: Literal["FQDN", "L7"] | None = None
    """FQDN, the default, for policies by domain name; L7 for these and policies by request.
    https://learn.microsoft.com/azure/aks/container-network-security-l7-policy-concepts"""


class AdvancedNetworkingSettings(SettingsModel):
    """Advanced Container Networking Services, which Azure bills by the node.

    https://learn.microsoft.com/azure/aks/advanced-container-networking-services-overview
    """

    observability: ObservabilitySettings = ObservabilitySettings()
    """Flows between pods, as metrics."""

    security: NetworkSecuritySettings = NetworkSecuritySettings()
    """Network policies that know domain names or requests."""


class CniBase(SettingsModel):
    """What every kind of CNI has to say to Azure."""

    network_plugin: ClassVar[str] = "azure"
    network_plugin_mode: ClassVar[str | None] = None
    default_max_pods: ClassVar[int]
    """Pods of a node whose pool does not say how many."""

    @property
    def pod_block(self) -> int:
        """Addresses of the pods that are given out together."""
        return 1

    @property
    def pod_range(self) -> IPv4Network | None:
        """The range of the pods where it is no part of the virtual network."""
        return None

    @property
    def ipv6_pod_range(self) -> IPv6Network | None:
        """The IPv6 range of the pods of a dual-stack cluster; None where nodes and pods have IPv4 only."""
        return None

    def node_addresses(self, _max_pods: int) -> int:
        """Addresses that a node takes of its subnet."""
        return 1

    def pod_addresses(self, _max_pods: int) -> int:
        """Addresses that a node's pods take of the range of pods, or else of the subnet for pods."""
        return 0

    @property
    def data_plane(self) -> str | None:
        """What forwards the pods' traffic; None where Azure does not know."""
        return None

    @property
    def policy_engine(self) -> str | None:
        """What enforces network policies; None where Azure does not know."""
        return None

    @property
    def allocation_mode(self) -> str | None:
        """How addresses of a subnet of their own come to pods; None where they have no such subnet."""
        return None


class AzureCniBase(CniBase):
    """What the three kinds of Azure CNI have in common."""

    network_dataplane: Literal["cilium", "azure"] = "cilium"
    """What forwards the pods' traffic. Azure can turn azure into cilium later, never back.
    https://learn.microsoft.com/azure/aks/azure-cni-powered-by-cilium"""

    network_policy: Literal["cilium", "azure", "calico", "none"] | None = None
    """What enforces network policies: by default cilium, or calico on the data plane azure. azure is Azure
    Network Policy Manager, which ends on 30 September 2028.
    https://learn.microsoft.com/azure/aks/use-network-policies"""

    advanced_networking: AdvancedNetworkingSettings = AdvancedNetworkingSettings()
    """Advanced Container Networking Services."""

    @property
    def data_plane(self) -> str:
        """What forwards the pods' traffic."""
        return self.network_dataplane

    @property
    def policy_engine(self) -> str:
        """What enforces network policies."""
        return self.network_policy or ("cilium" if self.network_dataplane == "cilium" else "calico")


class OverlayCniSettings(AzureCniBase):
    """Azure CNI Overlay: nodes have addresses of the network, pods of a separate range.

    https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay
    """

    network_plugin_mode: ClassVar[str | None] = "overlay"
    default_max_pods: ClassVar[int] = 250

    kind: Literal["overlay"] = "overlay"
    """Pods have addresses outside the virtual network."""

    pod_cidr: Network = IPv4Network("10.244.0.0/16")
    """Range of the pods. Each node takes a /24 of it, so /16 is enough for 256 nodes.
    https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay"""

    ip_families: ListOf[Literal["IPv4", "IPv6"]] = ("IPv4",)
    """[IPv4, IPv6] for a dual-stack cluster, whose nodes, pods and services have addresses of both families.
    Its egress is by default a load balancer, because AKS takes no NAT gateway there.
    https://learn.microsoft.com/azure/aks/configure-dual-stack"""

    pod_cidr_ipv6: Ipv6Network = IPv6Network("fd12:3456:789a::/64")
    """IPv6 range of the pods of a dual-stack cluster. Not routed outside the cluster.
    https://learn.microsoft.com/azure/aks/configure-dual-stack"""

    @property
    def pod_range(self) -> IPv4Network:
        """The range of the pods."""
        return self.pod_cidr

    @property
    def ipv6_pod_range(self) -> IPv6Network | None:
        """The IPv6 range of the pods; None in a cluster of IPv4 only."""
        return self.pod_cidr_ipv6 if "IPv6" in self.ip_families else None

    def pod_addresses(self, _max_pods: int) -> int:
        """A /24, whatever `maxPods` is."""
        return self.pod_block

    @property
    def pod_block(self) -> int:
        """A /24."""
        return address_plan.OVERLAY_BLOCK


class PodSubnetCniSettings(AzureCniBase):
    """Azure CNI Pod Subnet: pods have addresses of a subnet of their own, so that others can reach them.

    https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-pod-subnet
    """

    default_max_pods: ClassVar[int] = 111
    """Azure's own 110, and the one more that whole blocks of 16 addresses hold."""
    required_subnets: ClassVar[tuple[str, ...]] = ("pods",)

    kind: Literal["podSubnet"] = "podSubnet"
    """Pods have addresses of the virtual network, in a subnet of their own."""

    pod_ip_allocation_mode: Literal["DynamicIndividual", "StaticBlock"] = "DynamicIndividual"
    """How a node gets addresses for its pods: 16 at a time as it needs them, or blocks for all pods that it
    may hold, which is for more than 65,000 pods. Azure takes one mode in a subnet, so it cannot change.
    https://learn.microsoft.com/azure/aks/configure-azure-cni-static-block-allocation"""

    def pod_addresses(self, max_pods: int) -> int:
        """Whole blocks for all pods that the node may hold, or whole batches."""
        if self.pod_ip_allocation_mode == "StaticBlock":
            return address_plan.static_pod_addresses(max_pods)
        return address_plan.dynamic_pod_addresses(max_pods)

    @property
    def pod_block(self) -> int:
        """A /28 with static blocks."""
        return address_plan.STATIC_BLOCK if self.pod_ip_allocation_mode == "StaticBlock" else 1

    @property
    def allocation_mode(self) -> str:
        """How addresses come to pods."""
        return self.pod_ip_allocation_mode


class NodeSubnetCniSettings(AzureCniBase):
    """Azure CNI Node Subnet: nodes and pods have addresses of one subnet, all reserved when a node starts.

    https://learn.microsoft.com/azure/aks/concepts-network-legacy-cni#azure-cni-node-subnet
    """

    default_max_pods: ClassVar[int] = 30

    kind: Literal["nodeSubnet"] = "nodeSubnet"
    """Pods have addresses of the nodes' subnet."""

    def node_addresses(self, max_pods: int) -> int:
        """One for the node, and one for each pod that it may hold."""
        return 1 + max_pods


class NoCniSettings(CniBase):
    """No CNI: nodes are not ready, and no pod starts, until you install a plugin. Azure does not support it.

    https://learn.microsoft.com/azure/aks/use-byo-cni
    """

    network_plugin: ClassVar[str] = "none"
    default_max_pods: ClassVar[int] = 250

    kind: Literal["none"] = "none"
    """You install the plugin that gives pods their addresses."""

    pod_cidr: Network = IPv4Network("10.244.0.0/16")
    """Range of the pods, as your plugin has it."""

    @property
    def pod_range(self) -> IPv4Network:
        """The range of the pods."""
        return self.pod_cidr


CniSettings = Annotated[
    OverlayCniSettings | PodSubnetCniSettings | NodeSubnetCniSettings | NoCniSettings,
    Field(discriminator="kind"),
    DefaultKind("overlay"),
]
"""How pods get their addresses."""
