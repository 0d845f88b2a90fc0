"""What rows about node pools call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.azure.rules.kubernetes_version import FURTHEST_BEHIND, is_older, minor_number
from sandbox.azure.rules.pools import asked_pools, every_pool, pools_of_cluster
from sandbox.azure.rules.subjects import Failures, Subject

_FEWEST_PODS_PER_POOL = 30
_MOST_POOLS = 100
_PRICE_DECIMALS = 5
_SURGE = re.compile(r"(?P<number>\d+)(?P<percent>%?)")
_RESERVED_PREFIX = "kubernetes.azure.com"
_SPOT_KEY, _SPOT_VALUE = "kubernetes.azure.com/scalesetpriority", "spot"
_NAME = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
_DNS = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
_KEY = re.compile(rf"({_DNS}/)?{_NAME}")
_VALUE = re.compile(rf"({_NAME})?")
_EFFECTS = ("NoSchedule", "NoExecute", "PreferNoSchedule")


def repeated_names(cluster: Subject) -> Failures:
    names = cluster.value("agentPoolProfiles.name") or []
    yield from ({"repeated": name} for name in sorted({name for name in names if names.count(name) > 1}))


def introduced_pools(cluster: Subject) -> Failures:
    known = pools_of_cluster(cluster.request)
    yield from ({"pool": name} for name in asked_pools(cluster.request) if name not in known)


def beyond_the_most_pools(pool: Subject) -> Failures:
    names = [*every_pool(pool.request)]
    if pool.known["name"] in names[_MOST_POOLS:]:
        yield {"most": _MOST_POOLS}


def room_for_pods(pool: Subject) -> Failures:
    per_node = pool.asked.get("maxPods")
    fewest = pool.asked.get("minCount" if pool.asked.get("enableAutoScaling") else "count")
    nodes = max(1, int(fewest or 0))
    if per_node is not None and per_node * nodes < _FEWEST_PODS_PER_POOL:
        yield {"nodes": nodes, "pods": per_node * nodes}


def no_system_pool_left(subject: Subject) -> Failures:
    if not any(pool.get("mode") == "System" for pool in every_pool(subject.request).values()):
        yield {}


def changed_priority(pool: Subject) -> Failures:
    asked, current = pool.asked.get("scaleSetPriority"), pool.known["current"]
    if asked and current and asked != (current.get("scaleSetPriority") or "Regular"):
        yield {}


def version_far_from_the_control_plane(pool: Subject) -> Failures:
    asked, cluster = pool.asked["orchestratorVersion"], pool.known["cluster"]
    version = cluster.get("currentKubernetesVersion") or cluster.get("kubernetesVersion")
    if not version:
        return
    minors = {"version": version, "pool_minor": minor_number(asked), "minor": minor_number(version)}
    ahead = minors["pool_minor"] - minors["minor"]
    if ahead > 0 or is_older(version, asked):
        yield minors | {"relation": "is bigger than"}
    elif -ahead > FURTHEST_BEHIND:
        yield minors | {"relation": f"is more than {FURTHEST_BEHIND} versions less than"}


def lowered_version(pool: Subject) -> Failures:
    current = pool.known["current"]
    version = current.get("currentOrchestratorVersion") or current.get("orchestratorVersion")
    if version and is_older(pool.asked["orchestratorVersion"], version):
        yield {"from": version}


def no_price(pool: Subject) -> Failures:
    price = pool.asked["spotMaxPrice"]
    if price <= 0 or round(price, _PRICE_DECIMALS) != price:
        yield {}


def no_surge(pool: Subject) -> Failures:
    match = _SURGE.fullmatch(pool.value("upgradeSettings.maxSurge"))
    number = int(match["number"]) if match else 0
    unavailable = pool.value("upgradeSettings.maxUnavailable") or "0"
    may_be_zero = match is not None and unavailable.rstrip("%") != "0"
    if (number == 0 and not may_be_zero) or (match and match["percent"] and number > 100):
        yield {}


def bad_labels(pool: Subject) -> Failures:
    for key, value in (pool.asked.get("nodeLabels") or {}).items():
        if not _KEY.fullmatch(key) or not _VALUE.fullmatch(value):
            yield {"key": key, "value": value}


def reserved_labels(pool: Subject) -> Failures:
    for key, value in (pool.asked.get("nodeLabels") or {}).items():
        is_own = _is_spot(pool.asked) and (key, value) == (_SPOT_KEY, _SPOT_VALUE)
        if key.partition("/")[0] == _RESERVED_PREFIX and not is_own:
            yield {"key": key}


def bad_taint(taint: Subject) -> Failures:
    pair, _, effect = taint.known["item"].rpartition(":")
    key, _, value = pair.partition("=")
    if effect not in _EFFECTS or not _KEY.fullmatch(key) or not _VALUE.fullmatch(value):
        yield {}


def reserved_taint(taint: Subject) -> Failures:
    text = taint.known["item"]
    is_own = _is_spot(taint.known["of"]) and text == f"{_SPOT_KEY}={_SPOT_VALUE}:NoSchedule"
    if text.partition("/")[0] == _RESERVED_PREFIX and not is_own:
        yield {}


def _is_spot(pool: Mapping[str, Any]) -> bool:
    return pool.get("scaleSetPriority") == "Spot"
