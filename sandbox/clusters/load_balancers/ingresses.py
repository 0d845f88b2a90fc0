"""What an ingress controller writes into the status of the Ingresses that it serves. No container runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sandbox.clusters.api import Api
from sandbox.clusters.metadata import Object, addresses_of, annotations_of, labels_of

DEFAULT_CLASS: Final = "ingressclass.kubernetes.io/is-default-class"
_INSTANCE: Final = "app.kubernetes.io/instance"


def addresses(ingress: Object, classes: Iterable[Object], services: Iterable[Object]) -> list[Object]:
    """The entries of ``status.loadBalancer.ingress`` of an Ingress; empty where nobody serves it.

    An Ingress gets the address of the Service that was made together with its class: of the one with the same
    label ``app.kubernetes.io/instance``.

    Args:
        ingress: the Ingress.
        classes: all IngressClasses of the cluster.
        services: all Services of the cluster.
    """
    wanted = (ingress.get("spec") or {}).get("ingressClassName")
    instances = {
        labels_of(found).get(_INSTANCE)
        for found in classes
        if found["metadata"]["name"] == wanted or (not wanted and _is_default(found))
    }
    for service in services:
        instance = labels_of(service).get(_INSTANCE)
        entries = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
        if instance and instance in instances and entries:
            return [{"ip": entry["ip"]} for entry in entries]
    return []


def sync(api: Api, ingresses: list[Object], classes: list[Object], services: list[Object]) -> None:
    """Write the address of its controller's Service into every Ingress."""
    for ingress in ingresses:
        wanted = addresses(ingress, classes, services)
        if wanted and [entry["ip"] for entry in wanted] != addresses_of(ingress):
            metadata = ingress["metadata"]
            path = (
                f"/apis/networking.k8s.io/v1/namespaces/{metadata['namespace']}/ingresses/{metadata['name']}"
            )
            api.patch(f"{path}/status", {"status": {"loadBalancer": {"ingress": wanted}}})


def _is_default(ingress_class: Object) -> bool:
    return annotations_of(ingress_class).get(DEFAULT_CLASS) == "true"
