"""What AKS puts into a cluster by itself and for its add-ons: custom resource definitions and namespaces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.azure.cloud import Resource
from sandbox.clusters.api import Api
from sandbox.clusters.endpoint import Endpoint
from sandbox.clusters.objects import Object


def _always(_properties: Mapping[str, Any]) -> bool:
    return True


def _add_on(name: str) -> Callable[[Mapping[str, Any]], bool]:
    wanted = name.lower()

    def enabled(properties: Mapping[str, Any]) -> bool:
        profiles = properties.get("addonProfiles") or {}
        return any(key.lower() == wanted and profile.get("enabled") for key, profile in profiles.items())

    return enabled


def _cilium(properties: Mapping[str, Any]) -> bool:
    return (properties.get("networkProfile") or {}).get("networkDataplane") == "cilium"


def _metrics(properties: Mapping[str, Any]) -> bool:
    return bool(((properties.get("azureMonitorProfile") or {}).get("metrics") or {}).get("enabled"))


def _keda(properties: Mapping[str, Any]) -> bool:
    profile = (properties.get("workloadAutoScalerProfile") or {}).get("keda") or {}
    return bool(profile.get("enabled"))


_COLLECTION: Final = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_NAMESPACED: Final = "Namespaced"
_CLUSTER: Final = "Cluster"
_SECRETS_PROVIDER: Final = _add_on("azureKeyvaultSecretsProvider")
_POLICY: Final = _add_on("azurepolicy")

# Sources: https://learn.microsoft.com/azure/aks/ azure-disk-csi, csi-secrets-store-driver, azure-cni-powered-
# by-cilium, keda-about; https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-
# crd; https://learn.microsoft.com/azure/governance/policy/concepts/policy-for-kubernetes
_DEFINITIONS: Final[dict[tuple[str, str, str], tuple[str, Callable[[Mapping[str, Any]], bool]]]] = {
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


def install(endpoint: Endpoint, cluster: Resource) -> None:
    """Make what AKS and the cluster's add-ons bring and the API server does not have yet.

    Raises:
        OSError: the API server does not answer.
    """
    api = Api(endpoint)
    there = {each["metadata"]["name"] for each in api.get(_COLLECTION)["items"]}
    for (group, version, kind), (scope, applies) in _DEFINITIONS.items():
        definition = _definition(group, version, kind, scope)
        if applies(cluster.properties) and definition["metadata"]["name"] not in there:
            api.create_if_missing(_COLLECTION, definition)
    if _POLICY(cluster.properties):
        api.create_if_missing("/api/v1/namespaces", {"metadata": {"name": "gatekeeper-system"}})


def _definition(group: str, version: str, kind: str, scope: str) -> Object:
    """A definition without a schema: what AKS' own would refuse is not known here."""
    plural = (
        f"{kind.lower()[:-1]}ies"
        if kind.endswith("y")
        else f"{kind.lower()}{'es' if kind.endswith('s') else 's'}"
    )
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    served = {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    approved = {"api-approved.kubernetes.io": "unapproved, stands in for the definition of AKS"}
    return {
        "metadata": {"name": f"{plural}.{group}", "annotations": approved},
        "spec": {
            "group": group,
            "scope": scope,
            "names": {"kind": kind, "plural": plural},
            "versions": [served],
        },
    }
