"""What cannot change in a node pool, and how its Kubernetes version may."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.kubernetes_version import is_older, minor_number
from sandbox.azure.rules.pools import POOL_TYPES, Pool, pools
from sandbox.azure.rules.reading import at, property_change_not_allowed
from sandbox.azure.rules.registry import Request, rule

_UPGRADE_RULES = "https://learn.microsoft.com/azure/aks/manage-node-pools#upgrade-a-cluster-control-plane-with-multiple-node-pools"
_FURTHEST_BEHIND = 3

_IMMUTABLE = (
    "vmSize",
    "availabilityZones",
    "capacityReservationGroupID",
    "creationData.sourceResourceId",
    "enableEncryptionAtHost",
    "enableNodePublicIP",
    "enableUltraSSD",
    "gpuInstanceProfile",
    "gpuProfile.driver",
    "hostGroupID",
    "kubeletConfig",
    "kubeletDiskType",
    "linuxOSConfig",
    "maxPods",
    "nodePublicIPPrefixID",
    "osDiskSizeGB",
    "osDiskType",
    "osType",
    "podSubnetID",
    "proximityPlacementGroupID",
    "scaleSetEvictionPolicy",
    "scaleSetPriority",
    "spotMaxPrice",
    "type",
    "vnetSubnetID",
    "workloadRuntime",
)
_CHOSEN_BY_AZURE = frozenset(
    {
        "enableEncryptionAtHost",
        "enableNodePublicIP",
        "enableUltraSSD",
        "gpuProfile.driver",
        "kubeletDiskType",
        "maxPods",
        "osDiskSizeGB",
        "osDiskType",
        "osType",
        "scaleSetEvictionPolicy",
        "scaleSetPriority",
        "spotMaxPrice",
        "type",
        "workloadRuntime",
    }
)


@rule(
    *POOL_TYPES,
    on=("update",),
    source="https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/kubernetes_cluster_node_pool",
)
def immutable_pool_properties_stay(request: Request) -> Iterator[Refusal]:
    """A pool's size, zones, disk, subnet, priority and the like cannot change."""
    for pool in pools(request):
        if pool.current is None:
            continue
        for path in _IMMUTABLE:
            if _differs(path, at(pool.asked, path), at(pool.current, path)):
                yield property_change_not_allowed(pool.parameter(path))


@rule(*POOL_TYPES, on=("update",), source="https://learn.microsoft.com/azure/aks/upgrade-os-version")
def os_sku_stays_on_its_os(request: Request) -> Iterator[Refusal]:
    """A pool's OS SKU may change among those of Linux only."""
    for pool in pools(request):
        asked, current = pool.asked.get("osSKU"), (pool.current or {}).get("osSKU")
        if asked and current and asked != current and "Windows" in asked + current:
            yield property_change_not_allowed(pool.parameter("osSKU"))


@rule(*POOL_TYPES, source=_UPGRADE_RULES)
def pool_version_is_not_above_the_control_plane(request: Request) -> Iterator[Refusal]:
    """A pool's Kubernetes version is not newer than the control plane's and at most three minors older."""
    for pool in pools(request):
        asked, control_plane = pool.asked.get("orchestratorVersion"), _control_plane_version(pool)
        if not asked or not control_plane:
            continue
        ahead = minor_number(asked) - minor_number(control_plane)
        if ahead > 0 or is_older(control_plane, asked):
            yield _incompatible(asked, control_plane, "is bigger than")
        elif -ahead > _FURTHEST_BEHIND:
            yield _incompatible(asked, control_plane, f"is more than {_FURTHEST_BEHIND} versions less than")


@rule(*POOL_TYPES, on=("update",), source=_UPGRADE_RULES)
def pool_version_is_not_lowered(request: Request) -> Iterator[Refusal]:
    """A pool's Kubernetes version is never lowered."""
    for pool in pools(request):
        asked = pool.asked.get("orchestratorVersion")
        current = (pool.current or {}).get("currentOrchestratorVersion") or (pool.current or {}).get(
            "orchestratorVersion"
        )
        if asked and current and is_older(asked, current):
            yield Refusal(
                400,
                "AgentPoolUpgradeVersionNotAllowed",
                f"Upgrading agent pool '{pool.name}' from Kubernetes version {current} to {asked} is not "
                "allowed. Downgrading is not supported. See https://aka.ms/aks/UpgradeVersionRules",
            )


def _differs(path: str, asked: object, current: object) -> bool:
    if asked is None and (path in _CHOSEN_BY_AZURE or current in (None, [], {}, "")):
        return False
    if path == "osDiskSizeGB" and asked == 0:
        return False
    if path == "availabilityZones":
        return _zones(asked) != _zones(current)
    if isinstance(asked, str) and isinstance(current, str):
        return asked.lower() != current.lower()
    # What Azure leaves out of its answer stands at the value that means "not asked for".
    if current is None and asked in (False, -1, [], {}, ""):
        return False
    return asked != current


def _zones(value: object) -> list[str]:
    return sorted(str(zone) for zone in value) if isinstance(value, list | tuple) else []


def _control_plane_version(pool: Pool) -> str | None:
    return pool.cluster.get("currentKubernetesVersion") or pool.cluster.get("kubernetesVersion")


def _incompatible(pool_version: str, control_plane: str, relation: str) -> Refusal:
    return Refusal(
        400,
        "NodePoolMcVersionIncompatible",
        f"Node pool version {pool_version} and control plane version {control_plane} are incompatible. "
        f"Minor version of node pool {minor_number(pool_version)} {relation} control plane version "
        f"{minor_number(control_plane)}. For more information, please check "
        "https://aka.ms/aks/UpgradeVersionRules",
    )
