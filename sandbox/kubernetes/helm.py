"""Helm over an API server: install, upgrade, look up and uninstall a release.

Like Helm, it keeps a release as a Secret of type ``helm.sh/release.v1`` in the release's namespace; unlike
Helm, only the newest revision.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.kubernetes import readiness
from sandbox.kubernetes.backend import ApiError, Backend, NoMatchError
from sandbox.kubernetes.charts import Chart, Instance
from sandbox.kubernetes.kinds import Kind, Object, kind_of

_NAMESPACE: Final = Kind("", "v1", "Namespace")
_SECRET: Final = Kind("", "v1", "Secret")
_RELEASE_NAME: Final = "meta.helm.sh/release-name"
_RELEASE_NAMESPACE: Final = "meta.helm.sh/release-namespace"


class HelmError(Exception):
    """Helm refuses; the text is Helm's."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A release as Helm keeps it.

    Attributes:
        status: ``deployed`` or ``failed``.
        warnings: what kept it from becoming ready; empty when it is deployed.
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
    warnings: tuple[str, ...] = ()

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


def check_values(chart: Chart, values: Mapping[str, Any]) -> None:
    """Check values against the chart's schema.

    Raises:
        HelmError: with every value that the schema refuses.
    """
    problems = chart.problems(values)
    if problems:
        listed = "\n".join(problems)
        raise HelmError(
            "values don't meet the specifications of the schema(s) in the following"
            f" chart(s):\n{chart.name}:\n{listed}\n"
        )


def look_up(backend: Backend, instance: Instance) -> Stored | None:
    """The release of this name, or None."""
    found = [
        secret
        for secret in backend.list(_SECRET, instance.namespace)
        if secret.get("type") == "helm.sh/release.v1"
        and secret["metadata"]["labels"].get("name") == instance.name
    ]
    if not found:
        return None
    kept = json.loads(base64.b64decode(found[0]["data"]["release"]))
    return Stored(**{**kept, "warnings": tuple(kept["warnings"])})


def install(
    backend: Backend,
    chart: Chart,
    instance: Instance,
    values: dict[str, Any],
    *,
    create_namespace: bool,
    skip_definitions: bool,
    wait: bool,
) -> Stored:
    """Install a release. It may have failed: see :attr:`Stored.status`.

    Raises:
        HelmError: nothing was installed.
    """
    check_values(chart, values)
    if look_up(backend, instance) is not None:
        raise HelmError("cannot re-use a name that is still in use")
    manifest = _rendered(chart, instance, values)
    _require_namespace(backend, instance, create_namespace)
    _require_ownership(backend, instance, manifest, "install")
    if not skip_definitions:
        _install_definitions(backend, chart)
    _apply(backend, instance, manifest, [])
    stored = _settled(backend, chart, instance, values, manifest, revision=1, wait=wait)
    _store(backend, stored)
    return stored


def upgrade(
    backend: Backend, chart: Chart, instance: Instance, values: dict[str, Any], *, wait: bool
) -> Stored:
    """Bring a release to a chart and values. It may have failed: see :attr:`Stored.status`.

    Raises:
        HelmError: nothing was changed.
    """
    current = look_up(backend, instance)
    if current is None:
        raise HelmError(f'"{instance.name}" has no deployed releases')
    check_values(chart, values)
    manifest = _rendered(chart, instance, values)
    _require_ownership(backend, instance, manifest, "upgrade")
    _apply(backend, instance, manifest, current.manifest)
    kept = {_key(obj) for obj in manifest}
    for obj in current.manifest:
        if _key(obj) not in kept:
            backend.delete(*_key(obj))
    stored = _settled(backend, chart, instance, values, manifest, revision=current.revision + 1, wait=wait)
    backend.delete(_SECRET, instance.namespace, _secret_name(current))
    _store(backend, stored)
    return stored


def uninstall(backend: Backend, instance: Instance) -> None:
    """Remove a release and its objects; definitions of custom resources stay.

    Raises:
        HelmError: there is no such release.
    """
    current = look_up(backend, instance)
    if current is None:
        raise HelmError(f"uninstall: Release not loaded: {instance.name}: release: not found")
    for obj in reversed(current.manifest):
        backend.delete(*_key(obj))
    backend.delete(_SECRET, instance.namespace, _secret_name(current))


