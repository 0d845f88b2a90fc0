from typing import Any

import pytest

from components.nodepool.nvidia_device_plugin import NvidiaDevicePlugin, NvidiaDevicePluginArgs
from tests.unit.components import stacks
from tests.unit.components.recording import Recording


def record_plugin(*strategies: str) -> Recording:
    args = NvidiaDevicePluginArgs(mig_strategies=frozenset(strategies))
    return stacks.record_component(NvidiaDevicePlugin, args, kubernetes=True)


def container_of(plugin: Recording, strategy: str) -> dict[str, Any]:
    daemon_set = plugin[f"ds-platform-dev-nvidia-{strategy}"].inputs
    (container,) = daemon_set["spec"]["template"]["spec"]["containers"]
    return container


@pytest.fixture(scope="module")
def plugin() -> Recording:
    return record_plugin("none")


def test_the_plugin_runs_on_nodes_that_a_gpu_pool_labelled_and_on_no_others(plugin: Recording) -> None:
    labels = {"app.kubernetes.io/name": "nvidia-device-plugin", "app.kubernetes.io/instance": "none"}
    assert plugin["ds-platform-dev-nvidia-none"].inputs == {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "nvidia-device-plugin-none", "namespace": "gpu-resources", "labels": labels},
        "spec": {
            "selector": {"matchLabels": labels},
            "updateStrategy": {"type": "RollingUpdate"},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "nodeSelector": {"aks-platform/nvidia-device-plugin": "none"},
                    "priorityClassName": "system-node-critical",
                    "tolerations": [{"operator": "Exists"}],
                    "containers": [
                        {
                            "name": "nvidia-device-plugin",
                            "image": "nvcr.io/nvidia/k8s-device-plugin:v0.18.0",
                            "env": [
                                {"name": "MIG_STRATEGY", "value": "none"},
                                {"name": "FAIL_ON_INIT_ERROR", "value": "true"},
                            ],
                            "resources": {
                                "requests": {"cpu": "10m", "memory": "64Mi"},
                                "limits": {"memory": "256Mi"},
                            },
                            "securityContext": {
                                "allowPrivilegeEscalation": False,
                                "capabilities": {"drop": ["ALL"]},
                            },
                            "volumeMounts": [
                                {"name": "device-plugins", "mountPath": "/var/lib/kubelet/device-plugins"}
                            ],
                        }
                    ],
                    "volumes": [
                        {"name": "device-plugins", "hostPath": {"path": "/var/lib/kubelet/device-plugins"}}
                    ],
                },
            },
        },
    }


def test_the_namespace_is_the_plugins_own(plugin: Recording) -> None:
    assert plugin["ns-platform-dev-gpu"].inputs == {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "gpu-resources"},
    }
    assert "ns-platform-dev-gpu" in plugin["ds-platform-dev-nvidia-none"].depends_on


def test_each_strategy_gets_a_daemon_set_of_its_own() -> None:
    plugin = record_plugin("mixed", "none", "single")
    selected = {
        daemon_set.name: daemon_set.inputs["spec"]["template"]["spec"]["nodeSelector"]
        for daemon_set in plugin.of("DaemonSet")
    }
    assert selected == {
        f"ds-platform-dev-nvidia-{strategy}": {"aks-platform/nvidia-device-plugin": strategy}
        for strategy in ("mixed", "none", "single")
    }
    assert plugin.names == {*selected, "ns-platform-dev-gpu", "k8s"}
    assert len({daemon_set.inputs["metadata"]["name"] for daemon_set in plugin.of("DaemonSet")}) == 3


@pytest.mark.parametrize("strategy", ["single", "mixed"])
def test_only_where_gpus_are_divided_may_the_plugin_administer_the_node(strategy: str) -> None:
    container = container_of(record_plugin(strategy), strategy)
    assert container["securityContext"] == {"capabilities": {"add": ["SYS_ADMIN"]}}
    assert container["env"][0] == {"name": "MIG_STRATEGY", "value": strategy}


def test_the_plugin_tells_its_namespace(plugin: Recording) -> None:
    assert plugin.outputs("NvidiaDevicePlugin").values == {"namespace": "gpu-resources"}
