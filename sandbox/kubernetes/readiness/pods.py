"""When a Pod is ready, and what keeps pods from it."""

from __future__ import annotations

from sandbox.kubernetes.backend import Backend
from sandbox.kubernetes.kinds import Json, Kind, Object

POD = Kind("", "v1", "Pod")


def pod(live: Object, _backend: Backend) -> list[str]:
    """Why a Pod is not ready."""
    if is_ready(live):
        return []
    return troubles(live) or [f"Waiting for Pod {_shown(live)!r} to be ready"]


def is_ready(live: Object) -> bool:
    """Whether a Pod is ready, or has done its work."""
    if (live.get("status") or {}).get("phase") == "Succeeded":
        return True
    return condition(live, "Ready").get("status") == "True"


def condition(live: Object, kind: str) -> Object:
    """The condition of this type in an object's status; empty when there is none."""
    for found in (live.get("status") or {}).get("conditions") or []:
        if found.get("type") == kind:
            return found
    return {}


def troubles(live: Object) -> list[str]:
    """What keeps a Pod from being ready: the scheduler's reason, or that of its containers."""
    for kind in ("PodScheduled", "Initialized", "Ready"):
        found = condition(live, kind)
        if found and found.get("status") != "True":
            said = str(found.get("message") or "") if found.get("reason") else ""
            waiting = _containers((live.get("status") or {}).get("containerStatuses") or [])
            return [f"[Pod {_shown(live)}]: {said}{waiting}"] if said or waiting else []
    return []


def troubles_of(owner: Object, backend: Backend) -> list[str]:
    """What keeps the pods of their owner from being ready, each said once."""
    uid = owner["metadata"]["uid"]
    found: dict[str, None] = {}
    for each in backend.list(POD, owner["metadata"]["namespace"]):
        if is_owned(each, uid) and not is_ready(each):
            found.update(dict.fromkeys(troubles(each)))
    return list(found)


def is_owned(obj: Object, uid: str) -> bool:
    """Whether the object belongs to the one with this UID."""
    return any(owner.get("uid") == uid for owner in obj["metadata"].get("ownerReferences") or [])


def _containers(statuses: list[Json]) -> str:
    said = []
    for status in statuses:
        waiting = (status.get("state") or {}).get("waiting") or {}
        ended = (status.get("state") or {}).get("terminated") or {}
        if waiting.get("reason") not in (None, "ContainerCreating"):
            said.append(f"[{waiting['reason']}] {waiting.get('message') or ''}".rstrip())
        if ended.get("reason"):
            message = ended.get("message")
            name, code = status.get("name"), ended.get("exitCode")
            said.append(
                f"[{ended['reason']}] {message}"
                if message
                else f'container "{name}" completed with exit code {code}'
            )
    return "\n".join(said)


def _shown(live: Object) -> str:
    metadata = live["metadata"]
    namespace = metadata.get("namespace")
    return metadata["name"] if namespace in (None, "", "default") else f"{namespace}/{metadata['name']}"
