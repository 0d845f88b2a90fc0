"""Node pools: names, modes, counts, spot, disks, labels and taints."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.azure.cloud import parent_id
from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import AGENT_POOL, MANAGED_CLUSTER
from sandbox.azure.rules.pools import POOL_TYPES, inline_profiles, pools, pools_of_cluster
from sandbox.azure.rules.reading import invalid_parameter, name_of
from sandbox.azure.rules.registry import Request, rule

_CREATE = "https://learn.microsoft.com/azure/aks/create-node-pools"
_SYSTEM = "https://learn.microsoft.com/azure/aks/use-system-pools"
_SCALING = "https://learn.microsoft.com/azure/aks/cluster-autoscaler"
_NAME = re.compile(r"[a-z][a-z0-9]*")
_LINUX_NAME_LIMIT, _WINDOWS_NAME_LIMIT = 12, 6
_MOST_NODES = 1000
_FEWEST_PODS_PER_NODE, _MOST_PODS_PER_NODE, _FEWEST_PODS_PER_POOL = 10, 250, 30


@rule(*POOL_TYPES, source=f"{_CREATE}#limitations")
def pool_name_is_short_lower_case(request: Request) -> Iterator[Refusal]:
    """A pool's name is lower-case letters and digits, begins with a letter and has at most 12 characters."""
    for pool in pools(request):
        if not _NAME.fullmatch(pool.name) or len(pool.name) > _LINUX_NAME_LIMIT:
            yield invalid_parameter(
                "agentPoolProfile.name",
                f"Agent pool name '{pool.name}' must begin with a lowercase letter, contain only lowercase "
                f"letters and numbers and have at most {_LINUX_NAME_LIMIT} characters.",
            )


@rule(*POOL_TYPES, source=f"{_CREATE}#limitations")
def windows_pool_name_has_six_characters(request: Request) -> Iterator[Refusal]:
    """A Windows pool's name has at most six characters."""
    for pool in pools(request):
        if pool.is_windows and len(pool.name) > _WINDOWS_NAME_LIMIT:
            yield Refusal(
                400,
                "WindowsAgentPoolNameTooLong",
                f"Windows agent pool name can not be longer than {_WINDOWS_NAME_LIMIT} characters. "
                f"Nodepool name: {pool.name}.",
            )


@rule(MANAGED_CLUSTER, source=_CREATE)
def inline_pools_have_different_names(request: Request) -> Iterator[Refusal]:
    """No two inline pools have the same name."""
    seen: set[str] = set()
    for pool in pools(request):
        if pool.name in seen:
            yield invalid_parameter(
                "agentPoolProfile.name", f"Agent pool name '{pool.name}' is used more than once."
            )
        seen.add(pool.name)


@rule(AGENT_POOL, on=("create",), source="https://github.com/pulumi/pulumi-azure-native/issues/579")
def separate_pool_is_not_inline_too(request: Request) -> Iterator[Refusal]:
    """A separate pool's name is not that of a pool which its cluster carries inline."""
    cluster = request.cloud.get(parent_id(request.id))
    name = name_of(request.id)
    if cluster is not None and any(
        profile.get("name") == name for profile in inline_profiles(cluster.properties)
    ):
        yield Refusal(
            409, "Conflict", f"Agent pool '{name}' already exists in managed cluster '{cluster.name}'."
        )


@rule(MANAGED_CLUSTER, on=("update",), source="https://github.com/pulumi/pulumi-azure-native/issues/2719")
def cluster_update_introduces_no_pool(request: Request) -> Iterator[Refusal]:
    """An update of a cluster cannot add a pool; a separate agent pool can."""
    known = {str(profile.get("name")) for profile in inline_profiles(request.current)}
    known |= set(pools_of_cluster(request, request.id))
    if any(pool.name not in known for pool in pools(request)):
        yield Refusal(
            400,
            "BadRequest",
            "A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed "
            "through managed cluster operations. For agent pool specific change, please use per agent pool "
            "operations: https://aka.ms/agent-pool-rest-api",
        )


@rule(*POOL_TYPES, source=f"{_SYSTEM}#system-and-user-node-pools")
def pool_counts_are_in_range(request: Request) -> Iterator[Refusal]:
    """A System pool has 1 to 1000 nodes, a User pool 0 to 1000."""
    for pool in pools(request):
        for property_ in ("count", "minCount", "maxCount"):
            value = pool.asked.get(property_)
            if value is None or (property_ != "count" and not pool.is_autoscaled):
                continue
            least = 1 if pool.is_system or property_ == "maxCount" else 0
            if not least <= value <= _MOST_NODES:
                yield invalid_parameter(
                    pool.parameter(property_),
                    f"{'System' if pool.is_system else 'User'} node pool '{pool.name}' must have "
                    f"{property_} between {least} and {_MOST_NODES}, got {value:g}.",
                )


