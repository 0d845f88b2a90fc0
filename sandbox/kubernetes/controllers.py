"""What the controllers of a healthy cluster do to an object. Nothing is scheduled."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sandbox.kubernetes.kinds import Object, kind_of, plural


@dataclass(frozen=True)
class Surroundings:
    """What a status depends on beside the object.

    Attributes:
        now: ISO 8601 time in UTC.
        nodes: number of nodes of all agent pools.
    """

    now: str
    nodes: int


def settle(obj: Object, surroundings: Surroundings) -> None:
    """Write status and filled-in fields into an object that was just made or changed."""
    kind = kind_of(obj)
    if not kind.built_in:
        return
    settled = _CONTROLLERS.get(kind.name)
    if settled is not None:
        settled(obj, surroundings)


def _condition(
    kind: str, status: str, surroundings: Surroundings, reason: str = "", message: str = ""
) -> Object:
    return {
        "type": kind,
        "status": status,
        "lastTransitionTime": surroundings.now,
        "lastUpdateTime": surroundings.now,
        **({"reason": reason} if reason else {}),
        **({"message": message} if message else {}),
    }


def _deployment(obj: Object, surroundings: Surroundings) -> None:
    replicas = obj["spec"].setdefault("replicas", 1)
    obj["status"] = {
        "observedGeneration": obj["metadata"]["generation"],
        "replicas": replicas,
        "updatedReplicas": replicas,
        "readyReplicas": replicas,
        "availableReplicas": replicas,
        "conditions": [
            _condition(
                "Available",
                "True",
                surroundings,
                "MinimumReplicasAvailable",
                "Deployment has minimum availability.",
            ),
            _condition("Progressing", "True", surroundings, "NewReplicaSetAvailable"),
        ],
    }


def _stateful_set(obj: Object, _surroundings: Surroundings) -> None:
    replicas = obj["spec"].setdefault("replicas", 1)
    revision = f"{obj['metadata']['name']}-{obj['metadata']['generation']}"
    obj["status"] = {
        "observedGeneration": obj["metadata"]["generation"],
        "replicas": replicas,
        "readyReplicas": replicas,
        "currentReplicas": replicas,
        "updatedReplicas": replicas,
        "availableReplicas": replicas,
        "currentRevision": revision,
        "updateRevision": revision,
    }


def _replica_set(obj: Object, _surroundings: Surroundings) -> None:
    replicas = obj["spec"].setdefault("replicas", 1)
    obj["status"] = {
        "observedGeneration": obj["metadata"]["generation"],
        "replicas": replicas,
        "readyReplicas": replicas,
        "availableReplicas": replicas,
        "fullyLabeledReplicas": replicas,
    }


def _daemon_set(obj: Object, surroundings: Surroundings) -> None:
    obj["status"] = {
        "observedGeneration": obj["metadata"]["generation"],
        "currentNumberScheduled": surroundings.nodes,
        "desiredNumberScheduled": surroundings.nodes,
        "numberAvailable": surroundings.nodes,
        "numberMisscheduled": 0,
        "numberReady": surroundings.nodes,
        "updatedNumberScheduled": surroundings.nodes,
    }


def _job(obj: Object, surroundings: Surroundings) -> None:
    obj["status"] = {
        "succeeded": obj["spec"].get("completions") or obj["spec"].get("parallelism") or 1,
        "startTime": surroundings.now,
        "completionTime": surroundings.now,
        "conditions": [_condition("Complete", "True", surroundings)],
    }


def _pod(obj: Object, surroundings: Surroundings) -> None:
    obj["status"] = {
        "phase": "Running",
        "startTime": surroundings.now,
        "conditions": [
            _condition(kind, "True", surroundings)
            for kind in ("PodScheduled", "Initialized", "ContainersReady", "Ready")
        ],
        "containerStatuses": [
            {
                "name": container["name"],
                "image": container.get("image", ""),
                "ready": True,
                "started": True,
                "restartCount": 0,
            }
            for container in obj["spec"].get("containers") or []
        ],
    }


def _namespace(obj: Object, _surroundings: Surroundings) -> None:
    obj["metadata"].setdefault("labels", {})["kubernetes.io/metadata.name"] = obj["metadata"]["name"]
    obj.setdefault("spec", {})["finalizers"] = ["kubernetes"]
    obj["status"] = {"phase": "Active"}


def _claim(obj: Object, _surroundings: Surroundings) -> None:
    obj["spec"].setdefault("volumeName", f"pvc-{obj['metadata']['uid']}")
    obj["spec"].setdefault("volumeMode", "Filesystem")
    requests = (obj["spec"].get("resources") or {}).get("requests") or {}
    obj["status"] = {
        "phase": "Bound",
        "accessModes": obj["spec"].get("accessModes") or [],
        "capacity": {"storage": requests.get("storage", "")},
    }


def _volume(obj: Object, _surroundings: Surroundings) -> None:
    obj["status"] = {"phase": "Available"}


def _secret(obj: Object, _surroundings: Surroundings) -> None:
    obj.setdefault("type", "Opaque")
    texts = obj.pop("stringData", None) or {}
    if texts:
        encoded = {key: base64.b64encode(str(text).encode()).decode() for key, text in texts.items()}
        obj["data"] = {**(obj.get("data") or {}), **encoded}


def _definition(obj: Object, surroundings: Surroundings) -> None:
    names: dict[str, Any] = obj["spec"].setdefault("names", {})
    kind = str(names.get("kind") or "")
    names.setdefault("plural", plural(kind))
    names.setdefault("singular", kind.lower())
    names.setdefault("listKind", f"{kind}List")
    obj["status"] = {
        "acceptedNames": dict(names),
        "conditions": [
            _condition("NamesAccepted", "True", surroundings, "NoConflicts", "no conflicts found"),
            _condition(
                "Established",
                "True",
                surroundings,
                "InitialNamesAccepted",
                "the initial names have been accepted",
            ),
        ],
        "storedVersions": [
            version["name"] for version in obj["spec"].get("versions") or [] if version.get("storage")
        ],
    }


def _disruption_budget(obj: Object, _surroundings: Surroundings) -> None:
    obj["status"] = {
        "observedGeneration": obj["metadata"]["generation"],
        "currentHealthy": 0,
        "desiredHealthy": 0,
        "disruptionsAllowed": 0,
        "expectedPods": 0,
    }


_CONTROLLERS: Final[dict[str, Callable[[Object, Surroundings], None]]] = {
    "CustomResourceDefinition": _definition,
    "DaemonSet": _daemon_set,
    "Deployment": _deployment,
    "Job": _job,
    "Namespace": _namespace,
    "PersistentVolume": _volume,
    "PersistentVolumeClaim": _claim,
    "Pod": _pod,
    "PodDisruptionBudget": _disruption_budget,
    "ReplicaSet": _replica_set,
    "Secret": _secret,
    "StatefulSet": _stateful_set,
}
