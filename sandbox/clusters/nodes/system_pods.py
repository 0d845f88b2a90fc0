"""What AKS itself runs in `kube-system`: the manifests of `system-pods.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

from sandbox.azure.cloud import Resource
from sandbox.clusters.api import Api, tolerated

_MANIFESTS: Final = Path(__file__).with_name("system-pods.yaml")
_DEFAULT_DNS: Final = "10.0.0.10"


def install(api: Api, cluster: Resource) -> None:
    """Make what is missing."""
    network = cluster.properties.get("networkProfile") or {}
    address = str(network.get("dnsServiceIP") or _DEFAULT_DNS)
    for manifest in yaml.safe_load_all(_MANIFESTS.read_text(encoding="utf-8")):
        version, kind = manifest["apiVersion"], manifest["kind"]
        prefix = "/api" if version == "v1" else "/apis"
        path = f"{prefix}/{version}/namespaces/kube-system/{kind.lower()}s"
        if kind == "Service":
            # Refused where the control plane first started with another range, or the address is taken.
            with tolerated(422):
                addressed = {**manifest, "spec": {**manifest["spec"], "clusterIP": address}}
                api.create_if_missing(path, addressed)
        api.create_if_missing(path, manifest)
