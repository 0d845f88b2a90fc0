"""Raw Kubernetes resources: what the provider makes of an object between the program and the API server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.kubernetes import deletion, diff, field_managers, naming, readiness, writing
from sandbox.kubernetes.backend import ApiError, Backend, ClusterUnreachableError, NoMatchError
from sandbox.kubernetes.kinds import (
    Json,
    Kind,
    Object,
    is_list,
    is_namespaced,
    is_patch,
    kind_of,
    name_of,
    type_of,
)
from sandbox.kubernetes.objects import (
    FIELD_MANAGER,
    INITIAL_API_VERSION,
    from_state,
    full_name,
    normalised,
    plain,
    pruned,
    split_name,
    state_of,
    with_secrets,
)
from sandbox.kubernetes.replacement import replaced_on_change
from sandbox.kubernetes.session import Session
from sandbox.plugin import UNKNOWN, ResourceInitFailed, contains_unknown

_ALREADY_EXISTS_HELP = r"""

The resource already exists in the cluster. This can happen when a Pulumi resource was renamed without an
alias, or when \ something else made the object: manage its fields with a Patch resource, adopt it with
`pulumi import`, or set \ upsertExistingObjects on the provider."""
_NOT_INPUTS = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid")
_PATCH_FORCE = "pulumi.com/patchForce"
_REMEDY = (
    "If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation"
    ' with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"'
)


class ProviderError(Exception):
    """What the real provider answers instead of a result."""


@dataclass(frozen=True)
class Diff:
    """What an update would do to a resource."""

    differences: tuple[diff.Difference, ...]
    replaces: tuple[str, ...]
    delete_before_replace: bool = False


class Resources:
    """Check, diff, create, read, update and delete raw Kubernetes resources."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def check(self, urn: str, old: Object, new: Object, random_seed: bytes, autonaming: Json) -> Object:
        """The inputs as the provider keeps them: named, in a namespace, normalised.

        Raises:
            ProviderError: the inputs make no resource.
        """
        if is_list(urn):
            raise ProviderError(
                "list resources exist for compatibility with YAML manifests and Helm charts, "
                "and cannot be created directly. Use the underlying resource type instead"
            )
        options = self._session.options
        if options.skip_update_unreachable and self._session.reachable() is None:
            self._session.log.warning(
                urn, "Cluster is unreachable but skipUpdateUnreachable flag is set to true, skipping..."
            )
            return old or new
        obj = normalised(plain(new))
        patch = is_patch(urn)
        if patch and not options.server_side_apply:
            raise ProviderError(
                "patch resources require Server-Side Apply mode, which is enabled using the "
                "`enableServerSideApply` Provider config"
            )
        if patch and not naming.is_named(obj):
            raise ProviderError("patch resources require the `.metadata.name` field to be set")
        naming.autoname(obj, normalised(plain(old)), name_of(urn), random_seed, autonaming)
        if naming.uses_generate_name(obj) and options.server_side_apply:
            raise ProviderError(
                "the `.metadata.generateName` field is not supported in Server-Side Apply mode"
            )
        if not (obj.get("metadata") or {}).get("namespace") and self._namespaced(kind_of(obj)):
            obj.setdefault("metadata", {})["namespace"] = options.namespace
        return with_secrets(obj, new)

    def diff(self, urn: str, state: Object, new: Object, ignored: Sequence[str]) -> Diff:
        """What an update to the new inputs would do."""
        old_inputs, live = from_state(state)
        inputs = normalised(plain(new))
        base = normalised(pruned(live, normalised(old_inputs)))
        for side in (base, inputs):
            self._settle_namespace(side, kind_of(inputs))
        if naming.is_named(inputs):
            base.setdefault("metadata", {})["name"] = live["metadata"]["name"]
        options = self._session.options
        replaced = (
            ("metadata.name", "metadata.namespace")
            if is_patch(urn)
            else replaced_on_change(inputs, options.secret_mutable, options.config_map_mutable)
        )
        found = tuple(diff.differences(base, inputs, replaced, ignored))
        replaces = tuple(
            difference.text
            for difference in found
            if difference.replaces or (difference.text, difference.change) == ("metadata", "delete")
        )
        return Diff(found, replaces, bool(replaces) and self._keeps_its_name(inputs, live))

    def create(self, urn: str, new: Object, preview: bool, timeout: float = 0.0) -> tuple[str, Object]:
        """Make the object: id and state. In a preview nothing is kept and the id is empty.

        Args:
            urn: the resource.
            new: its inputs, checked.
            preview: ask the API server, but keep nothing.
            timeout: seconds to wait until it is ready, as the resource option says; 0 for the default.

        Raises:
            ProviderError: the API server refuses it, or there is none.
            ResourceInitFailed: the object was made but did not become ready.
        """
        inputs = plain(new)
        backend = self._preview_backend(inputs) if preview else self._backend()
        if backend is None or (preview and is_patch(urn)):
            return "", new
        manager = self._new_manager()
        try:
            live = self._made(urn, inputs, backend, manager, preview)
        except ApiError as error:
            if preview and error.reason in ("AlreadyExists", "NotFound", "Forbidden"):
                return "", new
            more = _ALREADY_EXISTS_HELP if error.reason == "AlreadyExists" else ""
            raise ProviderError(
                f'resource "{urn}" was not successfully created by the Kubernetes API server:'
                f" {writing.explained(error, manager)}{more}"
            ) from error
        except NoMatchError as error:
            kind = kind_of(inputs)
            raise ProviderError(
                f'creation of resource "{urn}" with kind {kind.api_version}/{kind.name} failed because the'
                " Kubernetes API server reported that the apiVersion for this resource does not exist."
                f" Verify that any required CRDs have been created: {error}"
            ) from error
        api_version = str(inputs.get("apiVersion"))
        if preview:
            live.pop("status", None)
            return "", state_of(inputs, live, new, api_version, manager)
        created = (
            f'resource "{urn}" was successfully created, but the Kubernetes API server reported that it'
            " failed to fully initialize or become live"
        )
        try:
            live = self._ready(live, inputs, backend, timeout)
        except readiness.NotReadyError as error:
            raise ResourceInitFailed(
                full_name(error.live),
                state_of(inputs, error.live, new, api_version, manager),
                new,
                [f"{created}: {error}", *error.reasons],
            ) from error
        return full_name(live), state_of(inputs, live, new, api_version, manager)

    def update(self, urn: str, state: Object, new: Object, preview: bool, timeout: float = 0.0) -> Object:
        """Change the object to the new inputs: the new state. See :meth:`create`.

        Raises:
            ProviderError: the API server refuses it, or there is none.
            ResourceInitFailed: the object was changed but did not become ready.
        """
        inputs = normalised(plain(new))
        backend = self._preview_backend(inputs) if preview else self._backend()
        if backend is None:
            return new
        _, old_live = from_state(state)
        api_version, manager = self._bookkeeping(state, inputs)
        try:
            current = writing.existing(backend, kind_of(inputs), old_live)
            force = self._forces(inputs)
            if is_patch(urn):
                live = backend.apply(inputs, manager, force=force, dry_run=preview)
            else:
                live = writing.change(backend, inputs, current, manager, force=force, dry_run=preview)
        except ApiError as error:
            raise ProviderError(
                f'update of resource "{urn}" failed: {writing.explained(error, manager)}'
            ) from error
        except NoMatchError as error:
            raise ProviderError(
                f'update of resource "{urn}" failed because the Kubernetes API server reported that the'
                " apiVersion for this resource does not exist. Verify that any required CRDs have been"
                f" created: {error}"
            ) from error
        if preview:
            return state_of(inputs, live, new, api_version, manager)
        try:
            live = self._ready(live, inputs, backend, timeout)
        except readiness.NotReadyError as error:
            name = full_name(error.live)
            summary = (
                f'the Kubernetes API server reported that "{name}" failed to fully initialize or become live:'
                f" {error}"
            )
            kept = state_of(inputs, error.live, new, api_version, manager)
            raise ResourceInitFailed(name, kept, new, [summary, *error.reasons]) from error
        return state_of(inputs, live, new, api_version, manager)

    def read(
        self, urn: str, resource_id: str, state: Object, old: Object
    ) -> tuple[str, Object, Object] | None:
        """The object as it is now: id, state and inputs; None when it is gone.

        Raises:
            ProviderError: there is no API server.
            ResourceInitFailed: the object is there, but it is not ready.
        """
        try:
            backend = self._session.backend()
        except ClusterUnreachableError as error:
            return self._read_unreachable(urn, resource_id, state, old, str(error))
        inputs = normalised(plain(old))
        kind = kind_of(inputs) if inputs.get("kind") else kind_of(from_state(state)[1])
        kind = kind if kind.name else _kind_of_type(type_of(urn))
        namespace, name = split_name(resource_id)
        scope = backend.scope(kind)
        if scope is None:
            return None
        try:
            live = backend.get(kind, (namespace or "default") if scope.namespaced else "", name)
        except NoMatchError:
            return None
        if live is None:
            return None
        live_inputs = pruned(live, inputs) if inputs else _importable(live)
        kept = state_of(live_inputs, live, old, *self._bookkeeping(state, live))
        kept_inputs = with_secrets(live_inputs, old)
        if inputs and not is_patch(urn) and not readiness.skipped(inputs):
            try:
                readiness.read(live, backend)
            except readiness.NotReadyError as error:
                reasons = [str(error), *error.reasons]
                raise ResourceInitFailed(resource_id, kept, kept_inputs, reasons) from error
        return resource_id, kept, kept_inputs

    def delete(self, urn: str, resource_id: str, state: Object, timeout: float = 0.0) -> None:
        """Delete the object and wait until it is gone; of a Patch, give up the fields.

        One that is gone already is no error.

        Raises:
            ProviderError: the API server refuses it, or there is none.
        """
        try:
            backend = self._session.backend()
        except ClusterUnreachableError as error:
            self._session.log.warning(urn, f"configured Kubernetes cluster is unreachable: {error}")
            if self._session.options.delete_unreachable:
                return
            raise ProviderError(f"configured Kubernetes cluster is unreachable. {_REMEDY}") from error
        inputs, live = from_state(state)
        kind = kind_of(live)
        _, manager = self._bookkeeping(state, live)
        try:
            if is_patch(urn):
                if backend.get(kind, *_place(live)) is not None:
                    backend.apply(_identity(live), manager, force=False)
                return
            seconds = readiness.timeout_of(inputs, timeout)
            deletion.delete(backend, live, inputs, seconds, self._session.cancelled)
        except NoMatchError:
            return
        except (ApiError, deletion.NotDeletedError) as error:
            raise ProviderError(str(error)) from error

    def _backend(self) -> Backend:
        try:
            return self._session.backend()
        except ClusterUnreachableError as error:
            raise ProviderError(f"configured Kubernetes cluster is unreachable: {error}") from error

    def _made(self, urn: str, inputs: Object, backend: Backend, manager: str, preview: bool) -> Object:
        def write() -> Object:
            if is_patch(urn) or self._session.options.upsert_existing_objects:
                force = preview or self._forces(inputs)
                return backend.apply(inputs, manager, force=force, dry_run=preview)
            return backend.create(inputs, field_managers.CREATOR, dry_run=preview)

        return write() if preview else writing.make(write, self._session.cancelled)

    def _forces(self, inputs: Object) -> bool:
        annotations = (inputs.get("metadata") or {}).get("annotations") or {}
        options = self._session.options
        forced = annotations.get(_PATCH_FORCE) == "true" or options.patch_force
        return forced or not options.server_side_apply

    def _ready(self, live: Object, inputs: Object, backend: Backend, timeout: float) -> Object:
        if readiness.skipped(inputs):
            return live
        seconds = readiness.timeout_of(inputs, timeout)
        return readiness.wait(live, backend, seconds, self._session.cancelled)

    def _new_manager(self) -> str:
        own = self._session.options.server_side_apply
        return naming.unique_name("pulumi-kubernetes-", b"") if own else field_managers.CREATOR

    def _bookkeeping(self, state: Object, inputs: Object) -> tuple[str, str]:
        known = plain(state)
        manager = known.get(FIELD_MANAGER)
        if not isinstance(manager, str) or manager is UNKNOWN:
            manager = self._new_manager()
        return str(known.get(INITIAL_API_VERSION) or inputs.get("apiVersion") or ""), manager

    def _preview_backend(self, inputs: Object) -> Backend | None:
        """The API server for a dry run; None where the real provider shows the inputs as they are."""
        backend = self._session.reachable()
        if backend is None or contains_unknown(inputs) or not self._session.options.server_side_apply:
            return None
        return backend if backend.scope(kind_of(inputs)) is not None else None

    def _namespaced(self, kind: Kind) -> bool:
        known = is_namespaced(kind)
        if known is not None:
            return known
        backend = self._session.reachable()
        scope = backend.scope(kind) if backend is not None else None
        # Without its definition a custom resource is taken to live in a namespace; creating it corrects that.
        return scope is None or scope.namespaced

    def _settle_namespace(self, obj: Object, kind: Kind) -> None:
        metadata = obj.setdefault("metadata", {})
        if self._namespaced(kind):
            metadata["namespace"] = metadata.get("namespace") or "default"
        else:
            metadata.pop("namespace", None)

    def _keeps_its_name(self, inputs: Object, live: Object) -> bool:
        metadata = inputs.get("metadata") or {}
        same_namespace = (metadata.get("namespace") or "") == (live["metadata"].get("namespace") or "")
        return (
            naming.is_named(inputs)
            and not naming.is_autonamed(inputs)
            and metadata.get("name") == live["metadata"]["name"]
            and same_namespace
        )

    def _read_unreachable(
        self, urn: str, resource_id: str, state: Object, old: Object, reason: str
    ) -> tuple[str, Object, Object] | None:
        self._session.log.warning(urn, f"configured Kubernetes cluster is unreachable: {reason}")
        if self._session.options.delete_unreachable:
            return None
        if self._session.options.skip_update_unreachable:
            return resource_id, state, old
        raise ProviderError(f"failed to read resource state due to unreachable cluster. {_REMEDY}")


def _place(obj: Object) -> tuple[str, str]:
    metadata = obj.get("metadata") or {}
    return str(metadata.get("namespace") or ""), str(metadata.get("name") or "")


def _identity(obj: Object) -> Object:
    metadata = {key: value for key, value in obj["metadata"].items() if key in ("name", "namespace")}
    return {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "metadata": metadata}


def _importable(live: Object) -> Object:
    inputs = {key: value for key, value in live.items() if key != "status"}
    inputs["metadata"] = {key: value for key, value in live["metadata"].items() if key not in _NOT_INPUTS}
    return inputs


def _kind_of_type(type_token: str) -> Kind:
    _, module, name = type_token.split(":")
    group, _, version = module.partition("/")
    return Kind("" if group == "core" else group, version, name.removesuffix("Patch"))
