"""What rows about managed clusters call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

import re

from sandbox.azure.facts import facts
from sandbox.azure.rules.arm_types import MANAGED_CLUSTER
from sandbox.azure.rules.kubernetes_version import is_older, minor_number
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
