"""The control planes of the simulated cloud's managed clusters, as kubeconfigs name them."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from threading import Lock
from typing import Final

from sandbox.azure.cloud import Cloud, Resource
from sandbox.engine.directory import CLOUD_FILE
from sandbox.kubernetes import add_ons
from sandbox.kubernetes.api_server_backend import ApiServerBackend
from sandbox.kubernetes.backend import ClusterUnreachableError
from sandbox.kubernetes.kubeconfig import ClusterEntry

CLUSTERS: Final = "Microsoft.ContainerService/managedClusters"
_HOST_KEYS: Final = ("fqdn", "privateFQDN", "privateFqdn")


class ApiServerClusters:
    """The API servers of all managed clusters in a sandbox; each is started when it is first needed."""

    def __init__(self, root: Path) -> None:
        """Reach the clusters of the sandbox whose directory is *root*; opens nothing yet."""
        self._root = root
        self._cloud: Cloud | None = None
        self._connected: dict[tuple[str, str], ApiServerBackend] = {}
        self._equipped: dict[tuple[str, str], str] = {}
        self._connecting = Lock()

    def connect(self, cluster: ClusterEntry) -> ApiServerBackend:
        """The API server of the managed cluster whose FQDN the kubeconfig's server names.

        Raises:
            ClusterUnreachableError: the cloud has no such cluster, or it is stopped.
            sandbox.clusters.control_plane.ControlPlaneError: its control plane does not start.
            sandbox.programs.console.SetupError: the programs of a control plane cannot be made.
        """
        with self._connecting:
            self._cloud = self._cloud or Cloud.open(self._root / CLOUD_FILE)
            managed = self._find(self._cloud, cluster)
            # A cluster that was deleted and made again is another one.
            key = (managed.id.lower(), managed.created_at)
            if key not in self._connected:
                self._connected[key] = self._started(managed)
            if self._equipped.get(key) != managed.etag:
                add_ons.install(self._connected[key], managed)
                self._equipped[key] = managed.etag
            return self._connected[key]

    def _find(self, cloud: Cloud, entry: ClusterEntry) -> Resource:
        for cluster in cloud.of_type(CLUSTERS):
            hosts = {str(cluster.properties.get(key) or "").lower() for key in _HOST_KEYS}
            stopped = (cluster.properties.get("powerState") or {}).get("code") == "Stopped"
            if entry.host in hosts and not stopped:
                return cluster
        raise ClusterUnreachableError(
            f'Get "{entry.server.rstrip("/")}/openapi/v2?timeout=32s": dial tcp: lookup {entry.host}: no such'
            " host"
        )

    def _started(self, cluster: Resource) -> ApiServerBackend:
        # Imported here: a preview that reaches no cluster has no use for them.
        from sandbox.clusters.control_plane import ControlPlane  # noqa: PLC0415
        from sandbox.clusters.files import DEFAULT_SERVICE_CIDR  # noqa: PLC0415

        control_plane = ControlPlane(self._root, cluster.id)
        service_cidr = (cluster.properties.get("networkProfile") or {}).get("serviceCidr")
        endpoint = control_plane.ensure(IPv4Network(service_cidr) if service_cidr else DEFAULT_SERVICE_CIDR)
        return ApiServerBackend(endpoint, control_plane.directory)
