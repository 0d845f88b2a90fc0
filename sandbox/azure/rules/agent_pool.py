"""Node pools."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.azure.cloud import parent_id
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import AGENT_POOL, MANAGED_CLUSTER
from sandbox.azure.rules.kubernetes_version import is_older, minor_number
from sandbox.azure.rules.pools import POOL_TYPES, every_pool, inline_profiles, pools, pools_of_cluster
from sandbox.azure.rules.reading import at, invalid_parameter, name_of
from sandbox.azure.rules.registry import Request, rule

_PODS = "https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning#maximum-pods-per-node"
_SYSTEM = "https://learn.microsoft.com/azure/aks/use-system-pools#update-existing-cluster-system-and-user-node-pools"
_UPGRADE = "https://learn.microsoft.com/azure/aks/manage-node-pools#upgrade-a-cluster-control-plane-with-multiple-node-pools"
_FEWEST_PODS_PER_POOL = 30
_FURTHEST_BEHIND = 3
_PRICE_DECIMALS = 5
_BYTES_PER_GIB = 1024**3
_SURGE = re.compile(r"(?P<number>\d+)(?P<percent>%?)")


@rule(MANAGED_CLUSTER, source="https://learn.microsoft.com/azure/aks/create-node-pools")
def inline_pools_have_different_names(request: Request) -> Iterator[Refusal]:
    """No two inline pools have the same name."""
    names = [pool.name for pool in pools(request)]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield invalid_parameter("agentPoolProfile.name", f"Agent pool name '{name}' is used more than once.")


@rule(AGENT_POOL, on=("create",), source="https://github.com/pulumi/pulumi-azure-native/issues/579")
def separate_pool_is_not_inline_too(request: Request) -> Iterator[Refusal]:
    """A separate pool's name is not that of a pool which its cluster carries inline."""
    cluster, name = request.cloud.get(parent_id(request.id)), name_of(request.id)
    if cluster and name in [profile.get("name") for profile in inline_profiles(cluster.properties)]:
        yield Refusal(
            409, "Conflict", f"Agent pool '{name}' already exists in managed cluster '{cluster.name}'."
        )


@rule(MANAGED_CLUSTER, on=("update",), source="https://github.com/pulumi/pulumi-azure-native/issues/2719")
def cluster_update_introduces_no_pool(request: Request) -> Iterator[Refusal]:
    """An update of a cluster cannot add a pool; a separate agent pool can."""
    known = {profile.get("name") for profile in inline_profiles(request.current)}
    if {pool.name for pool in pools(request)} - known - pools_of_cluster(request).keys():
        yield Refusal(
            400,
            "BadRequest",
            "A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed "
            "through managed cluster operations. For agent pool specific change, please use per agent pool "
            "operations: https://aka.ms/agent-pool-rest-api",
        )


@rule(*POOL_TYPES, source=_PODS)
def pool_holds_thirty_pods(request: Request) -> Iterator[Refusal]:
    """A pool's nodes hold at least 30 pods together."""
    for pool in pools(request):
        per_node, nodes = pool.asked.get("maxPods"), max(1, pool.fewest_nodes)
        if per_node is not None and per_node * nodes < _FEWEST_PODS_PER_POOL:
            yield Refusal(
                400,
                "InsufficientAgentPoolMaxPodsPerAgentPool",
                f"The total number of pods of node pool {pool.name} must be at least "
                f"{_FEWEST_PODS_PER_POOL}, but {nodes} node(s) with maxPods {per_node:g} hold "
                f"{per_node * nodes:g}.",
            )


@rule(AGENT_POOL, on=("update", "delete"), source=_SYSTEM)
def last_system_pool_stays(request: Request) -> Iterator[Refusal]:
    """The last System pool of a cluster can neither be deleted nor become a User pool."""
    if at(request.current, "mode") == "System":
        yield from _needs_a_system_pool(request)


@rule(MANAGED_CLUSTER, on=("update",), source=_SYSTEM)
def inline_system_pool_stays(request: Request) -> Iterator[Refusal]:
    """An update of a cluster leaves it at least one System pool."""
    if any(pools(request)):
        yield from _needs_a_system_pool(request)


