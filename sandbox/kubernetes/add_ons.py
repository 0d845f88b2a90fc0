"""What AKS puts into a cluster by itself and for its add-ons: custom resource definitions and namespaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sandbox.azure.cloud import Resource
from sandbox.kubernetes.backend import ApiError, Backend, Scope
from sandbox.kubernetes.kinds import Json, Kind, Object, kind_of, plural


def _always(_properties: Json) -> bool:
    return True


def _add_on(name: str) -> Callable[[Any], bool]:
    wanted = name.lower()

    def enabled(properties: Json) -> bool:
        profiles = properties.get("addonProfiles") or {}
        return any(key.lower() == wanted and profile.get("enabled") for key, profile in profiles.items())

    return enabled


def _cilium(properties: Json) -> bool:
    return (properties.get("networkProfile") or {}).get("networkDataplane") == "cilium"


def _metrics(properties: Json) -> bool:
    return bool(((properties.get("azureMonitorProfile") or {}).get("metrics") or {}).get("enabled"))


def _keda(properties: Json) -> bool:
    profile = (properties.get("workloadAutoScalerProfile") or {}).get("keda") or {}
    return bool(profile.get("enabled"))


_MANAGER: Final = "aks"
_NAMESPACED, _CLUSTER = Scope(namespaced=True), Scope(namespaced=False)
_SECRETS_PROVIDER: Final = _add_on("azureKeyvaultSecretsProvider")
_POLICY: Final = _add_on("azurepolicy")

# Sources: https://learn.microsoft.com/azure/aks/ azure-disk-csi, csi-secrets-store-driver, azure-cni-powered-
# by-cilium, keda-about; https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-
# crd; https://learn.microsoft.com/azure/governance/policy/concepts/policy-for-kubernetes
_DEFINITIONS: Final[dict[tuple[str, str, str], tuple[Scope, Callable[[Any], bool]]]] = {
    ("snapshot.storage.k8s.io", "v1", "VolumeSnapshot"): (_NAMESPACED, _always),
    ("snapshot.storage.k8s.io", "v1", "VolumeSnapshotClass"): (_CLUSTER, _always),
    ("snapshot.storage.k8s.io", "v1", "VolumeSnapshotContent"): (_CLUSTER, _always),
    ("secrets-store.csi.x-k8s.io", "v1", "SecretProviderClass"): (_NAMESPACED, _SECRETS_PROVIDER),
    ("azmonitoring.coreos.com", "v1", "PodMonitor"): (_NAMESPACED, _metrics),
    ("azmonitoring.coreos.com", "v1", "ServiceMonitor"): (_NAMESPACED, _metrics),
    ("cilium.io", "v2", "CiliumNetworkPolicy"): (_NAMESPACED, _cilium),
    ("cilium.io", "v2", "CiliumClusterwideNetworkPolicy"): (_CLUSTER, _cilium),
    ("keda.sh", "v1alpha1", "ScaledObject"): (_NAMESPACED, _keda),
    ("keda.sh", "v1alpha1", "ScaledJob"): (_NAMESPACED, _keda),
    ("keda.sh", "v1alpha1", "TriggerAuthentication"): (_NAMESPACED, _keda),
    ("keda.sh", "v1alpha1", "ClusterTriggerAuthentication"): (_CLUSTER, _keda),
    ("templates.gatekeeper.sh", "v1", "ConstraintTemplate"): (_CLUSTER, _POLICY),
}


def install(backend: Backend, cluster: Resource) -> None:
    """Make what AKS and the cluster's add-ons bring and the API server does not have yet."""
    for obj in [*_definitions(cluster), *_namespaces(cluster)]:
        if backend.get(kind_of(obj), "", obj["metadata"]["name"]) is None:
            try:
                backend.create(obj, _MANAGER)
            except ApiError as error:
                # Another process has been faster.
                if error.reason != "AlreadyExists":
                    raise


def _definitions(cluster: Resource) -> list[Object]:
    return [
        _definition(Kind(*kind), scope)
        for kind, (scope, applies) in _DEFINITIONS.items()
        if applies(cluster.properties)
    ]


def _definition(kind: Kind, scope: Scope) -> Object:
    """A definition without a schema: what AKS' own would refuse is not known here."""
    name = plural(kind.name)
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": kind.version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    approved = {"api-approved.kubernetes.io": "unapproved, stands in for the definition of AKS"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{name}.{kind.group}", "annotations": approved},
        "spec": {
            "group": kind.group,
            "scope": "Namespaced" if scope.namespaced else "Cluster",
            "names": {"kind": kind.name, "plural": name},
            "versions": [version],
        },
    }


def _namespaces(cluster: Resource) -> list[Object]:
    names = ("gatekeeper-system",) if _POLICY(cluster.properties) else ()
    return [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in names]
