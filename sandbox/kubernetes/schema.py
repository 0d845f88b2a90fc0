"""The shape of built-in objects: unknown and missing fields, types and enumerations, in Kubernetes' words.

The shapes are Kubernetes' published OpenAPI, per minor version, as the package ``kubernetes-validate``
carries it. Custom resources have no shape here: their definition's schema is not applied.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sandbox.kubernetes.backend import ApiError
from sandbox.kubernetes.diff import path_text
from sandbox.kubernetes.kinds import Json, Kind, Object, kind_of

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

_CORE: Final = "io.k8s.api.core.v1."
_QUANTITY: Final = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_INT_OR_STRING: Final = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
_QUANTITY_PATTERN: Final = r"^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"

# The published OpenAPI leaves out the values that a string field may have. Source: the API reference of each
# kind, https://kubernetes.io/docs/reference/kubernetes-api/
_ENUMERATIONS: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("ServiceSpec", "type"): ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"),
    ("ServiceSpec", "externalTrafficPolicy"): ("Cluster", "Local"),
    ("ServiceSpec", "sessionAffinity"): ("ClientIP", "None"),
    ("ServicePort", "protocol"): ("SCTP", "TCP", "UDP"),
    ("ContainerPort", "protocol"): ("SCTP", "TCP", "UDP"),
    ("Container", "imagePullPolicy"): ("Always", "IfNotPresent", "Never"),
    ("PodSpec", "restartPolicy"): ("Always", "Never", "OnFailure"),
    ("PodSpec", "dnsPolicy"): ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
    ("Toleration", "operator"): ("Equal", "Exists", "Gt", "Lt"),
    ("Toleration", "effect"): ("NoExecute", "NoSchedule", "PreferNoSchedule"),
    ("TopologySpreadConstraint", "whenUnsatisfiable"): ("DoNotSchedule", "ScheduleAnyway"),
}
# Required by the published OpenAPI, but an API server takes their absence for an empty value.
_OPTIONAL_AFTER_ALL: Final = frozenset({"podSelector", "conditions", "observedGeneration", "status"})


def check_shape(obj: Object, version: str) -> None:
    """Check an object of a built-in kind against its published shape. Objects of other kinds pass.

    Args:
        obj: the object.
        version: the cluster's minor version, for example ``1.36``.

    Raises:
        ApiError: with all unknown fields at once, else the first wrong type, else all missing and unsupported
            values.
    """
    kind = kind_of(obj)
    definition = _definitions_by_kind(version).get((kind.group, kind.version, kind.name))
    if definition is None:
        return
    errors = list(_errors(_validator(version, definition).iter_errors(obj)))
    _refuse_unknown_fields(kind, errors)
    _refuse_wrong_types(kind, errors)
    problems = sorted({problem for error in errors for problem in _field_problems(error)})
    if problems:
        raise invalid(obj, problems)


def serves(kind: Kind, version: str) -> bool:
    """Whether Kubernetes of this minor version has the built-in kind."""
    return (kind.group, kind.version, kind.name) in _definitions_by_kind(version)


def invalid(obj: Object, problems: list[str]) -> ApiError:
    """The answer to an object that has these problems, each as ``field: what is wrong``."""
    name = (obj.get("metadata") or {}).get("name") or ""
    listed = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
    return ApiError(422, "Invalid", f'{kind_of(obj).qualified} "{name}" is invalid: {listed}')


def shown(value: Json) -> str:
    """A value as Kubernetes writes it in messages."""
    return json.dumps(value, separators=(",", ":"))


def _errors(errors: Iterator[ValidationError]) -> Iterator[ValidationError]:
    for error in errors:
        if error.context and error.validator in ("allOf", "anyOf", "oneOf"):
            yield from _errors(iter(error.context))
        else:
            yield error


def _refuse_unknown_fields(kind: Kind, errors: list[ValidationError]) -> None:
    unknown = []
    for error in errors:
        if error.validator == "additionalProperties" and isinstance(error.instance, dict):
            schema: Json = error.schema
            known = schema.get("properties") or {}
            unknown += [path_text((*error.absolute_path, key)) for key in error.instance if key not in known]
    if unknown:
        listed = ", ".join(f'unknown field "{field}"' for field in sorted(unknown))
        raise ApiError(400, "BadRequest", f"{_cannot_be_handled(kind)}: strict decoding error: {listed}")


def _refuse_wrong_types(kind: Kind, errors: list[ValidationError]) -> None:
    for error in errors:
        field = path_text(tuple(error.absolute_path))
        if error.validator == "pattern" and error.validator_value == _QUANTITY_PATTERN:
            reason = f"quantities must match the regular expression '{_QUANTITY_PATTERN}'"
            raise ApiError(
                400,
                "BadRequest",
                f"{_cannot_be_handled(kind)}: {reason}, not {shown(error.instance)} ({field})",
            )
        if error.validator == "type":
            expected: Json = error.validator_value
            types = [expected] if isinstance(expected, str) else [name for name in expected if name != "null"]
            reason = (
                f"json: cannot unmarshal {_json_type(error.instance)} into Go struct field"
                f" {kind.name}.{field}"
            )
            raise ApiError(
                400, "BadRequest", f"{_cannot_be_handled(kind)}: {reason} of type {' or '.join(types)}"
            )


def _cannot_be_handled(kind: Kind) -> str:
    return f'{kind.name} in version "{kind.version}" cannot be handled as a {kind.name}'


def _json_type(value: Json) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    return {dict: "object", list: "array", str: "string", type(None): "null"}[type(value)]


def _field_problems(error: ValidationError) -> Iterator[str]:
    if error.validator == "required" and isinstance(error.instance, dict):
        required: Json = error.validator_value
        for name in required:
            if name not in error.instance and name not in _OPTIONAL_AFTER_ALL:
                yield f"{path_text((*error.absolute_path, name))}: Required value"
    elif error.validator == "enum":
        field = path_text(tuple(error.absolute_path))
        if field not in ("kind", "apiVersion"):
            allowed: Json = error.validator_value
            supported = ", ".join(shown(value) for value in allowed if value is not None)
            yield f"{field}: Unsupported value: {shown(error.instance)}: supported values: {supported}"


@cache
def _schema_file(version: str) -> Path:
    spec = find_spec("kubernetes_validate")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("kubernetes-validate is not installed: run `make setup`")
    root = Path(spec.origin).parent / "kubernetes-json-schema"
    wanted = _numbers(version)
    known = sorted(
        (_numbers(match[1]), path)
        for path in root.iterdir()
        if (match := re.fullmatch(r"v(\d+\.\d+)\.\d+-local-strict", path.name))
    )
    fitting = [path for number, path in known if number <= wanted] or [known[0][1]]
    return fitting[-1] / "_definitions.json"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


@cache
def _document(version: str) -> dict[str, Any]:
    document = json.loads(_schema_file(version).read_text())
    definitions = document["$defs"]
    definitions[_QUANTITY] = {"type": ["string", "number", "null"], "pattern": _QUANTITY_PATTERN}
    definitions[_INT_OR_STRING] = {"type": ["string", "integer", "null"]}
    for (definition, field), values in _ENUMERATIONS.items():
        definitions[_CORE + definition]["properties"][field]["enum"] = [*values, None]
    return document


@cache
def _definitions_by_kind(version: str) -> dict[tuple[str, str, str], str]:
    found = {}
    for name, definition in _document(version)["$defs"].items():
        for kind in definition.get("x-kubernetes-group-version-kind") or ():
            found[kind["group"], kind["version"], kind["kind"]] = name
    return found


@cache
def _validator(version: str, definition: str) -> Draft202012Validator:
    # Imported late: it takes longer than all else that the provider imports, and a preview seldom needs it.
    from jsonschema import Draft202012Validator  # noqa: PLC0415
    from referencing import Registry, Resource  # noqa: PLC0415

    document = _document(version)
    registry: Json = Resource.from_contents(document) @ Registry()
    return Draft202012Validator({"$ref": f"{document['$id']}#/$defs/{definition}"}, registry=registry)
