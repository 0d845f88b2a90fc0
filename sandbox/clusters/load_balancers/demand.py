"""What a Service asks of the load balancer, in its annotations and its spec.

Source: https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/#loadbalancer-annotations
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sandbox.clusters.metadata import Object, annotations_of, place_of

_PREFIX: Final = "service.beta.kubernetes.io/azure-"
_PUBLIC_IP_NAME: Final = _PREFIX + "pip-name"
_RESOURCE_GROUP: Final = _PREFIX + "load-balancer-resource-group"
_INTERNAL: Final = _PREFIX + "load-balancer-internal"
_INTERNAL_SUBNET: Final = _PREFIX + "load-balancer-internal-subnet"
_ADDRESS: Final = _PREFIX + "load-balancer-ipv4"


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What a Service asks for; a text is empty where it says nothing of it.

    Attributes:
        service: namespace and name of the Service.
        internal: whether the address is to be one of a subnet.
        subnet: name of that subnet.
        address: the IPv4 address.
        public_ip_name: name of the public IP address.
        resource_group: name of the resource group of the public IP address.
    """

    service: str
    internal: bool
    subnet: str
    address: str
    public_ip_name: str
    resource_group: str


def of(service: Object) -> Demand:
    """What a Service, as the API server holds it, asks for."""
    annotations = annotations_of(service)
    address = annotations.get(_ADDRESS) or (service.get("spec") or {}).get("loadBalancerIP")
    return Demand(
        service="/".join(place_of(service)),
        internal=annotations.get(_INTERNAL) == "true",
        subnet=str(annotations.get(_INTERNAL_SUBNET) or ""),
        address=str(address or ""),
        public_ip_name=str(annotations.get(_PUBLIC_IP_NAME) or ""),
        resource_group=str(annotations.get(_RESOURCE_GROUP) or ""),
    )