def _rendered(chart: Chart, instance: Instance, values: dict[str, Any]) -> list[Object]:
    try:
        return chart.render(instance, values)
    except KeyError as error:
        # A null took a default away that a template cannot do without.
        raise HelmError(
            f"template: {chart.name}: nil pointer evaluating interface {{}}.{error.args[0]}"
        ) from error


def _require_namespace(backend: Backend, instance: Instance, create: bool) -> None:
    if backend.get(_NAMESPACE, "", instance.namespace) is not None:
        return
    if not create:
        raise HelmError(f'create: failed to create: namespaces "{instance.namespace}" not found')
    metadata = {"name": instance.namespace, "labels": {"name": instance.namespace}}
    backend.create({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})


def _require_ownership(backend: Backend, instance: Instance, manifest: list[Object], action: str) -> None:
    for obj in manifest:
        live = backend.get(*_key(obj))
        if live is None:
            continue
        annotations = live["metadata"].get("annotations") or {}
        owner = (annotations.get(_RELEASE_NAME), annotations.get(_RELEASE_NAMESPACE))
        if owner != (instance.name, instance.namespace):
            found = "missing key" if owner == (None, None) else f"current value is {json.dumps(owner[0])} for"
            raise HelmError(
                f'Unable to continue with {action}: {obj["kind"]} "{obj["metadata"]["name"]}" in namespace'
                f' "{obj["metadata"].get("namespace") or ""}" exists and cannot be imported into the current'
                f" release: invalid ownership metadata; annotation validation error: {found}"
                f' "{_RELEASE_NAME}": must be set to "{instance.name}"'
            )


def _install_definitions(backend: Backend, chart: Chart) -> None:
    for definition in chart.definitions():
        if backend.get(*_key(definition)) is None:
            backend.create(definition)


def _apply(backend: Backend, instance: Instance, manifest: list[Object], before: list[Object]) -> None:
    owned = {_key(obj): _owned(obj, instance) for obj in before}
    for obj in manifest:
        try:
            backend.apply(_owned(obj, instance), owned.get(_key(obj), {}))
        except (ApiError, NoMatchError) as error:
            raise HelmError(str(error)) from error


def _owned(obj: Object, instance: Instance) -> Object:
    owner = {_RELEASE_NAME: instance.name, _RELEASE_NAMESPACE: instance.namespace}
    metadata = {**obj["metadata"], "annotations": {**(obj["metadata"].get("annotations") or {}), **owner}}
    return {**obj, "metadata": metadata}


def _settled(
    backend: Backend,
    chart: Chart,
    instance: Instance,
    values: dict[str, Any],
    manifest: list[Object],
    *,
    revision: int,
    wait: bool,
) -> Stored:
    warnings: list[str] = []
    for obj in manifest if wait else ():
        live = backend.get(*_key(obj))
        if live is not None:
            warnings += readiness.problems(live, backend)
    return Stored(
        name=instance.name,
        namespace=instance.namespace,
        revision=revision,
        status="failed" if warnings else "deployed",
        chart=chart.name,
        version=chart.version,
        app_version=chart.app_version,
        values=values,
        manifest=manifest,
        warnings=tuple(warnings),
    )


def _store(backend: Backend, stored: Stored) -> None:
    content = {**vars(stored), "warnings": list(stored.warnings)}
    backend.create(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "helm.sh/release.v1",
            "metadata": {
                "name": _secret_name(stored),
                "namespace": stored.namespace,
                "labels": {
                    "owner": "helm",
                    "name": stored.name,
                    "status": stored.status,
                    "version": str(stored.revision),
                },
            },
            "data": {"release": base64.b64encode(json.dumps(content).encode()).decode()},
        }
    )


def _secret_name(stored: Stored) -> str:
    return f"sh.helm.release.v1.{stored.name}.v{stored.revision}"


def _key(obj: Object) -> tuple[Kind, str, str]:
    return kind_of(obj), str(obj["metadata"].get("namespace") or ""), str(obj["metadata"]["name"])
