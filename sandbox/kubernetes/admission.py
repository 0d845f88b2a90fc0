"""What the API server checks beyond an object's shape: names, labels, selectors, ports, unchanging fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from sandbox.kubernetes.kinds import Json, Kind, Object, kind_of
from sandbox.kubernetes.schema import invalid, shown

_LABEL_PART: Final = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN: Final = rf"{_LABEL_PART}(\.{_LABEL_PART})*"
_QUALIFIED_PART: Final = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_SUBDOMAIN_RULE: Final = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must"
    " start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is"
    f" '{_SUBDOMAIN}')"
)
_LABEL_RULE: Final = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start"
    " and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is"
    f" '{_LABEL_PART}')"
)
_SERVICE_NAME: Final = "[a-z]([-a-z0-9]*[a-z0-9])?"
_SERVICE_RULE: Final = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic"
    " character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for"
    f" validation is '{_SERVICE_NAME}')"
)
_KEY_RULE: Final = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
    " alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is"
    f" '{_QUALIFIED_PART}')"
)
_VALUE_RULE: Final = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must"
    " start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used"
    f" for validation is '({_QUALIFIED_PART})?')"
)
_ANNOTATIONS_BYTES: Final = 256 * 1024


def check(obj: Object, live: Object | None = None) -> None:
    """Check an object that is to be made or, with the live one given, changed.

    Raises:
        ApiError: with every problem found.
    """
    problems = [*_metadata(obj)]
    kind = kind_of(obj)
    if kind.built_in:
        for rule in _RULES.get(kind.name, ()):
            problems += rule(obj)
        if live is not None:
            problems += _unchangeable(obj, live)
    if problems:
        raise invalid(obj, problems)


def _metadata(obj: Object) -> Iterator[str]:
    metadata = obj.get("metadata") or {}
    name = metadata.get("name")
    if not name:
        yield "metadata.name: Required value: name or generateName is required"
    else:
        yield from _name(kind_of(obj), str(name))
    namespace = metadata.get("namespace")
    if namespace and not re.fullmatch(_LABEL_PART, str(namespace)):
        yield f"metadata.namespace: Invalid value: {shown(namespace)}: {_LABEL_RULE}"
    yield from _labels("metadata.labels", metadata.get("labels"))
    annotations = metadata.get("annotations") or {}
    for key in annotations:
        yield from _key("metadata.annotations", key)
    if sum(len(str(key)) + len(str(value)) for key, value in annotations.items()) > _ANNOTATIONS_BYTES:
        yield f"metadata.annotations: Too long: may not be more than {_ANNOTATIONS_BYTES} bytes"


def _name(kind: Kind, name: str) -> Iterator[str]:
    if kind.group == "rbac.authorization.k8s.io":
        if name in (".", "..") or "/" in name or "%" in name:
            yield f"metadata.name: Invalid value: {shown(name)}: may not be '.' or '..' or contain '/' or '%'"
        return
    if kind.built_in and kind.name == "Namespace":
        pattern, rule, limit = _LABEL_PART, _LABEL_RULE, 63
    elif kind.built_in and kind.name == "Service":
        pattern, rule, limit = _SERVICE_NAME, _SERVICE_RULE, 63
    else:
        pattern, rule, limit = _SUBDOMAIN, _SUBDOMAIN_RULE, 253
    if len(name) > limit:
        yield f"metadata.name: Invalid value: {shown(name)}: must be no more than {limit} bytes"
    if not re.fullmatch(pattern, name):
        yield f"metadata.name: Invalid value: {shown(name)}: {rule}"


def _labels(field: str, labels: Json) -> Iterator[str]:
    for key, value in (labels or {}).items():
        yield from _key(field, key)
        if not isinstance(value, str):
            continue
        if len(value) > 63:
            yield f"{field}: Invalid value: {shown(value)}: must be no more than 63 bytes"
        if value and not re.fullmatch(_QUALIFIED_PART, value):
            yield f"{field}: Invalid value: {shown(value)}: {_VALUE_RULE}"


def _key(field: str, key: str) -> Iterator[str]:
    prefix, slash, name = key.rpartition("/")
    if slash and (len(prefix) > 253 or not re.fullmatch(_SUBDOMAIN, prefix.lower())):
        yield f"{field}: Invalid value: {shown(key)}: prefix part {_SUBDOMAIN_RULE}"
    if len(name) > 63:
        yield f"{field}: Invalid value: {shown(key)}: name part must be no more than 63 bytes"
    if not re.fullmatch(_QUALIFIED_PART, name):
        yield f"{field}: Invalid value: {shown(key)}: {_KEY_RULE}"


def _selector_matches_template(obj: Object) -> Iterator[str]:
    spec = obj.get("spec") or {}
    labels = _at(spec, "template", "metadata", "labels") or {}
    wanted = _at(spec, "selector", "matchLabels") or {}
    if not wanted and not _at(spec, "selector", "matchExpressions"):
        yield (
            f"spec.selector: Invalid value: {shown(spec.get('selector') or {})}: empty selector is invalid"
            f" for {kind_of(obj).name.lower()}"
        )
    elif any(labels.get(key) != value for key, value in wanted.items()):
        yield (
            f"spec.template.metadata.labels: Invalid value: {shown(labels)}: `selector` does not match"
            " template `labels`"
        )


def _template_labels(obj: Object) -> Iterator[str]:
    yield from _labels("spec.template.labels", _at(obj, "spec", "template", "metadata", "labels"))


def _containers(obj: Object) -> Iterator[str]:
    path = "spec" if obj.get("kind") == "Pod" else "spec.template.spec"
    if obj.get("kind") == "CronJob":
        path = "spec.jobTemplate.spec.template.spec"
    spec = _at(obj, *path.split(".")) or {}
    containers = spec.get("containers")
    if isinstance(containers, list) and not containers:
        yield f"{path}.containers: Required value"
    names: set[str] = set()
    volumes = {volume.get("name") for volume in spec.get("volumes") or []}
    volumes |= {
        claim.get("metadata", {}).get("name") for claim in _at(obj, "spec", "volumeClaimTemplates") or []
    }
    for index, container in enumerate(containers or []):
        field = f"{path}.containers[{index}]"
        name = str(container.get("name") or "")
        if name in names:
            yield f"{field}.name: Duplicate value: {shown(name)}"
        names.add(name)
        if name and (not re.fullmatch(_LABEL_PART, name) or len(name) > 63):
            yield f"{field}.name: Invalid value: {shown(name)}: {_LABEL_RULE}"
        if not container.get("image"):
            yield f"{field}.image: Required value"
        for position, mount in enumerate(container.get("volumeMounts") or []):
            if mount.get("name") not in volumes:
                yield f"{field}.volumeMounts[{position}].name: Not found: {shown(mount.get('name'))}"


def _restart_policy(obj: Object) -> Iterator[str]:
    policy = _at(obj, "spec", "template", "spec", "restartPolicy")
    if policy not in (None, "Always"):
        yield (
            f"spec.template.spec.restartPolicy: Unsupported value: {shown(policy)}: supported values:"
            ' "Always"'
        )


def _job_restart_policy(obj: Object) -> Iterator[str]:
    policy = _at(obj, "spec", "template", "spec", "restartPolicy")
    if policy in (None, "Always"):
        yield 'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'


def _service_ports(obj: Object) -> Iterator[str]:
    spec = obj.get("spec") or {}
    ports = spec.get("ports") or []
    if not ports and spec.get("type") != "ExternalName" and spec.get("clusterIP") != "None":
        yield "spec.ports: Required value"
    for index, port in enumerate(ports):
        number = port.get("port")
        if isinstance(number, int) and not 1 <= number <= 65535:
            yield f"spec.ports[{index}].port: Invalid value: {number}: must be between 1 and 65535, inclusive"
        if len(ports) > 1 and not port.get("name"):
            yield f"spec.ports[{index}].name: Required value"


def _source_ranges(obj: Object) -> Iterator[str]:
    spec = obj.get("spec") or {}
    ranges = spec.get("loadBalancerSourceRanges")
    if ranges and spec.get("type") != "LoadBalancer":
        yield "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'"


def _disruption_budget(obj: Object) -> Iterator[str]:
    spec = obj.get("spec") or {}
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        yield f"spec: Invalid value: {shown(spec)}: minAvailable and maxUnavailable cannot be both set"


def _at(value: Json, *path: str) -> Json:
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


_PODS: Final = (_selector_matches_template, _template_labels, _containers)
_RULES: Final[dict[str, tuple[Callable[[Object], Iterator[str]], ...]]] = {
    "DaemonSet": (*_PODS, _restart_policy),
    "Deployment": (*_PODS, _restart_policy),
    "ReplicaSet": (*_PODS, _restart_policy),
    "StatefulSet": (*_PODS, _restart_policy),
    "Job": (_containers, _job_restart_policy),
    "CronJob": (_containers,),
    "Pod": (_containers,),
    "Service": (_service_ports, _source_ranges),
    "PodDisruptionBudget": (_disruption_budget,),
}

_STATEFUL_SET_MUTABLE: Final = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)
_IMMUTABLE_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "ClusterRoleBinding": ("roleRef",),
    "DaemonSet": ("spec.selector",),
    "Deployment": ("spec.selector",),
    "IngressClass": ("spec.controller",),
    "Job": ("spec.completionMode", "spec.selector", "spec.template"),
    "PriorityClass": ("value", "preemptionPolicy"),
    "RoleBinding": ("roleRef",),
    "Secret": ("type",),
    "StorageClass": ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"),
}


def _unchangeable(obj: Object, live: Object) -> Iterator[str]:
    kind = kind_of(obj).name
    for field in _IMMUTABLE_FIELDS.get(kind, ()):
        before, after = _at(live, *field.split(".")), _at(obj, *field.split("."))
        if before is not None and before != after:
            yield f"{field}: Invalid value: {shown(after)}: field is immutable"
    if live.get("immutable") is True and kind in ("ConfigMap", "Secret"):
        for field in ("data", "binaryData"):
            if live.get(field) != obj.get(field):
                yield f"{field}: Forbidden: field is immutable when `immutable` is set"
    if kind == "PersistentVolumeClaim":
        yield from _claim_changes(obj, live)
    if kind == "StatefulSet":
        before = {key: value for key, value in live["spec"].items() if key not in _STATEFUL_SET_MUTABLE}
        after = {key: value for key, value in obj["spec"].items() if key not in _STATEFUL_SET_MUTABLE}
        if before != after:
            named = ", ".join(f"'{name}'" for name in _STATEFUL_SET_MUTABLE[:-1])
            yield (
                f"spec: Forbidden: updates to statefulset spec for fields other than {named} and "
                f"'{_STATEFUL_SET_MUTABLE[-1]}' are forbidden"
            )


def _claim_changes(obj: Object, live: Object) -> Iterator[str]:
    mutable = ("resources", "volumeAttributesClassName")
    before = {key: value for key, value in live["spec"].items() if key not in mutable}
    after = {key: value for key, value in obj["spec"].items() if key not in mutable}
    if before != after:
        yield (
            "spec: Forbidden: spec is immutable after creation except resources.requests and"
            " volumeAttributesClassName for bound claims"
        )
