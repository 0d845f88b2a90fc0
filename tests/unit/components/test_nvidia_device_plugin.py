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


def test_each_strategy_gets_its_own_daemon_set() -> None:
    plugin = record_plugin("mixed", "none", "single")
    selected = {
        daemon_set.name: daemon_set.inputs["spec"]["template"]["spec"]["nodeSelector"]
        for daemon_set in plugin.of("DaemonSet")
    }
    assert selected == {
        f"ds-platform-dev-nvidia-{strategy}": {"aks-platform/nvidia-device-plugin": strategy}
        for strategy in ("mixed", "none", "single")
    }
    assert plugin.names == {*selected, "ns-platform-dev-gpu", "netpol-platform-dev-gpu", "k8s"}
    assert len({daemon_set.inputs["metadata"]["name"] for daemon_set in plugin.of("DaemonSet")}) == 3


@pytest.mark.parametrize("strategy", ["single", "mixed"])
def test_only_where_gpus_are_divided_may_the_plugin_administer_the_node(strategy: str) -> None:
    container = container_of(record_plugin(strategy), strategy)
    assert container["securityContext"] == {"capabilities": {"add": ["SYS_ADMIN"]}}
    assert container["env"][0] == {"name": "MIG_STRATEGY", "value": strategy}
    assert container["env"][-1] == {"name": "NVIDIA_MIG_MONITOR_DEVICES", "value": "all"}


@pytest.mark.parametrize("strategy", ["none", "mixed"])
def test_the_plugin_has_no_token_no_network_and_the_runtimes_own_seccomp_profile(strategy: str) -> None:
    plugin = record_plugin(strategy)
    pod = plugin[f"ds-platform-dev-nvidia-{strategy}"].inputs["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"] == {"seccompProfile": {"type": "RuntimeDefault"}}
    assert plugin["netpol-platform-dev-gpu"].inputs["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
    }
