"""What the network of a cluster does to Services and Ingresses: addresses, ports and the load balancer."""

from __future__ import annotations

import hashlib
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final

from sandbox.kubernetes import load_balancer
from sandbox.kubernetes.kinds import Kind, Object, kind_of

if TYPE_CHECKING:
    from sandbox.kubernetes.cloud_backend import CloudBackend

SERVICE: Final = Kind("", "v1", "Service")
INGRESS: Final = Kind("networking.k8s.io", "v1", "Ingress")
INGRESS_CLASS: Final = Kind("networking.k8s.io", "v1", "IngressClass")
DEFAULT_CLASS: Final = "ingressclass.kubernetes.io/is-default-class"
FAILED: Final = "SyncLoadBalancerFailed"
_INSTANCE: Final = "app.kubernetes.io/instance"
_NODE_PORTS: Final = range(30000, 32768)
_SERVICE_CIDR: Final = "10.0.0.0/16"


def fill_in(obj: Object, live: Object | None, backend: CloudBackend) -> None:
    """Fill in a Service's defaults: its address in the service range and its ports."""
    if kind_of(obj) != SERVICE:
        return
    spec = obj["spec"]
    spec.setdefault("type", "ClusterIP")
    spec.setdefault("sessionAffinity", "None")
    if spec["type"] != "ExternalName":
        _fill_in_address(obj, live, backend)
    others = [
        service for service in backend.list(SERVICE) if service["metadata"]["uid"] != obj["metadata"]["uid"]
    ]
    taken = {port.get("nodePort") for service in others for port in service["spec"].get("ports") or []}
    for port in spec.get("ports") or []:
        port.setdefault("protocol", "TCP")
        port.setdefault("targetPort", port["port"])
        if spec["type"] in ("LoadBalancer", "NodePort"):
            port["nodePort"] = port.get("nodePort") or next(
                number for number in _NODE_PORTS if number not in taken
            )
            taken.add(port["nodePort"])


def _fill_in_address(obj: Object, live: Object | None, backend: CloudBackend) -> None:
    spec = obj["spec"]
    kept = ((live or {}).get("spec") or {}).get("clusterIP")
    spec["clusterIP"] = spec.get("clusterIP") or kept or _free_address(obj, backend)
    spec["clusterIPs"] = [spec["clusterIP"]]
    spec.setdefault("ipFamilies", ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "SingleStack")
    spec.setdefault("internalTrafficPolicy", "Cluster")
    if spec["type"] in ("LoadBalancer", "NodePort"):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec["type"] == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)


def _free_address(obj: Object, backend: CloudBackend) -> str:
    profile = backend.cluster().properties.get("networkProfile") or {}
    network = IPv4Network(profile.get("serviceCidr") or _SERVICE_CIDR)
    taken = {service["spec"].get("clusterIP") for service in backend.list(SERVICE)} | {
        profile.get("dnsServiceIP")
    }
    metadata = obj["metadata"]
    seed = hashlib.sha256(f"{metadata.get('namespace')}/{metadata['name']}".encode()).digest()
    # The first address is the API server's own; the range's first sixteen are kept for addresses given by
    # hand.
    usable = network.num_addresses - 17
    for step in range(usable):
        address = str(network.network_address + 16 + (int.from_bytes(seed[:4]) + step) % usable)
        if address not in taken:
            return address
    return "None"


def settle(obj: Object, backend: CloudBackend, dry_run: bool) -> str:
    """Write the status of a Service or an Ingress, and answer the id of the cloud's resource that it uses."""
    kind = kind_of(obj)
    if kind == INGRESS:
        obj["status"] = {
            "loadBalancer": {"ingress": ingress} if (ingress := _ingress_of(obj, backend)) else {}
        }
        return ""
    if kind != SERVICE:
        return ""
    obj["status"] = {"loadBalancer": {}}
    if obj["spec"]["type"] != "LoadBalancer" or dry_run:
        return ""
    try:
        frontend = load_balancer.frontend(obj, backend.cluster(), backend.cloud(), _taken(obj, backend))
    except load_balancer.NoAddressError as problem:
        backend.write_event(obj, FAILED, str(problem))
        return ""
    backend.forget_events(obj)
    obj["status"] = {"loadBalancer": {"ingress": [{"ip": frontend.address, "ipMode": "VIP"}]}}
    return frontend.resource_id


def _taken(obj: Object, backend: CloudBackend) -> set[str]:
    others = [
        service for service in backend.list(SERVICE) if service["metadata"]["uid"] != obj["metadata"]["uid"]
    ]
    return {entry["ip"] for service in others for entry in _entries(service)}


def report(obj: Object, backend: CloudBackend) -> None:
    """Let an ingress controller write its Service's address into the Ingresses that wait for it."""
    if kind_of(obj) not in (SERVICE, INGRESS_CLASS):
        return
    for ingress in backend.list(INGRESS):
        entries = _ingress_of(ingress, backend)
        if entries and entries != _entries(ingress):
            backend.put({**ingress, "status": {"loadBalancer": {"ingress": entries}}})


def _ingress_of(ingress: Object, backend: CloudBackend) -> list[Object]:
    """The address of the controller that serves an Ingress: of the Service made together with its class."""
    wanted = (ingress.get("spec") or {}).get("ingressClassName")
    for candidate in backend.list(INGRESS_CLASS):
        metadata = candidate["metadata"]
        default = (metadata.get("annotations") or {}).get(DEFAULT_CLASS) == "true"
        if metadata["name"] == wanted or (not wanted and default):
            instance = (metadata.get("labels") or {}).get(_INSTANCE)
            for service in backend.list(SERVICE):
                if (
                    instance
                    and (service["metadata"].get("labels") or {}).get(_INSTANCE) == instance
                    and _entries(service)
                ):
                    return [{"ip": entry["ip"]} for entry in _entries(service)]
    return []


def _entries(obj: Object) -> list[Object]:
    return ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
