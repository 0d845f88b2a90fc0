"""When Services and Ingresses are ready."""

from __future__ import annotations

from typing import Final

from sandbox.kubernetes.backend import Backend
from sandbox.kubernetes.kinds import Kind, Object
from sandbox.kubernetes.metadata import labels_of

_SLICE: Final = Kind("discovery.k8s.io", "v1", "EndpointSlice")
_SERVICE_NAME: Final = "kubernetes.io/service-name"


def service(live: Object, backend: Backend) -> list[str]:
    """Why a Service has no address yet, or leads to pods that are not ready."""
    spec = live["spec"]
    reasons = []
    if _leads_to_pods(spec) and _has_unready_endpoint(live, backend):
        reasons.append(
            "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may"
            " not match labels on any Pods"
        )
    if spec.get("type") == "LoadBalancer" and not has_address(live):
        reasons.append("Service was not allocated an IP address; does your cloud provider support this?")
    return reasons


def ingress(live: Object, _backend: Backend) -> list[str]:
    """Why an Ingress has no address."""
    if has_address(live):
        return []
    reason = (
        "Ingress .status.loadBalancer field was not updated with a hostname/IP address. \n"
        "    for more information about this error, see https://pulumi.io/xdv72s"
    )
    return [reason]


def has_address(live: Object) -> bool:
    """Whether a load balancer answers for the Service or Ingress."""
    return bool(((live.get("status") or {}).get("loadBalancer") or {}).get("ingress"))


def _leads_to_pods(spec: Object) -> bool:
    return (
        bool(spec.get("selector")) and spec.get("type") != "ExternalName" and spec.get("clusterIP") != "None"
    )


def _has_unready_endpoint(live: Object, backend: Backend) -> bool:
    metadata = live["metadata"]
    for found in backend.list(_SLICE, metadata["namespace"]):
        if labels_of(found).get(_SERVICE_NAME) == metadata["name"]:
            for endpoint in found.get("endpoints") or []:
                if (endpoint.get("conditions") or {}).get("ready") is False:
                    return True
    return False
