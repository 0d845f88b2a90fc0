"""An API server simulated over the simulated cloud.

A cluster's objects lie beneath the managed cluster's own id in the cloud file, so that they share its
transactions and go when the cluster goes.
"""

from __future__ import annotations

import hashlib
import re
import time
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from sandbox.cloud import Cloud, Resource
from sandbox.kubernetes import add_ons, admission, controllers, networking, schema
from sandbox.kubernetes.backend import ApiError, ClusterUnreachableError, NoMatchError, Scope
from sandbox.kubernetes.kinds import Kind, Object, is_namespaced, kind_of
from sandbox.kubernetes.kubeconfig import ClusterEntry
from sandbox.kubernetes.merge import applied

CLUSTERS: Final = "Microsoft.ContainerService/managedClusters"
NAMESPACE: Final = Kind("", "v1", "Namespace")
DEFINITION: Final = Kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
_TYPE_PREFIX: Final = "Kubernetes/"
_DEFAULT_VERSION: Final = "1.36"
_OWN_NAMESPACES: Final = ("default", "kube-node-lease", "kube-public", "kube-system")
_NO_NAMESPACE: Final = "-"


class CloudClusters:
    """The API servers of all managed clusters in a cloud file, which is opened when first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._cloud: Cloud | None = None

    def connect(self, cluster: ClusterEntry) -> CloudBackend:
        """The API server of the managed cluster whose FQDN the kubeconfig's server names.

        Raises:
            ClusterUnreachableError: the cloud has no such cluster, or it is stopped.
        """
        self._cloud = self._cloud or Cloud.open(self._path)
        return CloudBackend(self._cloud, cluster)


class CloudBackend:
    """One managed cluster's API server; see :class:`sandbox.kubernetes.backend.Backend`."""

    def __init__(self, cloud: Cloud, entry: ClusterEntry) -> None:
        self._cloud = cloud
        self._entry = entry
        self._cluster_id = self._find().id

    @property
    def version(self) -> str:
        """Minor version of Kubernetes, for example ``1.36``."""
        properties = self._cluster().properties
        known = str(properties.get("currentKubernetesVersion") or properties.get("kubernetesVersion") or "")
        match = re.match(r"\d+\.\d+", known)
        return match[0] if match else _DEFAULT_VERSION

    def scope(self, kind: Kind) -> Scope | None:
        """Where the kind's objects live; None when the kind is not served."""
        if kind.built_in:
            namespaced = is_namespaced(kind)
            return Scope(bool(namespaced)) if schema.serves(kind, self.version) else None
        for definition in self.list(DEFINITION):
            spec = definition["spec"]
            versions = {version.get("name") for version in spec.get("versions") or []}
            if (spec.get("group"), spec["names"]["kind"]) == (
                kind.group,
                kind.name,
            ) and kind.version in versions:
                return Scope(spec.get("scope") == "Namespaced")
        return add_ons.scope(kind, self._cluster())

    def create(self, obj: Object, dry_run: bool = False) -> Object:
        """Make a new object and answer it as it is held."""
        with self._cloud.transaction():
            kind, wanted = self._admitted(obj)
            namespace, name = _place(wanted)
            if self.get(kind, namespace, name) is not None:
                raise ApiError(409, "AlreadyExists", f'{kind.resource} "{name}" already exists')
            admission.check(wanted)
            return self._write(kind, wanted, None, dry_run)

    def apply(self, obj: Object, owned: Object, dry_run: bool = False) -> Object:
        """Change or make an object by server-side apply and answer it as it is held."""
        with self._cloud.transaction():
            kind = kind_of(obj)
            scope = self._scope(kind)
            placed = _placed(obj, scope)
            live = self.get(kind, *_place(placed))
            merged = applied(live or {}, owned, placed)
            kind, wanted = self._admitted(merged)
            admission.check(wanted, live)
            return self._write(kind, wanted, live, dry_run)

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """The object, or None."""
        found = self._cloud.get(self._id(kind, namespace, name))
        if found is not None:
            return deepcopy(dict(found.properties))
        if kind == NAMESPACE and name in self._own_namespaces():
            return self._own_namespace(name)
        return None

    def list(self, kind: Kind, namespace: str | None = None) -> list[Object]:
        """All objects of a kind, sorted by namespace and name."""
        prefix = f"{self._cluster_id}/kubernetes/{kind.resource}"
        if namespace is not None:
            prefix += f"/{namespace or _NO_NAMESPACE}"
        return [dict(resource.properties) for resource in self._cloud.descendants(prefix)]

    def delete(self, kind: Kind, namespace: str, name: str) -> bool:
        """Delete an object and what goes with it. False when there was none."""
        if kind == NAMESPACE and name in self._own_namespaces():
            raise ApiError(
                403, "Forbidden", f'namespaces "{name}" is forbidden: this namespace may not be deleted'
            )
        with self._cloud.transaction():
            self._cluster()
            existing = self.get(kind, namespace, name)
            if existing is None:
                return False
            if kind == NAMESPACE:
                self._empty(name)
            if kind.name == DEFINITION.name and kind.group == DEFINITION.group:
                names = existing["spec"]["names"]
                custom = Kind(existing["spec"]["group"], "", names["kind"])
                self._cloud.delete(f"{self._cluster_id}/kubernetes/{custom.resource}")
            self._cloud.delete(self._id(kind, namespace, name))
            self.forget_events(existing)
            return True

    def cluster(self) -> Resource:
        """The managed cluster as the cloud holds it."""
        return self._cluster()

    def cloud(self) -> Cloud:
        """The cloud that the cluster is in."""
        return self._cloud

    def put(self, obj: Object, mentioned: str = "") -> None:
        """Keep an object as it is, as a controller does.

        Args:
            obj: the object.
            mentioned: id of a resource in the cloud that the object uses.
        """
        kind = kind_of(obj)
        namespace, name = _place(obj)
        self._cloud.put(
            Resource(
                id=self._id(kind, namespace, name),
                type=_TYPE_PREFIX + kind.resource,
                name=name,
                properties=obj,
                inputs={"id": mentioned} if mentioned else {},
            )
        )

    def write_event(self, about: Object, reason: str, message: str) -> None:
        """Write a warning about an object, in place of an older one of that reason."""
        metadata = about["metadata"]
        digest = hashlib.sha256(f"{metadata['uid']}{reason}".encode()).hexdigest()[:16]
        event = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "name": f"{metadata['name']}.{digest}",
                "namespace": metadata.get("namespace") or "default",
                "creationTimestamp": _now(),
                "uid": str(uuid4()),
            },
            "type": "Warning",
            "reason": reason,
            "message": message,
            "involvedObject": {
                "apiVersion": about["apiVersion"],
                "kind": about["kind"],
                "name": metadata["name"],
                "namespace": metadata.get("namespace") or "",
                "uid": metadata["uid"],
            },
        }
        self.put(event)

    def forget_events(self, about: Object) -> None:
        """Remove all events about an object."""
        uid = about["metadata"].get("uid")
        for event in self.list(Kind("", "v1", "Event"), about["metadata"].get("namespace") or "default"):
            if event["involvedObject"].get("uid") == uid:
                self._cloud.delete(self._id(kind_of(event), *_place(event)))

    def _admitted(self, obj: Object) -> tuple[Kind, Object]:
        kind = kind_of(obj)
        wanted = _placed(obj, self._scope(kind))
        schema.check_shape(wanted, self.version)
        namespace = wanted["metadata"].get("namespace")
        if namespace and self.get(NAMESPACE, "", namespace) is None:
            raise ApiError(404, "NotFound", f'namespaces "{namespace}" not found')
        return kind, wanted

    def _write(self, kind: Kind, wanted: Object, live: Object | None, dry_run: bool) -> Object:
        result = deepcopy(wanted)
        metadata = result["metadata"]
        before = (live or {}).get("metadata") or {}
        metadata["uid"] = before.get("uid") or str(uuid4())
        metadata["creationTimestamp"] = before.get("creationTimestamp") or _now()
        changed = live is None or _desired(live) != _desired(result)
        metadata["generation"] = int(before.get("generation") or 0) + (1 if changed else 0)
        metadata["resourceVersion"] = str(time.time_ns() // 1000) if changed else before["resourceVersion"]
        networking.fill_in(result, live, self)
        controllers.settle(result, controllers.Surroundings(now=_now(), nodes=self._nodes()))
        mentioned = networking.settle(result, self, dry_run)
        if not dry_run:
            self.put(result, mentioned)
            networking.report(result, self)
        return result

    def _scope(self, kind: Kind) -> Scope:
        scope = self.scope(kind)
        if scope is None:
            raise NoMatchError(kind)
        return scope

    def _empty(self, namespace: str) -> None:
        for resource in self._cloud.descendants(f"{self._cluster_id}/kubernetes"):
            if (resource.properties.get("metadata") or {}).get("namespace") == namespace:
                self._cloud.delete(resource.id)

    def _own_namespaces(self) -> tuple[str, ...]:
        return _OWN_NAMESPACES + add_ons.namespaces(self._cluster())

    def _own_namespace(self, name: str) -> Object:
        cluster = self._cluster()
        return {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": name,
                "uid": str(uuid4()),
                "creationTimestamp": cluster.created_at,
                "resourceVersion": "1",
                "labels": {"kubernetes.io/metadata.name": name},
            },
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        }

    def _nodes(self) -> int:
        profiles = self._cluster().properties.get("agentPoolProfiles") or []
        pools = {str(pool.get("name")): pool for pool in profiles}
        for child in self._cloud.children(self._cluster_id):
            if child.type.lower().endswith("/agentpools"):
                pools[child.name] = dict(child.properties)
        return sum(int(pool.get("count") or 0) for pool in pools.values())

    def _cluster(self) -> Resource:
        cluster = self._cloud.get(self._cluster_id)
        return cluster if cluster is not None else self._find()

    def _find(self) -> Resource:
        for cluster in self._cloud.of_type(CLUSTERS):
            hosts = {
                str(cluster.properties.get(key) or "").lower()
                for key in ("fqdn", "privateFQDN", "privateFqdn")
            }
            stopped = (cluster.properties.get("powerState") or {}).get("code") == "Stopped"
            if self._entry.host in hosts and not stopped:
                return cluster
        raise ClusterUnreachableError(
            f'Get "{self._entry.server.rstrip("/")}/openapi/v2?timeout=32s": dial tcp: lookup'
            f" {self._entry.host}: no such host"
        )

    def _id(self, kind: Kind, namespace: str, name: str) -> str:
        # The cloud compares ids without regard to case, Kubernetes compares names with it.
        spelt = re.sub("[A-Z]", lambda letter: f"%{ord(letter[0]):02x}", name)
        return f"{self._cluster_id}/kubernetes/{kind.resource}/{namespace or _NO_NAMESPACE}/{spelt}"


def _placed(obj: Object, scope: Scope) -> Object:
    result = deepcopy(obj)
    metadata = result.setdefault("metadata", {})
    if scope.namespaced:
        metadata["namespace"] = metadata.get("namespace") or "default"
    else:
        metadata.pop("namespace", None)
    return result


def _place(obj: Object) -> tuple[str, str]:
    metadata: dict[str, Any] = obj.get("metadata") or {}
    return str(metadata.get("namespace") or ""), str(metadata.get("name") or "")


def _desired(obj: Object) -> Object:
    metadata = obj.get("metadata") or {}
    kept = {
        key: metadata[key]
        for key in ("labels", "annotations", "finalizers", "ownerReferences")
        if key in metadata
    }
    return {
        **{key: value for key, value in obj.items() if key not in ("metadata", "status")},
        "metadata": kept,
    }


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
