"""GPUs that nodes offer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.clusters.nodes import gpus
from sandbox.clusters.nodes.pools import Pool

MakePool = Callable[..., Pool]


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


IMAGE = "nvcr.io/nvidia/k8s-device-plugin:v0.18.0"


@pytest.mark.parametrize(
    ("container", "strategy"),
    [
        ({"image": IMAGE}, "none"),
        ({"image": IMAGE, "env": [{"name": "MIG_STRATEGY", "value": "mixed"}]}, "mixed"),
        ({"image": IMAGE, "args": ["--mig-strategy=single"], "env": [{"name": "MIG_STRATEGY"}]}, "single"),
        ({"image": "k8s-device-plugin@sha256:0", "command": ["nvidia-device-plugin"]}, "none"),
        ({"image": "nvcr.io/nvidia/k8s-device-plugin-more:v1"}, None),
    ],
)
def test_the_device_plugin_is_recognised_by_its_image_and_has_a_strategy(
    container: dict[str, Any], strategy: str | None
) -> None:
    pod = {
        "metadata": {"ownerReferences": [{"kind": "DaemonSet"}]},
        "spec": {"containers": [{"image": "other"}, container], "nodeName": "one"},
        "status": {"phase": "Running"},
    }
    assert gpus.strategies([pod]) == ({"one": strategy} if strategy else {})
    assert gpus.strategies([{**pod, "status": {"phase": "Pending"}}, {**pod, "metadata": {}}]) == {}
