"""Kubernetes kinds: how types, URNs and messages name them, and where their objects live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

Json = Any
"""Any value of a JSON document."""

Object = dict[str, Json]
"""A JSON object: a manifest, or a part of one."""

LIST_TYPES_SUFFIX: Final = "List"
RELEASE_TYPE: Final = "kubernetes:helm.sh/v3:Release"

_CLUSTER_SCOPED: Final = frozenset(
    [
        "APIService",
        "CSIDriver",
        "CSINode",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterTrustBundle",
        "ComponentStatus",
        "CustomResourceDefinition",
        "DeviceClass",
        "DeviceTaintRule",
        "FlowSchema",
        "IPAddress",
        "IngressClass",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "ResourceSlice",
        "RuntimeClass",
        "SelfSubjectAccessReview",
        "SelfSubjectReview",
        "SelfSubjectRulesReview",
        "ServiceCIDR",
        "StorageClass",
        "StorageVersion",
        "StorageVersionMigration",
        "SubjectAccessReview",
        "TokenReview",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
        "VolumeAttributesClass",
    ]
)
_BUILT_IN_GROUPS: Final = frozenset(
    {"", "apps", "autoscaling", "batch", "policy"}
    | {
        f"{name}.k8s.io"
        for name in [
            "admissionregistration",
            "apiextensions",
            "apiregistration",
            "authentication",
            "authorization",
            "certificates",
            "coordination",
            "discovery",
            "events",
            "flowcontrol.apiserver",
            "internal.apiserver",
            "networking",
            "node",
            "rbac.authorization",
            "resource",
            "scheduling",
            "storage",
            "storagemigration",
        ]
    }
)


@dataclass(frozen=True)
class Kind:
    """What an object is: group (empty for core), version and kind, as ``apps``, ``v1``, ``Deployment``."""

    group: str
    version: str
    name: str

    @property
    def api_version(self) -> str:
        """As manifests write it: ``v1`` or ``apps/v1``."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """As validation messages write it: ``Namespace`` or ``Deployment.apps``."""
        return f"{self.name}.{self.group}" if self.group else self.name

    @property
    def resource(self) -> str:
        """As not-found messages write it: ``namespaces`` or ``deployments.apps``."""
        return f"{plural(self.name)}.{self.group}" if self.group else plural(self.name)

    @property
    def built_in(self) -> bool:
        """Whether the API server knows it without a CustomResourceDefinition."""
        return self.group in _BUILT_IN_GROUPS


def plural(name: str) -> str:
    """The lower-case plural of a built-in kind."""
    lower = name.lower()
    if lower in ("endpoints", "podmetrics", "nodemetrics"):
        return lower
    if lower.endswith(("s", "x", "ch")):
        return lower + "es"
    if lower.endswith("y") and lower[-2] not in "aeiou":
        return lower[:-1] + "ies"
    return lower + "s"


def kind_of(obj: Object) -> Kind:
    """The kind an object says it is of; empty strings where it says nothing."""
    api_version = str(obj.get("apiVersion") or "")
    group, _, version = api_version.rpartition("/")
    return Kind("" if group == "core" else group, version, str(obj.get("kind") or ""))


def kind_of_type(type_token: str) -> Kind:
    """The kind that a type stands for: of ``kubernetes:apps/v1:DeploymentPatch``, a ``Deployment``."""
    _, module, name = type_token.split(":")
    group, _, version = module.partition("/")
    return Kind("" if group == "core" else group, version, name.removesuffix("Patch"))


def type_of(urn: str) -> str:
    """The type token of a resource: the last one of the URN's chain of parents."""
    return urn.split("::")[2].rpartition("$")[2]


def name_of(urn: str) -> str:
    """The logical name of a resource."""
    return urn.split("::", 3)[3]


def is_patch(urn: str) -> bool:
    """Whether the type is one of the Patch resources, which change fields of an object that others own."""
    kind = type_of(urn).rpartition(":")[2]
    return kind.endswith("Patch") and kind != "Patch"


def is_list(urn: str) -> bool:
    """Whether the type is one of the List kinds, which exist for manifests only."""
    type_token = type_of(urn)
    return type_token.rpartition(":")[2].endswith(LIST_TYPES_SUFFIX) and not type_token.startswith(
        "kubernetes:apiextensions.k8s.io:"
    )


def is_namespaced(kind: Kind) -> bool | None:
    """Whether objects of a built-in kind live in a namespace; None for custom resources."""
    return kind.name not in _CLUSTER_SCOPED if kind.built_in else None