@rule(*POOL_TYPES, source=_UPGRADE)
def pool_version_is_not_above_the_control_plane(request: Request) -> Iterator[Refusal]:
    """A pool's Kubernetes version is not newer than the control plane's and at most three minors older."""
    for pool in pools(request):
        asked = pool.asked.get("orchestratorVersion")
        control_plane = pool.cluster.get("currentKubernetesVersion") or pool.cluster.get("kubernetesVersion")
        if not asked or not control_plane:
            continue
        ahead = minor_number(asked) - minor_number(control_plane)
        if ahead > 0 or is_older(control_plane, asked):
            yield _incompatible(asked, control_plane, "is bigger than")
        elif -ahead > _FURTHEST_BEHIND:
            yield _incompatible(asked, control_plane, f"is more than {_FURTHEST_BEHIND} versions less than")


@rule(*POOL_TYPES, on=("update",), source=_UPGRADE)
def pool_version_is_not_lowered(request: Request) -> Iterator[Refusal]:
    """A pool's Kubernetes version is never lowered."""
    for pool in pools(request):
        asked = pool.asked.get("orchestratorVersion")
        current = at(pool.current, "currentOrchestratorVersion") or at(pool.current, "orchestratorVersion")
        if asked and current and is_older(asked, current):
            yield Refusal(
                400,
                "AgentPoolUpgradeVersionNotAllowed",
                f"Upgrading agent pool '{pool.name}' from Kubernetes version {current} to {asked} is not "
                "allowed. Downgrading is not supported. See https://aka.ms/aks/UpgradeVersionRules",
            )


@rule(*POOL_TYPES, source="https://learn.microsoft.com/azure/aks/spot-node-pool#create-a-spot-node-pool")
def spot_max_price_is_a_price(request: Request) -> Iterator[Refusal]:
    """A spot pool's maximum price is -1, for the on-demand price, or positive with at most five decimals."""
    for pool in pools(request):
        price = pool.asked.get("spotMaxPrice")
        if price is None or price == -1 or not pool.is_spot:
            continue
        if price <= 0 or round(price, _PRICE_DECIMALS) != price:
            yield invalid_parameter(
                pool.parameter("spotMaxPrice"),
                f"spotMaxPrice {price} must be -1 or greater than 0 with at most {_PRICE_DECIMALS} decimals.",
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


@rule(
    *POOL_TYPES,
    on=("create",),
    source="https://learn.microsoft.com/azure/aks/concepts-storage#ephemeral-os-disk",
)
def ephemeral_os_disk_fits_the_local_disk(request: Request) -> Iterator[Refusal]:
    """An ephemeral OS disk is no larger than the size's local disk."""
    for pool in pools(request):
        asked, local = pool.asked.get("osDiskSizeGB"), pool.vm_size and pool.vm_size.local_disk_gib
        if pool.asked.get("osDiskType") == "Ephemeral" and asked and local and asked > local:
            yield Refusal(
                400,
                "VMCacheSizeTooSmall",
                f"The virtual machine size {pool.asked['vmSize']} has a cache size of "
                f"{local * _BYTES_PER_GIB} bytes, but the OS disk requires {int(asked) * _BYTES_PER_GIB} "
                "bytes. Use a VM size with larger cache or disable ephemeral OS.",
            )


def _needs_a_system_pool(request: Request) -> Iterator[Refusal]:
    if not any(pool.get("mode") == "System" for pool in every_pool(request).values()):
        yield Refusal(
            400, "MustDefineAtLeastOneSystemPool", "There has to be at least one system agent pool."
        )


def _incompatible(pool_version: str, control_plane: str, relation: str) -> Refusal:
    return Refusal(
        400,
        "NodePoolMcVersionIncompatible",
        f"Node pool version {pool_version} and control plane version {control_plane} are incompatible. "
        f"Minor version of node pool {minor_number(pool_version)} {relation} control plane version "
        f"{minor_number(control_plane)}. For more information, please check "
        "https://aka.ms/aks/UpgradeVersionRules",
    )
