"""What AKS adds to every cluster, and for its add-ons: definitions, namespaces and system pods."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from sandbox.azure.cloud import Resource
from sandbox.clusters.api import Api, tolerated
from sandbox.clusters.endpoint import Endpoint
from sandbox.clusters.objects import Object, name_of

_HERE: Final = Path(__file__).parent
_DEFINITIONS: Final = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_DEFAULT_DNS: Final = "10.0.0.10"


def install(endpoint: Endpoint, cluster: Resource) -> None:
    """Make the definitions and namespaces of AKS and the cluster's add-ons that the API server does not have.

    Raises:
        OSError: the API server does not answer.
    """
    api = Api(endpoint)
    there = {name_of(each) for each in api.get(_DEFINITIONS)["items"]}
    for add_on in yaml.safe_load((_HERE / "add-ons.yaml").read_text(encoding="utf-8")):
        if any(_at(cluster.properties, path) != value for path, value in add_on.get("where", {}).items()):
            continue
        for definition in _definitions(add_on):
            if name_of(definition) not in there:
                api.create_if_missing(_DEFINITIONS, definition)
        if "namespace" in add_on:
            api.create_if_missing("/api/v1/namespaces", {"metadata": {"name": add_on["namespace"]}})


def install_system_pods(api: Api, cluster: Resource) -> None:
    """Make what AKS itself runs in `kube-system` and is missing: the manifests of `system-pods.yaml`."""
    address = str(_at(cluster.properties, "networkProfile.dnsServiceIP") or _DEFAULT_DNS)
    for manifest in yaml.safe_load_all((_HERE / "system-pods.yaml").read_text(encoding="utf-8")):
        version, kind = manifest["apiVersion"], manifest["kind"]
        prefix = "/api" if version == "v1" else "/apis"
        path = f"{prefix}/{version}/namespaces/kube-system/{kind.lower()}s"
        if kind == "Service":
            # Refused where the control plane first started with another range, or the address is taken.
            with tolerated(422):
                addressed = {**manifest, "spec": {**manifest["spec"], "clusterIP": address}}
                api.create_if_missing(path, addressed)
        api.create_if_missing(path, manifest)


def _at(properties: Mapping[str, Any], path: str) -> object:
    """The setting at a path such as `networkProfile.dnsServiceIP`, in any case; None where there is none."""
    found: Any = properties
    for name in path.lower().split("."):
        found = {key.lower(): value for key, value in (found or {}).items()}.get(name)
    return found


def _definitions(add_on: Object) -> list[Object]:
    """Definitions without a schema: what AKS' own would refuse is not known here."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    served = {"served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    approved = {"api-approved.kubernetes.io": "unapproved, stands in for the definition of AKS"}
    return [
        {
            "metadata": {"name": f"{plural}.{add_on['group']}", "annotations": approved},
            "spec": {
                "group": add_on["group"],
                "scope": scope,
                "names": {"kind": kind, "plural": plural},
                "versions": [{"name": add_on["version"], **served}],
            },
        }
        for scope, kinds in add_on["kinds"].items()
        for kind, plural in kinds.items()
    ]
