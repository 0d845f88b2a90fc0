"""Names that the provider gives to what the program leaves unnamed."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from sandbox.engine.plugin import UNKNOWN
from sandbox.kubernetes.kinds import Json, Object
from sandbox.kubernetes.metadata import annotations_of

AUTONAMED: Final = "pulumi.com/autonamed"
_SUFFIX_BYTES: Final = 4


class AutonamingDisabledError(Exception):
    """The stack's configuration forbids generated names, and the program gave none."""


def unique_name(prefix: str, random_seed: bytes) -> str:
    """The prefix and 8 hexadecimal characters: always the same for a seed, at random without one."""
    suffix = (
        hashlib.sha512(random_seed + prefix.encode()).digest()
        if random_seed
        else secrets.token_bytes(_SUFFIX_BYTES)
    )
    return prefix + suffix[:_SUFFIX_BYTES].hex()


def is_named(obj: Object) -> bool:
    """Whether the program names the object, be it by a value that is not known yet."""
    name = (obj.get("metadata") or {}).get("name")
    return name is UNKNOWN or bool(name)


def is_autonamed(obj: Object) -> bool:
    """Whether the provider named the object."""
    return annotations_of(obj).get(AUTONAMED) == "true"


def uses_generate_name(obj: Object) -> bool:
    """Whether the program leaves the name to the API server's ``metadata.generateName``."""
    return not is_named(obj) and bool((obj.get("metadata") or {}).get("generateName"))


def autoname(
    obj: Object, old: Object, logical_name: str, random_seed: bytes, autonaming: Json = None
) -> None:
    """Name an object that the program leaves unnamed: by its old generated name, else by a new one.

    Args:
        obj: the new inputs, changed in place.
        old: the old inputs, empty for a resource that is new.
        logical_name: the Pulumi name, which the new name starts with.
        random_seed: the engine's seed, so that preview and update agree.
        autonaming: the engine's autonaming options of a CheckRequest, or None.

    Raises:
        AutonamingDisabledError: the stack's configuration forbids it.
    """
    if is_named(obj) or uses_generate_name(obj):
        return
    if old:
        if is_autonamed(old):
            _set_generated(obj, old["metadata"]["name"])
        return
    name = unique_name(f"{logical_name}-", random_seed)
    if autonaming is not None:
        if autonaming.mode == autonaming.DISABLE:
            raise AutonamingDisabledError(
                "autonaming is disabled, resource requires the .metadata.name field to be set"
            )
        name = autonaming.proposed_name or name
    _set_generated(obj, name)


def _set_generated(obj: Object, name: str) -> None:
    metadata = obj.setdefault("metadata", {})
    metadata["name"] = name
    metadata["annotations"] = {**(metadata.get("annotations") or {}), AUTONAMED: "true"}
