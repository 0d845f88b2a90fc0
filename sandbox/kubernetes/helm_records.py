"""Helm's own record of a release: a Secret of type ``helm.sh/release.v1`` for each revision.

Source: https://helm.sh/docs/topics/advanced/#storage-backends
"""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from typing import Any, Final

import yaml

from sandbox.kubernetes.backend import Backend
from sandbox.kubernetes.charts import STANDS_IN_FOR, Instance
from sandbox.kubernetes.kinds import Kind, Object, kind_of

_SECRET: Final = Kind("", "v1", "Secret")
_TYPE: Final = "helm.sh/release.v1"
_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A revision of a release as Helm keeps it.

    Attributes:
        revision: counts from 1.
        status: ``deployed``, ``failed``, ``pending-install``...
        version: of the chart.
        values: what was given beside the chart's own.
        manifest: the objects, without hooks.
    """

    name: str
    namespace: str
    revision: int
    status: str
    chart: str
    version: str
    app_version: str
    values: dict[str, Any]
    manifest: list[Object]

    @property
    def stands_in(self) -> bool:
        """Whether what was installed stands in for the chart."""
        return any(STANDS_IN_FOR in (obj["metadata"].get("annotations") or {}) for obj in self.manifest)

    @property
    def resource_names(self) -> dict[str, list[str]]:
        """Names of the release's objects by kind, as a Release's ``resourceNames`` has them."""
        found: dict[str, set[str]] = {}
        for obj in self.manifest:
            kind = kind_of(obj)
            namespace = obj["metadata"].get("namespace")
            name = f"{namespace}/{obj['metadata']['name']}" if namespace else obj["metadata"]["name"]
            found.setdefault(f"{kind.qualified}/{kind.api_version}", set()).add(name)
        return {kind: sorted(names) for kind, names in sorted(found.items())}


def look_up(backend: Backend, instance: Instance) -> Stored | None:
    """The newest revision of the release of this name, or None."""
    found = [
        secret
        for secret in backend.list(_SECRET, instance.namespace, f"type={_TYPE}")
        if (secret["metadata"].get("labels") or {}).get("name") == instance.name
    ]
    if not found:
        return None
    newest = max(found, key=lambda secret: int(secret["metadata"]["labels"]["version"]))
    return _decoded(newest["data"]["release"])


def _decoded(release: str) -> Stored:
    content = base64.b64decode(base64.b64decode(release))
    if content.startswith(_GZIP):
        content = gzip.decompress(content)
    record = json.loads(content)
    metadata = record["chart"]["metadata"]
    documents = yaml.load_all(
        record.get("manifest") or "", Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return Stored(
        name=record["name"],
        namespace=record["namespace"],
        revision=int(record["version"]),
        status=record["info"]["status"],
        chart=metadata["name"],
        version=metadata["version"],
        app_version=str(metadata.get("appVersion") or ""),
        values=record.get("config") or {},
        manifest=[document for document in documents if document],
    )
