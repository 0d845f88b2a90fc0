"""A pool of NVIDIA GPU nodes."""

from typing import Final

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import containerservice

from components.nodepool import node_pool_profile
from components.nodepool.agent_pool import NodePoolArgs, agent_pool
from components.nodepool.settings import GpuNodePoolSettings

GPU_TAINT: Final = "sku=gpu:NoSchedule"
"""The taint of Azure's own GPU guide: workloads that tolerate it there run here unchanged."""

DEVICE_PLUGIN_LABEL: Final = "aks-platform/nvidia-device-plugin"
"""Marks nodes that want the NVIDIA device plugin; its value is the MIG strategy: none, single or mixed."""


class GpuNodePool(ComponentResource):
    """A user node pool of GPU nodes, tainted so that only pods which ask for GPUs land on it.

    It may be spot and may scale from zero. It labels its nodes for `NvidiaDevicePlugin` and does not install
    the plugin itself: one serves all pools. With `gpuDriver: None` the nodes come bare, for a GPU operator of
    the user's.

    https://learn.microsoft.com/azure/aks/use-nvidia-gpu
    """

    azure_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: NodePoolArgs[GpuNodePoolSettings], opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("aks-platform:nodepool:GpuNodePool", name, None, opts)
        settings = args.settings
        profile = node_pool_profile.arguments(
            args.key,
            settings,
            args.availability_zones,
            labels={**_device_plugin_label(settings), **node_pool_profile.spot_labels(settings)},
            taints=(GPU_TAINT, *node_pool_profile.spot_taints(settings)),
        )
        pool = agent_pool(
            name,
            args,
            mode=containerservice.AgentPoolMode.USER,
            profile={
                **profile,
                **node_pool_profile.spot_arguments(settings),
                "gpu_profile": containerservice.GPUProfileArgs(driver=settings.gpu_driver),
                "gpu_instance_profile": settings.gpu_instance_profile,
            },
            parent=self,
        )
        self.azure_name = pool.name.apply(str)
        self.register_outputs({"azure_name": self.azure_name})


def device_plugin_strategy(settings: GpuNodePoolSettings) -> str | None:
    """How the device plugin presents this pool's GPUs: none (whole), single or mixed; None without plugin."""
    if settings.gpu_driver != "Install":
        return None
    if settings.gpu_instance_profile is None:
        return "none"
    return settings.mig_strategy or "single"


def _device_plugin_label(settings: GpuNodePoolSettings) -> dict[str, str]:
    strategy = device_plugin_strategy(settings)
    return {DEVICE_PLUGIN_LABEL: strategy} if strategy else {}
