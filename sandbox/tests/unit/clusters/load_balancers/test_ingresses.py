"""Which address an ingress controller writes into an Ingress."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.clusters.load_balancers.ingresses import DEFAULT_CLASS, addresses


def ingress_class(name: str, instance: str, default: bool = False) -> dict[str, Any]:
    annotations = {DEFAULT_CLASS: "true"} if default else {}
    labels = {"app.kubernetes.io/instance": instance}
    return {"metadata": {"name": name, "labels": labels, "annotations": annotations}}


def service(instance: str, *ips: str) -> dict[str, Any]:
    status = {"loadBalancer": {"ingress": [{"ip": ip, "ipMode": "VIP"} for ip in ips]}}
    return {"metadata": {"name": "web", "labels": {"app.kubernetes.io/instance": instance}}, "status": status}


CLASSES = [ingress_class("one", "a"), ingress_class("two", "b", default=True)]
SERVICES = [service("a", "203.0.113.1"), service("b", "203.0.113.2")]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"ingressClassName": "one"}, ["203.0.113.1"]),
        ({}, ["203.0.113.2"]),
        ({"ingressClassName": "three"}, []),
    ],
    ids=["class", "default class", "unknown class"],
)
def test_an_ingress_has_the_address_of_the_controller_of_its_class(spec: Any, expected: Any) -> None:
    assert addresses({"metadata": {}, "spec": spec}, CLASSES, SERVICES) == expected


def test_a_controller_whose_service_is_pending_writes_nothing() -> None:
    assert addresses({"spec": {"ingressClassName": "one"}}, CLASSES, [service("a")]) == []


def test_a_service_without_the_label_serves_no_class_without_it() -> None:
    unlabelled = {"metadata": {"name": "web"}, "status": service("", "203.0.113.9")["status"]}
    assert addresses({"spec": {"ingressClassName": "c"}}, [{"metadata": {"name": "c"}}], [unlabelled]) == []
