"""How pods get their addresses: the cluster's network profile, and what its pools get."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import containerservice

from components.network.cni_settings import AdvancedNetworkingSettings, AzureCniBase
from components.network.egress_settings import LoadBalancerEgressSettings
from components.network.settings import NetworkSettings
from components.network.subnets import PODS


@dataclass(frozen=True, kw_only=True)
class PodAddresses:
    """What the kind of CNI gives every node pool.

    Attributes:
        default_max_pods: Pods of a node whose pool does not say how many.
        allocation_mode: How addresses come to pods, where they have a subnet of their own.
        subnet_id: ARM id of that subnet.
    """

    default_max_pods: int
    allocation_mode: str | None = None
    subnet_id: pulumi.Input[str] | None = None


def network_profile(settings: NetworkSettings) -> containerservice.ContainerServiceNetworkProfileArgs:
    """The network profile of a cluster.

    A change of the CNI, its policy, the ranges or the kind of egress replaces the cluster; one of the load
    balancer's addresses or of Advanced Container Networking Services does not.

    https://learn.microsoft.com/azure/aks/concepts-network-cni-overview
    """
    cni, egress = settings.cni, settings.egress
    dual_stack = settings.is_dual_stack
    return containerservice.ContainerServiceNetworkProfileArgs(
        network_plugin=cni.network_plugin,
        network_plugin_mode=cni.network_plugin_mode,
        network_dataplane=cni.data_plane,
        network_policy=cni.policy_engine,
        advanced_networking=_advanced_networking(cni.advanced_networking)
        if isinstance(cni, AzureCniBase)
        else None,
        load_balancer_sku=containerservice.LoadBalancerSku.STANDARD,
        load_balancer_profile=_load_balancer(egress, dual_stack)
        if isinstance(egress, LoadBalancerEgressSettings)
        else None,
        outbound_type=egress.outbound_type,
        ip_families=[containerservice.IpFamily.I_PV4, containerservice.IpFamily.I_PV6]
        if dual_stack
        else None,
        pod_cidr=str(cni.pod_range) if cni.pod_range else None,
        pod_cidrs=[str(cni.pod_range), str(cni.ipv6_pod_range)] if dual_stack else None,
        service_cidr=str(settings.service_cidr),
        service_cidrs=[str(settings.service_cidr), str(settings.service_cidr_ipv6)] if dual_stack else None,
        dns_service_ip=str(settings.dns_service_ip_or_default),
    )


def pod_addresses(settings: NetworkSettings, subnet_ids: Mapping[str, pulumi.Output[str]]) -> PodAddresses:
    """What the kind of CNI gives every node pool."""
    mode = settings.cni.allocation_mode
    return PodAddresses(
        default_max_pods=settings.cni.default_max_pods,
        allocation_mode=mode,
        subnet_id=subnet_ids[PODS] if mode else None,
    )


def _advanced_networking(settings: AdvancedNetworkingSettings) -> containerservice.AdvancedNetworkingArgs:
    """Advanced Container Networking Services; off is said too, for leaving them out would keep them."""
    observability, security = settings.observability.enabled, settings.security
    if not (observability or security.enabled):
        return containerservice.AdvancedNetworkingArgs(enabled=False)
    return containerservice.AdvancedNetworkingArgs(
        enabled=True,
        observability=containerservice.AdvancedNetworkingObservabilityArgs(enabled=observability),
        security=containerservice.AdvancedNetworkingSecurityArgs(
            enabled=security.enabled,
            advanced_network_policies=(security.advanced_network_policies or "FQDN")
            if security.enabled
            else None,
        ),
    )


def _load_balancer(
    settings: LoadBalancerEgressSettings, dual_stack: bool
) -> containerservice.ManagedClusterLoadBalancerProfileArgs:
    """The outbound rule of the cluster's load balancer."""
    addresses, prefixes = _references(settings.outbound_ips), _references(settings.outbound_ip_prefixes)
    return containerservice.ManagedClusterLoadBalancerProfileArgs(
        managed_outbound_ips=None
        if addresses or prefixes
        else containerservice.ManagedClusterLoadBalancerProfileManagedOutboundIPsArgs(
            count=settings.managed_outbound_ip_count or 1,
            count_i_pv6=settings.managed_outbound_ipv6_count or 1 if dual_stack else None,
        ),
        outbound_ips=containerservice.ManagedClusterLoadBalancerProfileOutboundIPsArgs(public_ips=addresses)
        if addresses
        else None,
        outbound_ip_prefixes=containerservice.ManagedClusterLoadBalancerProfileOutboundIPPrefixesArgs(
            public_ip_prefixes=prefixes
        )
        if prefixes
        else None,
        allocated_outbound_ports=settings.allocated_outbound_ports,
        idle_timeout_in_minutes=settings.idle_timeout_in_minutes,
    )


def _references(ids: tuple[str, ...]) -> list[containerservice.ResourceReferenceArgs]:
    return [containerservice.ResourceReferenceArgs(id=each) for each in ids]
