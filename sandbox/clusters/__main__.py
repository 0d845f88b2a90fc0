"""Control planes by hand: `python -m sandbox.clusters build|start|stop|status|kubectl`."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.clusters.control_plane import ControlPlane, ControlPlaneError, all_of
from sandbox.clusters.supervisor import SupervisorError, serve
from sandbox.programs import binaries
from sandbox.programs.console import SetupError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; *arguments* are the process's by default."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "serve":
            serve(options.root, options.cluster)
            return 0
        if options.command == "build":
            binaries.ensure_servers()
            binaries.ensure(binaries.KUBERNETES_PROVIDER)
            return 0
        if options.command == "kubectl":
            return _kubectl(options.root, options.cluster, options.arguments)
        if options.command == "start":
            print(ControlPlane(options.root, options.cluster).ensure().kubeconfig)
            return 0
        for control_plane in all_of(options.root):
            if options.cluster is None or control_plane.goes_by(options.cluster):
                if options.command == "stop":
                    control_plane.stop()
                _tell(control_plane)
    except (ControlPlaneError, SetupError, SupervisorError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.clusters", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text, needs_cluster in (
        ("serve", "Run a prepared control plane until SIGTERM; `start` calls this.", True),
        ("start", "Start a control plane if it is not running, and print the path of its kubeconfig.", True),
        ("stop", "Stop a control plane, or all of them; their data stay.", False),
        ("status", "Show whether a control plane, or each of them, is running.", False),
        ("kubectl", "Run kubectl against a control plane, which is started if it is not running.", False),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--root", type=Path, default=Path(".sandbox"), help="the sandbox's directory")
        which = "the cluster's Azure id" if needs_cluster else "the cluster's Azure id, or its name"
        command.add_argument("--cluster", required=needs_cluster, help=which)
        if name == "kubectl":
            command.add_argument("arguments", nargs="*", help="kubectl's arguments, after --")
    text = "Download or build the programs of a simulated cluster; all checkouts share them."
    commands.add_parser("build", help=text, description=text)
    return parser


def _kubectl(root: Path, cluster: str | None, arguments: Sequence[str]) -> int:
    endpoint = _only(root, cluster).ensure()
    kubectl = shutil.which("kubectl") or str(binaries.ensure("kubectl"))
    environment = os.environ | {"KUBECONFIG": str(endpoint.kubeconfig)}
    return subprocess.run([kubectl, *arguments], env=environment, check=False).returncode


def _only(root: Path, cluster: str | None) -> ControlPlane:
    known = all_of(root)
    found = [one for one in known if cluster is None or one.goes_by(cluster)]
    if len(found) == 1:
        return found[0]
    if not known:
        raise ControlPlaneError("There is no cluster here. Build one with `make up` first.")
    named = f"None, or more than one, of the clusters here goes by `{cluster}`"
    wrong = named if cluster else "There are several clusters here"
    ids = [one.cluster_id for one in found or known]
    raise ControlPlaneError("\n  ".join([f"{wrong}. Name one of these by its id with --cluster:", *ids]))


def _tell(control_plane: ControlPlane) -> None:
    endpoint = control_plane.running()
    where = f"running  {endpoint.server}  {endpoint.kubeconfig}" if endpoint else "stopped"
    print(f"{where}  {control_plane.cluster_id}")


if __name__ == "__main__":
    sys.exit(main())
