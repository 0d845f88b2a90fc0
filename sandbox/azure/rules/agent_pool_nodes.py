"""Labels and taints of a node pool's nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.pools import POOL_TYPES, pools
from sandbox.azure.rules.reading import invalid_parameter
from sandbox.azure.rules.registry import Request, rule

_LABELS = "https://learn.microsoft.com/azure/aks/use-labels"
_TAINTS = "https://learn.microsoft.com/azure/aks/use-node-taints"
_RESERVED_PREFIX = "kubernetes.azure.com"
_SPOT_KEY, _SPOT_VALUE = "kubernetes.azure.com/scalesetpriority", "spot"
_NAME = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
_DNS = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
_KEY = re.compile(rf"({_DNS}/)?{_NAME}")
_VALUE = re.compile(rf"({_NAME})?")
_EFFECTS = ("NoSchedule", "NoExecute", "PreferNoSchedule")


@rule(*POOL_TYPES, source=_LABELS)
def node_labels_are_kubernetes_labels(request: Request) -> Iterator[Refusal]:
    """Node labels are Kubernetes labels."""
    for pool in pools(request):
        for key, value in (pool.asked.get("nodeLabels") or {}).items():
            if not _KEY.fullmatch(key) or not _VALUE.fullmatch(value):
                yield invalid_parameter(
                    pool.parameter("nodeLabels"), f"Node label {key}={value} is not a valid Kubernetes label."
                )


@rule(*POOL_TYPES, source="https://learn.microsoft.com/azure/aks/use-labels#reserved-system-labels")
def node_labels_leave_the_reserved_prefix(request: Request) -> Iterator[Refusal]:
    """The label prefix kubernetes.azure.com is Azure's, but for a spot pool's own label."""
    for pool in pools(request):
        for key, value in (pool.asked.get("nodeLabels") or {}).items():
            if pool.is_spot and (key, value) == (_SPOT_KEY, _SPOT_VALUE):
                continue
            if key.partition("/")[0] == _RESERVED_PREFIX:
                yield Refusal(
                    400,
                    "NodeLabelKeyNotAllowed",
                    f"Invalid node label key {key}, {_RESERVED_PREFIX} prefix is reserved.",
                )


@rule(*POOL_TYPES, source=_TAINTS)
def node_taints_are_kubernetes_taints(request: Request) -> Iterator[Refusal]:
    """Node taints are written key=value:Effect."""
    for pool in pools(request):
        for taint in pool.asked.get("nodeTaints") or ():
            pair, _, effect = taint.rpartition(":")
            key, _, value = pair.partition("=")
            if effect not in _EFFECTS or not _KEY.fullmatch(key) or not _VALUE.fullmatch(value):
                yield invalid_parameter(
                    pool.parameter("nodeTaints"),
                    f"Node taint {taint} is not of the form key=value:effect with an effect of "
                    f"{', '.join(_EFFECTS)}.",
                )


@rule(*POOL_TYPES, source=f"{_TAINTS}#node-taint-options")
def node_taints_leave_the_reserved_prefix(request: Request) -> Iterator[Refusal]:
    """The taint prefix kubernetes.azure.com is Azure's, but for a spot pool's own taint."""
    for pool in pools(request):
        for taint in pool.asked.get("nodeTaints") or ():
            if pool.is_spot and taint == f"{_SPOT_KEY}={_SPOT_VALUE}:NoSchedule":
                continue
            if taint.partition("/")[0] == _RESERVED_PREFIX:
                yield invalid_parameter(
                    pool.parameter("nodeTaints"),
                    f"Node taint {taint} has the reserved prefix {_RESERVED_PREFIX}.",
                )
