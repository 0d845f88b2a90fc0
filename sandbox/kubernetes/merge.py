"""Server-side apply: what becomes of a live object when one field manager changes its mind.

Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/. There is one field manager here, so
that no conflict arises; list items are told apart by name, by key or by port and protocol, as the built-in
kinds declare.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sandbox.kubernetes.kinds import Json

_ATOMIC = frozenset({"args", "command", "finalizers", "rules", "subjects"})


def applied(live: Json, owned: Json, wanted: Json, field: str = "") -> Json:
    """The live value with the wanted one applied, and without what was wanted before and is no longer.

    Args:
        live: what the API server holds.
        owned: what the field manager wanted before.
        wanted: what it wants now.
        field: name of the field that holds the value.
    """
    if isinstance(live, dict) and isinstance(wanted, dict):
        before = owned if isinstance(owned, dict) else {}
        result = {key: value for key, value in live.items() if key in wanted or key not in before}
        for key, value in wanted.items():
            result[key] = applied(live.get(key), before.get(key), value, key)
        return result
    if isinstance(live, list) and isinstance(wanted, list) and field not in _ATOMIC:
        return _applied_list(live, owned if isinstance(owned, list) else [], wanted)
    return deepcopy(wanted)


def _applied_list(live: list[Any], owned: list[Any], wanted: list[Any]) -> list[Any]:
    keys = [_key(item) for item in wanted]
    if any(key is None for key in keys) or len(set(keys)) != len(keys):
        return deepcopy(wanted)
    held = {_key(item): item for item in live}
    before = {_key(item): item for item in owned}
    result = [applied(held.get(key), before.get(key), item) for key, item in zip(keys, wanted, strict=True)]
    others = [
        item for item in live if (key := _key(item)) is not None and key not in before and key not in keys
    ]
    return result + deepcopy(others)


def _key(item: Json) -> tuple[Any, ...] | None:
    if not isinstance(item, dict):
        return None
    if "port" in item:
        return ("port", item["port"], item.get("protocol") or "TCP")
    if "containerPort" in item:
        return ("containerPort", item["containerPort"], item.get("protocol") or "TCP")
    if "mountPath" in item:
        return ("mountPath", item["mountPath"])
    return ("name", item["name"]) if "name" in item else None
