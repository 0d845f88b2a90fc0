"""Azure Resource Manager with what stands behind it: the cloud of a sandbox, and its control planes."""

from __future__ import annotations

from pathlib import Path

from sandbox.azure.cloud import Cloud, Resource
from sandbox.azure.pending import PendingOperations
from sandbox.azure.resource_manager import ResourceManager
from sandbox.clusters.endpoint import Endpoint
from sandbox.clusters.nodes.drain import drain
from sandbox.engine.directory import CLOUD_FILE


def resource_manager(
    root: Path,
    subscription_id: str,
    tenant_id: str,
    pending: PendingOperations | None = None,
    *,
    retries: bool = True,
) -> ResourceManager:
    """The Azure Resource Manager of a sandbox.

    Args:
        root: the sandbox's directory.
        subscription_id: the subscription.
        tenant_id: its tenant.
        pending: the operations under way on clusters.
        retries: whether requests are sent by azure-native's client, which retries them.

    Raises:
        CloudError: the cloud file cannot be used.
    """
    cloud = Cloud.open(root / CLOUD_FILE)
    return ResourceManager(
        cloud,
        subscription_id,
        tenant_id,
        drain=lambda pool_id: drain(root, cloud, pool_id),
        switch_on=lambda cluster: _api_server(root, cluster),
        switch_off=lambda cluster_id: _remove_control_plane(root, cluster_id),
        pending=pending,
        retries=retries,
    )


def _api_server(root: Path, cluster: Resource) -> Endpoint | None:
    # Only here, and below: most runs ask for no credentials and delete no cluster.
    from sandbox.clusters import api_server  # noqa: PLC0415

    return api_server.ensure(root, cluster)


def _remove_control_plane(root: Path, cluster_id: str) -> None:
    from sandbox.clusters.control_plane import ControlPlane  # noqa: PLC0415

    ControlPlane(root, cluster_id).remove()
