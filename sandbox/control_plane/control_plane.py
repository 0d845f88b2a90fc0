"""The control plane of one simulated AKS cluster, as its clients see it: there when it is asked for."""

from __future__ import annotations

from pathlib import Path

from sandbox.control_plane.endpoint import Endpoint


class ControlPlaneError(Exception):
    """A control plane does not start or does not stop; the message says why and where its logs are."""


class ControlPlane:
    """etcd, kube-apiserver, kube-scheduler, kube-controller-manager and kwok for one simulated cluster.

    Making one of these starts nothing. Processes and data belong to the sandbox's root directory and to the
    cluster's Azure id (in any case), whoever asks.
    """

    def __init__(self, root: Path, cluster_id: str) -> None:
        self.root = root
        self.cluster_id = cluster_id

    @property
    def directory(self) -> Path:
        """Where its data, certificates, logs and kubeconfig lie; need not exist."""
        raise NotImplementedError

    def ensure(self) -> Endpoint:
        """The endpoint of the running control plane; started, and its programs made, where that is needed.

        Returns when the API server is ready and the default service account of `default` can exist.

        Raises:
            ControlPlaneError: it does not start.
            tools.console.SetupError: its programs can be neither downloaded nor built.
        """
        raise NotImplementedError

    def running(self) -> Endpoint | None:
        """The endpoint if the control plane runs and is ready; starts nothing."""
        raise NotImplementedError

    def stop(self) -> None:
        """End its processes, if any run, and return when they have ended; the data stay."""
        raise NotImplementedError

    def remove(self) -> None:
        """End its processes and delete its directory."""
        raise NotImplementedError


def all_of(root: Path) -> list[ControlPlane]:
    """The control planes that have a directory below the sandbox's *root*, running or not."""
    raise NotImplementedError


def stop_all(root: Path) -> None:
    """End the processes of all control planes of the sandbox at *root*; the data stay."""
    for control_plane in all_of(root):
        control_plane.stop()


def remove_all(root: Path) -> None:
    """End all control planes of the sandbox at *root* and delete their data."""
    for control_plane in all_of(root):
        control_plane.remove()
