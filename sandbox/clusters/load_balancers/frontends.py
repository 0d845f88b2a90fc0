"""The Azure load balancer's answer to a Service of type LoadBalancer: an address, or why there is none.

Nothing is written: who gives the address to the Service is `sandbox.clusters.load_balancers.services`.

Sources: Azure's cloud provider (https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/), and
https://learn.microsoft.com/azure/aks/static-ip, internal-lb and configure-load-balancer-standard.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Final

from sandbox.azure.cloud import Cloud, Resource
from sandbox.clusters.load_balancers import demand, internal_address, public_address
from sandbox.clusters.load_balancers.answer import Frontend
from sandbox.clusters.load_balancers.free_address import first_free
from sandbox.clusters.metadata import Object

# Addresses for documentation (RFC 5737): they belong to nobody.
_PUBLIC: Final = IPv4Network("198.51.100.0/24")


def frontend(service: Object, cluster: Resource, cloud: Cloud, taken: Iterable[str]) -> Frontend:
    """The frontend that Azure gives a Service of type LoadBalancer.

    Args:
        service: the Service as the API server holds it.
        cluster: the managed cluster that it is in.
        cloud: the simulated cloud.
        taken: addresses that other Services of the cluster have.

    Raises:
        NoAddressError: Azure writes an event instead, and the Service stays pending.
    """
    wanted = demand.of(service)
    if wanted.internal:
        return internal_address.frontend(wanted, cluster, cloud, set(taken))
    if wanted.public_ip_name:
        return public_address.by_name(wanted, cluster, cloud)
    if wanted.address:
        return public_address.by_address(wanted, cluster, cloud)
    seed = hashlib.sha256(f"{cluster.id}/{wanted.service}".lower().encode()).digest()
    return Frontend(first_free(_PUBLIC, set(taken), skip=seed[0]))
