"""Who manages which fields of an object, as ``metadata.managedFields`` tells it.

Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

from __future__ import annotations

from typing import Final

from sandbox.kubernetes import naming
from sandbox.kubernetes.kinds import Json, Object

CREATOR: Final = "pulumi-kubernetes"
"""The field manager of an object that was just made; the first update hands its fields over."""

# Source: fixCSAFieldManagers in pulumi-kubernetes v4, provider/pkg/await/await.go.
_PREDECESSORS: Final = {
    (CREATOR, "Update"),
    ("pulumi-kubernetes.exe", "Update"),
    ("pulumi-resource-kubernetes", "Update"),
    ("kubectl", "Apply"),
    ("kubectl", "Update"),
    ("before-first-apply", "Update"),
}


def taken_over(entries: list[Object], manager: str) -> list[Object] | None:
    """The entries once *manager* applies what client-side tools had set; None where nothing changes.

    Args:
        entries: ``metadata.managedFields`` as it is.
        manager: the field manager of server-side apply.
    """
    given = [entry for entry in entries if _is_predecessor(entry)]
    if not given:
        return None
    own = [entry for entry in entries if _is_own(entry, manager)]
    fields: Json = {}
    for entry in own + given:
        fields = _union(fields, entry.get("fieldsV1") or {})
    applied = {**(own or given)[0], "manager": manager, "operation": "Apply", "fieldsV1": fields}
    return [applied, *(entry for entry in entries if entry not in own and entry not in given)]


def new(server_side_apply: bool) -> str:
    """A field manager for a resource that is made: one of its own where it will be applied by the server."""
    return naming.unique_name(f"{CREATOR}-", b"") if server_side_apply else CREATOR


def set_by_client(live: Object) -> bool:
    """Whether this provider has made the object and not changed it since."""
    entries = (live.get("metadata") or {}).get("managedFields") or []
    return any(_is_predecessor(entry) and entry["manager"].startswith("pulumi-") for entry in entries)


def _is_predecessor(entry: Object) -> bool:
    return (entry.get("manager"), entry.get("operation")) in _PREDECESSORS and not entry.get("subresource")


def _is_own(entry: Object, manager: str) -> bool:
    return (entry.get("manager"), entry.get("operation")) == (manager, "Apply") and not entry.get(
        "subresource"
    )


def _union(one: Json, other: Json) -> Json:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return {**one, **{key: _union(one[key], item) if key in one else item for key, item in other.items()}}
