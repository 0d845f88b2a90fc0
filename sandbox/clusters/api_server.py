"""The API server of a managed cluster: started when its credentials are requested."""

from __future__ import annotations

from pathlib import Path

from sandbox.azure.cloud import Cloud, Resource, key_of
from sandbox.azure.rules.arm_types import MANAGED_CLUSTER
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
    profile = cluster.properties.get("networkProfile") or {}
    service_cidrs = profile.get("serviceCidrs") or [profile.get("serviceCidr") or DEFAULT_SERVICE_CIDR]
    endpoint = ControlPlane(root, cluster.id).ensure(",".join(service_cidrs))
    add_ons.install(endpoint, cluster)
    return endpoint


def ensure_known(root: Path, state: str) -> list[str]:
    """Start the control planes of the clusters whose Azure id *state*, which is JSON, holds as a string.

    The engine speaks to the clusters of a stack's state before any program has asked for credentials.

    Returns the Azure ids of those whose control plane is gone although *state* has objects in a cluster.
    """
    if '"kubernetes:' not in state:
        return []
    lost = []
    with Cloud.open(root / CLOUD_FILE) as cloud:
        clusters = [each for each in cloud.of_type(MANAGED_CLUSTER) if f'"{each.id}"' in state]
    known = {key_of(control_plane.cluster_id): control_plane for control_plane in all_of(root)}
    for cluster in clusters:
        control_plane = known.get(key_of(cluster.id))
        if control_plane is None:
            lost.append(cluster.id)
        elif control_plane.running() is None:
            ensure(root, cluster)
    return lost
