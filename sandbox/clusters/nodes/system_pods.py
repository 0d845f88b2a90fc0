"""What AKS itself runs in `kube-system`, as far as a system pool needs something to run.

There are CoreDNS, with its disruption budget and the Service `kube-dns`, and the metrics server, which serves
no metrics here. AKS' daemon sets (network, storage, proxy) are not there. Source:
https://learn.microsoft.com/azure/aks/use-system-pools and coredns-custom.
"""

from __future__ import annotations

from typing import Final

from sandbox.azure.cloud import Resource
from sandbox.clusters.api import Api, ApiError
from sandbox.clusters.metadata import Object

NAMESPACE: Final = "kube-system"
_MODE_LABEL: Final = "kubernetes.azure.com/mode"
_DEFAULT_DNS: Final = "10.0.0.10"


def install(api: Api, cluster: Resource) -> None:
    """Make what is missing."""
    deployments = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
    api.create_if_missing(deployments, _deployment("coredns", "kube-dns", "100m", "70Mi"))
    api.create_if_missing(deployments, _deployment("metrics-server", "metrics-server", "50m", "40Mi"))
    api.create_if_missing(
        f"/apis/policy/v1/namespaces/{NAMESPACE}/poddisruptionbudgets", _budget("coredns-pdb", "kube-dns")
    )
    network = cluster.properties.get("networkProfile") or {}
    services = f"/api/v1/namespaces/{NAMESPACE}/services"
    try:
        api.create_if_missing(services, _dns(str(network.get("dnsServiceIP") or _DEFAULT_DNS)))
    except ApiError as error:
        # The control plane was first started with another range of addresses, or somebody has the address.
        if error.status != 422:
            raise
        api.create_if_missing(services, _dns(None))


def _labels(app: str) -> dict[str, str]:
    return {"k8s-app": app, "kubernetes.azure.com/managedby": "aks"}


def _deployment(name: str, app: str, cpu: str, memory: str) -> Object:
    preferred = {
        "weight": 100,
        "preference": {"matchExpressions": [{"key": _MODE_LABEL, "operator": "In", "values": ["system"]}]},
    }
    affinity = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [preferred]}}
    pod = {
        "priorityClassName": "system-node-critical" if app == "kube-dns" else "system-cluster-critical",
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "affinity": affinity,
        "tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"}],
        "containers": [
            {
                "name": name,
                "image": f"mcr.microsoft.com/oss/kubernetes/{name}",
                "resources": {"requests": {"cpu": cpu, "memory": memory}},
            }
        ],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": _labels(app)},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"k8s-app": app}},
            "template": {"metadata": {"labels": _labels(app)}, "spec": pod},
        },
    }


def _budget(name: str, app: str) -> Object:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name, "labels": _labels(app)},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"k8s-app": app}}},
    }


def _dns(address: str | None) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "kube-dns", "labels": _labels("kube-dns")},
        "spec": {
            **({"clusterIP": address} if address else {}),
            "selector": {"k8s-app": "kube-dns"},
            "ports": [
                {"name": "dns", "port": 53, "protocol": "UDP"},
                {"name": "dns-tcp", "port": 53, "protocol": "TCP"},
            ],
        },
    }
