"""The API server of a managed cluster: started when its credentials are requested."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

from sandbox.azure.cloud import Cloud, Resource
from sandbox.clusters import add_ons, managed_cluster
from sandbox.clusters.control_plane import ControlPlane, all_of
from sandbox.clusters.endpoint import Endpoint
from sandbox.clusters.files import DEFAULT_SERVICE_CIDR
from sandbox.engine.directory import CLOUD_FILE


def ensure(root: Path, cluster: Resource) -> Endpoint | None:
    """How to reach the API server, which runs and has what AKS and its add-ons bring.

    None where the cluster is stopped: nothing answers at its address then.

    Raises:
        sandbox.clusters.control_plane.ControlPlaneError: it does not start.
        sandbox.programs.console.SetupError: its programs can be neither downloaded nor built.
    """
    if managed_cluster.is_stopped(cluster.properties):
        return None
    service_cidr = (cluster.properties.get("networkProfile") or {}).get("serviceCidr")
    endpoint = ControlPlane(root, cluster.id).ensure(
        IPv4Network(service_cidr) if service_cidr else DEFAULT_SERVICE_CIDR
    )
    add_ons.install(endpoint, cluster)
    return endpoint


def ensure_known(root: Path, state: str) -> None:
    """Start the control planes of the clusters whose Azure id *state*, which is JSON, holds as a string.

    The engine speaks to the clusters of a stack's state before any program has asked for credentials.
    """
    for control_plane in all_of(root):
        if f'"{control_plane.cluster_id}"' in state and control_plane.running() is None:
            with Cloud.open(root / CLOUD_FILE) as cloud:
                cluster = cloud.get(control_plane.cluster_id)
            if cluster is not None:
                ensure(root, cluster)
