"""What the cloud learns about the Services of a cluster."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.azure.cloud import Cloud
from sandbox.clusters.api import ApiError
from sandbox.clusters.load_balancers.services import LoadBalancers
from sandbox.clusters.managed_cluster import load_balancer_id
from sandbox.tests.unit.clusters.load_balancers.conftest import (
    CLUSTER_ID,
    NODE_GROUP,
    put_public_ip,
    service,
)


class _Api:
    """An API server from which the Service `gone` has been deleted meanwhile."""

    def get(self, path: str) -> Any:
        raise ApiError(404, b"")

    def create(self, path: str, body: Any) -> None:
        pass

    def patch(self, path: str, body: Any) -> None:
        if "/services/gone" in path:
            raise ApiError(404, b"")


def _service(name: str, **annotations: str) -> dict[str, Any]:
    found = service({f"service.beta.kubernetes.io/azure-{key}": text for key, text in annotations.items()})
    found["metadata"] |= {"name": name, "namespace": "default", "uid": f"uid-{name}", "resourceVersion": "1"}
    return found


def test_the_cloud_knows_what_a_service_uses_though_another_one_was_deleted_meanwhile(cloud: Cloud) -> None:
    public_ip_id = put_public_ip(cloud, group=NODE_GROUP)
    cluster = cloud.get(CLUSTER_ID)
    assert cluster is not None
    balancers = LoadBalancers(_Api(), cloud)  # type: ignore[reportArgumentType]
    named = _service("web", **{"pip-name": "pip-ingress"})
    with pytest.raises(ApiError):
        balancers.sync(cluster, [named, _service("gone")], stamp=1)
    balancers.sync(cluster, [named], stamp=1)
    assert [user.id for user in cloud.referencing(public_ip_id)] == [load_balancer_id(cluster)]
    balancers.sync(cluster, [], stamp=1)
    assert cloud.get(load_balancer_id(cluster)) is None
