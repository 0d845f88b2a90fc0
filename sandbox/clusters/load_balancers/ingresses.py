"""What an ingress controller writes into the status of the Ingresses that it serves. No container runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sandbox.clusters.api import INGRESSES, Api
from sandbox.clusters.objects import Object, addresses_of, annotations_of, labels_of, name_of, path_of

DEFAULT_CLASS: Final = "ingressclass.kubernetes.io/is-default-class"
_INSTANCE: Final = "app.kubernetes.io/instance"


def addresses(ingress: Object, classes: Iterable[Object], services: Iterable[Object]) -> list[str]:
    """The addresses that an Ingress is served at; empty where no controller serves it.

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
        if name_of(found) == wanted or (not wanted and annotations_of(found).get(DEFAULT_CLASS) == "true")
    }
    for service in services:
        instance = labels_of(service).get(_INSTANCE)
        if instance and instance in instances and (found := addresses_of(service)):
            return found
    return []


def sync(api: Api, ingresses: list[Object], classes: list[Object], services: list[Object]) -> None:
    """Write the address of its controller's Service into every Ingress."""
    for ingress in ingresses:
        wanted = addresses(ingress, classes, services)
        if wanted and wanted != addresses_of(ingress):
            status = {"loadBalancer": {"ingress": [{"ip": address} for address in wanted]}}
            api.patch(f"{path_of(ingress, INGRESSES)}/status", {"status": status})
