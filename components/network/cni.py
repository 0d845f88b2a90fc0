"""How pods get their addresses: the cluster's network profile for each kind of CNI."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pulumi_azure_native import containerservice

from components.network.settings import NetworkSettings, OverlayCniSettings
from settings.model import SettingsModel


def network_profile(settings: NetworkSettings) -> containerservice.ContainerServiceNetworkProfileArgs:
    """The network profile of a cluster. Every value in it replaces the cluster when it changes."""
    return CNI_KINDS[type(settings.cni)](settings, settings.cni)


def overlay(
    settings: NetworkSettings, cni: OverlayCniSettings
) -> containerservice.ContainerServiceNetworkProfileArgs:
    """Azure CNI Overlay with the Cilium data plane.

    https://learn.microsoft.com/azure/aks/azure-cni-powered-by-cilium
    """
    return containerservice.ContainerServiceNetworkProfileArgs(
        network_plugin=containerservice.NetworkPlugin.AZURE,
        network_plugin_mode=containerservice.NetworkPluginMode.OVERLAY,
        network_dataplane=containerservice.NetworkDataplane.CILIUM,
        network_policy=containerservice.NetworkPolicy.CILIUM,
        load_balancer_sku=containerservice.LoadBalancerSku.STANDARD,
        outbound_type=settings.egress.outbound_type,
        pod_cidr=str(cni.pod_cidr),
        service_cidr=str(settings.service_cidr),
        dns_service_ip=str(settings.dns_service_ip_or_default),
    )


CNI_KINDS: Final[
    Mapping[
        type[SettingsModel],
        Callable[[NetworkSettings, Any], containerservice.ContainerServiceNetworkProfileArgs],
    ]
] = {OverlayCniSettings: overlay}
