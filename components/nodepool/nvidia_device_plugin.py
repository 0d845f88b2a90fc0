"""What makes `nvidia.com/gpu` a resource that pods can ask for."""

from dataclasses import dataclass
from typing import Final

from pulumi import ComponentResource, ResourceOptions
from pulumi_kubernetes import apps, core, meta

from components.default_deny import default_deny
from components.nodepool.traits import DEVICE_PLUGIN_LABEL

NAMESPACE: Final = "gpu-resources"
IMAGE: Final = "nvcr.io/nvidia/k8s-device-plugin:v0.18.0"
PLUGIN_DIRECTORY: Final = "/var/lib/kubelet/device-plugins"


@dataclass(frozen=True, kw_only=True)
class NvidiaDevicePluginArgs:
    """The arguments of an NvidiaDevicePlugin.

    Attributes:
        mig_strategies: The strategies that the cluster's GPU pools use: none, single, mixed. One daemon set
            each.
    """

    mig_strategies: frozenset[str]


class NvidiaDevicePlugin(ComponentResource):
    """NVIDIA's device plugin on the nodes that GPU pools label for it, a daemon set for each MIG strategy.

    AKS installs the driver and nothing more: without the plugin a GPU node offers no GPU to the scheduler. It
    installs no GPU operator and no metrics exporter. The provider comes with `opts`.

    https://learn.microsoft.com/azure/aks/use-nvidia-gpu#nvidia-device-plugin-installation
    """

    def __init__(self, name: str, args: NvidiaDevicePluginArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:nodepool:NvidiaDevicePlugin", name, None, opts)
        namespace = core.v1.Namespace(
            f"ns-{name}-gpu",
            # The plugin mounts a directory of the node, which every stricter standard forbids.
            metadata=meta.v1.ObjectMetaArgs(
                name=NAMESPACE, labels={"pod-security.kubernetes.io/enforce": "privileged"}
            ),
            opts=ResourceOptions(parent=self),
        )
        # It talks to the kubelet by a socket on the node and needs no network.
        default_deny(f"netpol-{name}-gpu", namespace, parent=self)
        for strategy in sorted(args.mig_strategies):
            self._daemon_set(f"ds-{name}-nvidia-{strategy}", strategy, namespace)

        self.register_outputs({})

    def _daemon_set(self, name: str, strategy: str, namespace: core.v1.Namespace) -> None:
        labels = {"app.kubernetes.io/name": "nvidia-device-plugin", "app.kubernetes.io/instance": strategy}
        apps.v1.DaemonSet(
            name,
            metadata=meta.v1.ObjectMetaArgs(
                name=f"nvidia-device-plugin-{strategy}", namespace=namespace.metadata.name, labels=labels
            ),
            spec=apps.v1.DaemonSetSpecArgs(
                selector=meta.v1.LabelSelectorArgs(match_labels=labels),
                update_strategy=apps.v1.DaemonSetUpdateStrategyArgs(type="RollingUpdate"),
                template=core.v1.PodTemplateSpecArgs(
                    metadata=meta.v1.ObjectMetaArgs(labels=labels), spec=_pod(strategy)
                ),
            ),
            opts=ResourceOptions(parent=self),
        )


def _pod(strategy: str) -> core.v1.PodSpecArgs:
    return core.v1.PodSpecArgs(
        node_selector={DEVICE_PLUGIN_LABEL: strategy},
        priority_class_name="system-node-critical",
        automount_service_account_token=False,
        security_context=core.v1.PodSecurityContextArgs(
            seccomp_profile=core.v1.SeccompProfileArgs(type="RuntimeDefault")
        ),
        # Whatever taint a team puts on its GPU nodes, they need the plugin.
        tolerations=[core.v1.TolerationArgs(operator="Exists")],
        containers=[
            core.v1.ContainerArgs(
                name="nvidia-device-plugin",
                image=IMAGE,
                env=[core.v1.EnvVarArgs(name=name, value=value) for name, value in _environment(strategy)],
                resources=core.v1.ResourceRequirementsArgs(
                    requests={"cpu": "10m", "memory": "64Mi"}, limits={"memory": "256Mi"}
                ),
                security_context=_security_context(strategy),
                volume_mounts=[core.v1.VolumeMountArgs(name="device-plugins", mount_path=PLUGIN_DIRECTORY)],
            )
        ],
        volumes=[
            core.v1.VolumeArgs(
                name="device-plugins", host_path=core.v1.HostPathVolumeSourceArgs(path=PLUGIN_DIRECTORY)
            )
        ],
    )


def _environment(strategy: str) -> list[tuple[str, str]]:
    """With MIG, the container toolkit gives the plugin the device that watches the parts of all GPUs.

    https://learn.microsoft.com/azure/aks/gpu-multi-instance
    """
    monitor = [] if strategy == "none" else [("NVIDIA_MIG_MONITOR_DEVICES", "all")]
    return [("MIG_STRATEGY", strategy), ("FAIL_ON_INIT_ERROR", "true"), *monitor]


def _security_context(strategy: str) -> core.v1.SecurityContextArgs:
    """Without MIG the plugin needs no privilege; to list MIG devices it administers the node."""
    if strategy == "none":
        return core.v1.SecurityContextArgs(
            allow_privilege_escalation=False, capabilities=core.v1.CapabilitiesArgs(drop=["ALL"])
        )
    return core.v1.SecurityContextArgs(capabilities=core.v1.CapabilitiesArgs(add=["SYS_ADMIN"]))
