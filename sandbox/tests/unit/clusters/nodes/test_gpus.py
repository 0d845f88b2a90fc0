"""GPUs that nodes offer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from components.nodepool import traits
from sandbox.clusters.nodes import gpus
from sandbox.clusters.nodes.pools import Pool

MakePool = Callable[..., Pool]


def test_the_device_plugin_is_known_by_the_label_that_the_program_puts_on_gpu_nodes() -> None:
    assert gpus.DEVICE_PLUGIN_LABEL == traits.DEVICE_PLUGIN_LABEL


@pytest.mark.parametrize(
    ("size", "profile", "strategy", "offered"),
    [
        ("Standard_NC64as_T4_v3", None, "none", {"nvidia.com/gpu": "4"}),
        ("Standard_NC24ads_A100_v4", "MIG1g", "single", {"nvidia.com/gpu": "7"}),
        ("Standard_NC48ads_A100_v4", "MIG3g", "mixed", {"nvidia.com/mig-3g.40gb": "4"}),
        ("Standard_ND96asr_v4", "MIG2g", "mixed", {"nvidia.com/mig-2g.10gb": "24"}),
        ("Standard_NC40ads_H100_v5", "MIG7g", "mixed", {"nvidia.com/mig-7g.94gb": "1"}),
        ("Standard_NC24ads_A100_v4", "MIG1g", "none", {"nvidia.com/gpu": "1"}),
        ("Standard_NC24ads_A100_v4", None, None, {}),
        ("Standard_D4ds_v5", None, "none", {}),
    ],
)
def test_a_node_offers_what_the_plugin_finds_by_its_strategy(
    make_pool: MakePool, size: str, profile: str | None, strategy: str | None, offered: dict[str, str]
) -> None:
    assert gpus.offered(make_pool(vmSize=size, gpuInstanceProfile=profile), strategy) == offered


def test_only_a_running_pod_of_a_daemon_set_is_a_device_plugin() -> None:
    pod = {
        "metadata": {"ownerReferences": [{"kind": "DaemonSet"}]},
        "spec": {"nodeSelector": {gpus.DEVICE_PLUGIN_LABEL: "mixed"}, "nodeName": "one"},
        "status": {"phase": "Running"},
    }
    assert gpus.plugin_strategy(pod) == "mixed"
    assert gpus.plugin_strategy({**pod, "status": {"phase": "Pending"}}) is None
    assert gpus.plugin_strategy({**pod, "metadata": {}}) is None
    assert gpus.plugin_strategy({**pod, "spec": {"nodeName": "one"}}) is None
    assert gpus.strategies([pod]) == {"one": "mixed"}
