"""Labels, taints, surge and operating system of a node pool's nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.pools import POOL_TYPES, pools
from sandbox.azure.rules.reading import at, invalid_parameter
from sandbox.azure.rules.registry import Request, rule

_LABELS = "https://learn.microsoft.com/azure/aks/use-labels"
_TAINTS = "https://learn.microsoft.com/azure/aks/use-node-taints"
_WINDOWS = "https://learn.microsoft.com/azure/aks/create-node-pools#limitations"
_RESERVED_PREFIX = "kubernetes.azure.com"
_SPOT_KEY, _SPOT_VALUE = "kubernetes.azure.com/scalesetpriority", "spot"
_NAME = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
_DNS = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
_KEY = re.compile(rf"({_DNS}/)?{_NAME}")
_VALUE = re.compile(rf"({_NAME})?")
_EFFECTS = ("NoSchedule", "NoExecute", "PreferNoSchedule")
_SURGE = re.compile(r"(?P<number>\d+)(?P<percent>%?)")


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


@rule(
    *POOL_TYPES,
    source="https://learn.microsoft.com/azure/aks/upgrade-aks-node-pools-rolling#customize-node-surge-upgrade",
)
def max_surge_is_a_number_or_a_percentage(request: Request) -> Iterator[Refusal]:
    """Maximum surge is a positive number of nodes or a percentage from 1% to 100%."""
    for pool in pools(request):
        surge = at(pool.asked, "upgradeSettings.maxSurge")
        if surge is None or pool.is_spot:
            continue
        match = _SURGE.fullmatch(surge)
        number = int(match["number"]) if match else 0
        unavailable = at(pool.asked, "upgradeSettings.maxUnavailable") or "0"
        may_be_zero = match is not None and unavailable.rstrip("%") != "0"
        if (number == 0 and not may_be_zero) or (match and match["percent"] and number > 100):
            yield invalid_parameter(
                pool.parameter("upgradeSettings.maxSurge"),
                f"maxSurge '{surge}' must be a positive integer such as '5' or a percentage such as '50%', "
                "at most 100%.",
            )


@rule(*POOL_TYPES, on=("create",), source=_WINDOWS)
def windows_pool_has_a_windows_profile(request: Request) -> Iterator[Refusal]:
    """Windows pools need the Windows profile that a cluster gets at its creation."""
    for pool in pools(request):
        if pool.is_windows and not pool.cluster.get("windowsProfile"):
            yield Refusal(
                400,
                "WindowsProfileMissing",
                "Windows agent pools are only supported in clusters with a windowsProfile. Nodepool name: "
                f"{pool.name}.",
            )


@rule(*POOL_TYPES, on=("create",), source="https://learn.microsoft.com/azure/aks/windows-faq")
def windows_pool_has_azure_cni(request: Request) -> Iterator[Refusal]:
    """Windows pools need the azure network plugin without the cilium dataplane."""
    for pool in pools(request):
        network = pool.cluster.get("networkProfile") or {}
        if pool.is_windows and (
            network.get("networkPlugin") != "azure" or network.get("networkDataplane") == "cilium"
        ):
            yield Refusal(
                400,
                "AzureCNIOnlyForWindows",
                "Windows agent pools can only be added to clusters with the Azure CNI network plugin and "
                f"the azure network dataplane. Nodepool name: {pool.name}.",
            )


@rule(*POOL_TYPES, source="https://learn.microsoft.com/azure/aks/upgrade-os-version")
def os_sku_is_of_the_os_type(request: Request) -> Iterator[Refusal]:
    """A pool's OS SKU is one of its OS type."""
    for pool in pools(request):
        sku = pool.asked.get("osSKU")
        if sku is not None and pool.is_windows != sku.startswith("Windows"):
            yield Refusal(
                400,
                "InvalidOSSKU",
                f"OSSKU='{sku}' is invalid for OSType='{pool.asked.get('osType', 'Linux')}'. Nodepool name: "
                f"{pool.name}.",
            )
