"""What a Service asks of the load balancer, in its annotations and its spec.

Source: https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/#loadbalancer-annotations
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.clusters.objects import Object, annotations_of, place_of


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What a Service asks for; a text is empty where the Service does not ask for it.

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

    def said(name: str) -> str:
        return str(annotations.get(f"service.beta.kubernetes.io/azure-{name}") or "")

    return Demand(
        service="/".join(place_of(service)),
        internal=said("load-balancer-internal") == "true",
        subnet=said("load-balancer-internal-subnet"),
        address=said("load-balancer-ipv4") or str((service.get("spec") or {}).get("loadBalancerIP") or ""),
        public_ip_name=said("pip-name"),
        resource_group=said("load-balancer-resource-group"),
    )
