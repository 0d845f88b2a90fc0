"""What AKS puts into a cluster by itself and for its add-ons: custom resource definitions and namespaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sandbox.cloud import Resource
from sandbox.kubernetes.backend import Scope
from sandbox.kubernetes.kinds import Json, Kind


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


def scope(kind: Kind, cluster: Resource) -> Scope | None:
    """Where a custom kind's objects live, if AKS itself defines it in this cluster; else None."""
    found = _DEFINITIONS.get((kind.group, kind.version, kind.name))
    return found[0] if found is not None and found[1](cluster.properties) else None


def namespaces(cluster: Resource) -> tuple[str, ...]:
    """The namespaces that add-ons bring, beside those that every cluster has."""
    return ("gatekeeper-system",) if _POLICY(cluster.properties) else ()
