"""What a program wants of a raw Kubernetes resource, and what an update to that would do.

Nothing is written to the cluster here; see `resources`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.kubernetes import diff, naming
from sandbox.kubernetes.diff import Diff
from sandbox.kubernetes.kinds import Json, Kind, Object, is_list, is_namespaced, is_patch, kind_of, name_of
from sandbox.kubernetes.objects import normalised, plain, pruned, with_secrets
from sandbox.kubernetes.provider_error import ProviderError
from sandbox.kubernetes.replacement import replaced_on_change
from sandbox.kubernetes.session import Session
from sandbox.kubernetes.state import from_state


class ResourceInputs:
    """Check and diff the inputs of raw Kubernetes resources."""

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
        return Diff(found, replaces, bool(replaces) and _keeps_its_name(inputs, live))

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


def _keeps_its_name(inputs: Object, live: Object) -> bool:
    """Whether a replacement would have to wait until the old object has gone."""
    metadata = inputs.get("metadata") or {}
    same_namespace = (metadata.get("namespace") or "") == (live["metadata"].get("namespace") or "")
    return (
        naming.is_named(inputs)
        and not naming.is_autonamed(inputs)
        and metadata.get("name") == live["metadata"]["name"]
        and same_namespace
    )
