"""What a Service asks of the load balancer for each of its IP families, in its annotations and its spec.

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
        family: `IPv4` or `IPv6`.
        internal: whether the address is to be one of a subnet.
        subnet: name of that subnet.
        address: the IP address.
        public_ip_name: name of the public IP address.
        resource_group: name of the resource group of the public IP address.
    """

    service: str
    family: str
    internal: bool
    subnet: str
    address: str
    public_ip_name: str
    resource_group: str


def of(service: Object) -> tuple[Demand, ...]:
    """What a Service, as the API server holds it, asks for: an address of each of its families.

    The names of annotations about IPv6 end in -ipv6 if the Service has both families.
    """
    annotations, spec = annotations_of(service), service.get("spec") or {}
    families = spec.get("ipFamilies") or ["IPv4"]

    def said(name: str) -> str:
        return str(annotations.get(f"service.beta.kubernetes.io/azure-{name}") or "")

    def demand(family: str) -> Demand:
        suffix = "-ipv6" if family == "IPv6" and families[1:] else ""
        single = str(spec.get("loadBalancerIP") or "")
        return Demand(
            service="/".join(place_of(service)),
            family=family,
            internal=said("load-balancer-internal") == "true",
            subnet=said("load-balancer-internal-subnet"),
            address=said(f"load-balancer-{family.lower()}") or (single if _is_of(single, family) else ""),
            public_ip_name=said(f"pip-name{suffix}"),
            resource_group=said("load-balancer-resource-group"),
        )

    return tuple(map(demand, families))


def _is_of(address: str, family: str) -> bool:
    return (":" in address) == (family == "IPv6")
