"""Objects between program, state and API server: their shapes, their secrets and their names.

What a state holds beside an object is in `state`.
"""

from __future__ import annotations

import base64
import binascii
from copy import deepcopy
from typing import Final

from sandbox.engine.plugin import UNKNOWN, Secret
from sandbox.kubernetes.kinds import Json, Object, kind_of

_READ_ONLY_METADATA: Final = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
)
# JSON schema's names hold dashes, which the SDKs' types cannot.
_EXTENSIONS: Final = (
    "embedded-resource",
    "int-or-string",
    "list-map-keys",
    "list-type",
    "map-type",
    "preserve-unknown-fields",
    "validations",
)
_TO_SERVER: Final = {f"x_kubernetes_{name.replace('-', '_')}": f"x-kubernetes-{name}" for name in _EXTENSIONS}
_TO_STATE: Final = {server: state for state, server in _TO_SERVER.items()}


def plain(value: Json) -> Json:
    """The value without secrets around any part of it, in the API server's spelling of keys."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, dict):
        return {_TO_SERVER.get(key, key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def contains_secret(value: Json) -> bool:
    """Whether the value is a secret or holds one at any depth."""
    if isinstance(value, Secret):
        return True
    if isinstance(value, dict):
        return any(contains_secret(item) for item in value.values())
    return isinstance(value, list) and any(contains_secret(item) for item in value)


def with_secrets(outputs: Json, inputs: Json) -> Json:
    """The outputs, in the state's spelling of keys, with that made secret which is secret in the inputs.

    A Secret's ``data`` and ``stringData`` are always secret. A list with a secret anywhere in the inputs is
    secret whole.
    """
    if not isinstance(outputs, dict):
        return outputs
    result = {_TO_STATE.get(key, key): _spelt(value) for key, value in outputs.items()}
    if outputs.get("kind") == "Secret":
        return {key: Secret(item) if key in ("data", "stringData") else item for key, item in result.items()}
    if not isinstance(inputs, dict):
        return result
    for key, given in inputs.items():
        if key not in result:
            continue
        if isinstance(result[key], dict) and isinstance(given, dict):
            result[key] = with_secrets(result[key], given)
        elif contains_secret(given):
            result[key] = Secret(result[key])
    return result


def _spelt(value: Json) -> Json:
    if isinstance(value, dict):
        return {_TO_STATE.get(key, key): _spelt(item) for key, item in value.items()}
    return [_spelt(item) for item in value] if isinstance(value, list) else value


def normalised(obj: Object) -> Object:
    """The inputs as the API server answers them: ``stringData`` in ``data``, no read-only metadata."""
    result = deepcopy(obj)
    kind = kind_of(result)
    if isinstance(result.get("metadata"), dict):
        for name in _READ_ONLY_METADATA:
            result["metadata"].pop(name, None)
    if (kind.group, kind.name) == ("", "Secret"):
        _normalise_secret(result)
    elif kind.name == "CustomResourceDefinition":
        result.pop("status", None)
        if isinstance(result.get("spec"), dict) and result["spec"].get("preserveUnknownFields") is False:
            del result["spec"]["preserveUnknownFields"]
    return result


def _normalise_secret(obj: Object) -> None:
    strings = obj.get("stringData")
    if isinstance(strings, dict) and strings and UNKNOWN not in strings.values():
        data = dict(obj.get("data") or {})
        data.update({key: base64.b64encode(str(text).encode()).decode() for key, text in strings.items()})
        obj["data"] = data
        del obj["stringData"]
        return
    data = obj.get("data")
    if not isinstance(data, dict):
        return
    for key, text in data.items():
        try:
            data[key] = base64.b64encode(base64.b64decode(text)).decode() if isinstance(text, str) else text
        except (binascii.Error, ValueError):
            # The API server refuses it in its own words.
            continue


def pruned(live: Json, shape: Json) -> Json:
    """The part of the live object that the inputs speak of."""
    if isinstance(live, dict) and isinstance(shape, dict):
        return {key: pruned(live[key], shape[key]) for key in shape if key in live}
    if isinstance(live, list) and isinstance(shape, list):
        return [pruned(item, wanted) for item, wanted in zip(live, shape, strict=False)]
    return deepcopy(live)


def full_name(obj: Object) -> str:
    """The resource id: ``namespace/name``, or the name alone."""
    metadata = obj.get("metadata") or {}
    namespace = metadata.get("namespace")
    return f"{namespace}/{metadata.get('name')}" if namespace else str(metadata.get("name"))


def split_name(resource_id: str) -> tuple[str, str]:
    """Namespace (empty for none) and name of a resource id."""
    namespace, slash, name = resource_id.partition("/")
    return (namespace, name) if slash else ("", namespace)
