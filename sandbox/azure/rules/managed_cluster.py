"""What rows about managed clusters call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.azure.facts import facts
from sandbox.azure.rules.arm_types import MANAGED_CLUSTER
from sandbox.azure.rules.kubernetes_version import FURTHEST_BEHIND, is_older, minor_number
from sandbox.azure.rules.pools import asked_pools, pools_of_cluster
from sandbox.azure.rules.reading import is_same_id
from sandbox.azure.rules.roles import assigned_identities, holds_role
from sandbox.azure.rules.subjects import Failures, Subject

_VERSION = re.compile(r"(?P<minor>1\.\d{1,2})(\.\d{1,2})?")


def version_out_of_support(cluster: Subject) -> Failures:
    offered = facts("kubernetes_versions")
    if _minor(cluster) not in offered["supported"] + offered["longTermSupport"]:
        yield {}


def version_in_long_term_support(cluster: Subject) -> Failures:
    offered, minor = facts("kubernetes_versions"), _minor(cluster)
    has_plan = cluster.asked.get("supportPlan") == "AKSLongTermSupport"
    if minor in offered["longTermSupport"] and minor not in offered["supported"] and not has_plan:
        yield {}


def version_step(cluster: Subject) -> Failures:
    asked, current = cluster.asked["kubernetesVersion"], cluster.known["current"]
    version = current.get("currentKubernetesVersion") or current.get("kubernetesVersion")
    if version and (is_older(asked, version) or minor_number(asked) > minor_number(version) + 1):
        yield {"from": version}


def pool_versions_given_in_part(cluster: Subject) -> Failures:
    known, given = pools_of_cluster(cluster.request), _given_versions(cluster)
    changed = [name for name, version in given.items() if _differ(version, _version_of(known.get(name)))]
    if given and given.keys() != known.keys() and (changed or _is_upgraded(cluster)):
        yield {}


def pool_versions_other_than_the_control_planes(cluster: Subject) -> Failures:
    known, control_plane = pools_of_cluster(cluster.request), _control_plane_version(cluster)
    for name, version in _given_versions(cluster).items():
        if _differ(version, control_plane) and _differ(version, _version_of(known.get(name))):
            yield {}
            return


def pool_versions_left_behind(cluster: Subject) -> Failures:
    control_plane, given = _control_plane_version(cluster), _given_versions(cluster).values()
    if _is_upgraded(cluster) and any(_differ(version, control_plane) for version in given):
        yield {}


def pools_too_far_behind(cluster: Subject) -> Failures:
    newest, given = minor_number(cluster.asked["kubernetesVersion"]), _given_versions(cluster)
    for name, pool in pools_of_cluster(cluster.request).items():
        version = _version_of(pool)
        if name not in given and version and newest - minor_number(version) > FURTHEST_BEHIND:
            yield {"version": version, "minor": minor_number(version), "newest": newest}
            return


def _given_versions(cluster: Subject) -> dict[str, str]:
    pools = asked_pools(cluster.request).items()
    return {name: version for name, pool in pools if (version := pool.get("orchestratorVersion"))}


def _version_of(pool: Mapping[str, Any] | None) -> str:
    return str(
        (pool or {}).get("currentOrchestratorVersion") or (pool or {}).get("orchestratorVersion") or ""
    )


def _control_plane_version(cluster: Subject) -> str:
    current = cluster.known["current"]
    return str(cluster.asked.get("kubernetesVersion") or current.get("currentKubernetesVersion") or "")


def _is_upgraded(cluster: Subject) -> bool:
    return _differ(
        _control_plane_version(cluster), cluster.known["current"].get("currentKubernetesVersion") or ""
    )


def _differ(version: str, other: str) -> bool:
    return bool(version and other) and (is_older(version, other) or is_older(other, version))


def node_resource_group_taken(cluster: Subject) -> Failures:
    request, group = cluster.request, cluster.asked["nodeResourceGroup"]
    others = [one for one in request.cloud.of_type(MANAGED_CLUSTER) if not is_same_id(one.id, request.id)]
    taken = {str(one.properties.get("nodeResourceGroup")).lower() for one in others}
    group_id = f"/subscriptions/{request.subscription_id}/resourceGroups/{group}"
    if group.lower() in taken or request.cloud.get(group_id):
        yield {}


def changed_plugin(cluster: Subject) -> Failures:
    asked, current = (cluster.value(f"{start}networkProfile.networkPlugin") for start in ("", "$current."))
    if asked != current and (current, asked) != ("kubenet", "azure"):
        yield {}


def parts_of_advanced_networking(cluster: Subject) -> Failures:
    path = "networkProfile.advancedNetworking"
    parts = [name for name in ("observability", "security") if cluster.value(f"{path}.{name}.enabled")]
    if parts:
        yield {"parts": " and ".join(parts)}


def other_than_one_schedule(configuration: Subject) -> Failures:
    schedules = configuration.value("maintenanceWindow.schedule") or {}
    kinds = [kind for kind, schedule in schedules.items() if schedule]
    if len(kinds) != 1:
        yield {"kinds": " and ".join(kinds) or "none"}


def without_role(subject: Subject, path: str, role: str) -> Failures:
    cloud, resource_id = subject.request.cloud, subject.value(path)
    found = map(cloud.get, assigned_identities(subject.known.get("cluster", subject.asked)))
    principals = [one.properties["principalId"] for one in found if one and one.properties.get("principalId")]
    may = not resource_id or any(holds_role(cloud, one, role, resource_id) for one in principals)
    if principals and not may:
        yield {"principal": principals[0]}


def kubelet_identity_of_another(cluster: Subject) -> Failures:
    given = cluster.value("identityProfile.kubeletidentity") or {}
    found = cluster.request.cloud.get(given["resourceId"]) if given.get("resourceId") else None
    if found is None:
        return
    for property_, answered in (("clientId", "clientId"), ("objectId", "principalId")):
        expected = found.properties.get(answered)
        asked = given.get(property_)
        if asked and expected and asked.lower() != expected.lower():
            yield {"property": property_, "given": asked, "identity": found.id, "expected": expected}


def _minor(cluster: Subject) -> str | None:
    match = _VERSION.fullmatch(cluster.asked["kubernetesVersion"])
    return match["minor"] if match else None