@rule(*POOL_TYPES, source=_SCALING)
def autoscaled_pool_has_both_bounds(request: Request) -> Iterator[Refusal]:
    """A pool with the cluster autoscaler names its minimum and its maximum."""
    for pool in pools(request):
        for property_ in ("minCount", "maxCount"):
            if pool.is_autoscaled and pool.asked.get(property_) is None:
                yield invalid_parameter(
                    pool.parameter(property_), f"{property_} is required when enableAutoScaling is true."
                )


@rule(*POOL_TYPES, source=_SCALING)
def only_autoscaled_pool_has_bounds(request: Request) -> Iterator[Refusal]:
    """A pool without the cluster autoscaler has no minimum and no maximum."""
    for pool in pools(request):
        bounds = [name for name in ("minCount", "maxCount") if pool.asked.get(name) is not None]
        if bounds and not pool.is_autoscaled:
            yield Refusal(
                400,
                "AutoScalingNotEnabled",
                f"{' and '.join(bounds)} cannot be set when enableAutoScaling is false. Nodepool name: "
                f"{pool.name}.",
            )


@rule(*POOL_TYPES, source=_SCALING)
def pool_bounds_hold_the_count(request: Request) -> Iterator[Refusal]:
    """An autoscaled pool's minimum is at most its maximum, and a new pool's count lies between them."""
    for pool in pools(request):
        least, most, count = (pool.asked.get(name) for name in ("minCount", "maxCount", "count"))
        if not pool.is_autoscaled or least is None or most is None:
            continue
        if least > most:
            yield invalid_parameter(
                pool.parameter("minCount"), f"minCount {least:g} must not be greater than maxCount {most:g}."
            )
        elif request.operation == "create" and count is not None and not least <= count <= most:
            yield invalid_parameter(
                pool.parameter("count"),
                f"count {count:g} must be between minCount {least:g} and maxCount {most:g}.",
            )


@rule(
    *POOL_TYPES,
    source="https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning#maximum-pods-per-node",
)
def max_pods_is_in_range(request: Request) -> Iterator[Refusal]:
    """A node holds between 10 and 250 pods."""
    for pool in pools(request):
        most = pool.asked.get("maxPods")
        if most is None or _FEWEST_PODS_PER_NODE <= most <= _MOST_PODS_PER_NODE:
            continue
        too_few = most < _FEWEST_PODS_PER_NODE
        yield Refusal(
            400,
            "InsufficientMaxPods" if too_few else "MaxPodsLimitExceeded",
            f"The maxPods {most:g} of node pool {pool.name} must be "
            + (f"at least {_FEWEST_PODS_PER_NODE}." if too_few else f"at most {_MOST_PODS_PER_NODE}."),
        )


@rule(
    *POOL_TYPES,
    source="https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning#maximum-pods-per-node",
)
def pool_holds_thirty_pods(request: Request) -> Iterator[Refusal]:
    """A pool's nodes hold at least 30 pods together."""
    for pool in pools(request):
        per_node = pool.asked.get("maxPods")
        if per_node is None:
            continue
        nodes = max(1, pool.fewest_nodes)
        if per_node * nodes < _FEWEST_PODS_PER_POOL:
            yield Refusal(
                400,
                "InsufficientAgentPoolMaxPodsPerAgentPool",
                f"The total number of pods of node pool {pool.name} must be at least "
                f"{_FEWEST_PODS_PER_POOL}, but {nodes} node(s) with maxPods {per_node:g} hold "
                f"{per_node * nodes:g}.",
            )


@rule(MANAGED_CLUSTER, on=("create",), source=f"{_SYSTEM}#before-you-begin")
def new_cluster_has_a_system_pool(request: Request) -> Iterator[Refusal]:
    """A new cluster has at least one pool of mode System."""
    if not any(pool.is_system for pool in pools(request)):
        yield Refusal(400, "MustDefineAtLeastOneSystemPool", "Must define at least one system pool.")


@rule(
    AGENT_POOL,
    on=("update", "delete"),
    source=f"{_SYSTEM}#update-existing-cluster-system-and-user-node-pools",
)
def last_system_pool_stays(request: Request) -> Iterator[Refusal]:
    """The last System pool of a cluster can neither be deleted nor become a User pool."""
    own = name_of(request.id)
    if request.operation == "update" and request.properties.get("mode") == "System":
        return
    if (request.current or {}).get("mode") != "System":
        return
    others = pools_of_cluster(request, parent_id(request.id))
    if not any(pool.get("mode") == "System" for name, pool in others.items() if name != own):
        yield Refusal(
            400, "MustDefineAtLeastOneSystemPool", "There has to be at least one system agent pool."
        )


@rule(MANAGED_CLUSTER, on=("update",), source=f"{_SYSTEM}#update-existing-cluster-system-and-user-node-pools")
def inline_system_pool_stays(request: Request) -> Iterator[Refusal]:
    """An update of a cluster leaves it at least one System pool."""
    asked = {pool.name: pool.asked for pool in pools(request)}
    if not asked:
        return
    everything = {**pools_of_cluster(request, request.id), **asked}
    if not any(pool.get("mode") == "System" for pool in everything.values()):
        yield Refusal(
            400, "MustDefineAtLeastOneSystemPool", "There has to be at least one system agent pool."
        )
