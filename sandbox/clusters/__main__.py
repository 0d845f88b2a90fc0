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
from sandbox.programs import binaries
from sandbox.programs.console import SetupError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; *arguments* are the process's by default."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "serve":
            return _serve(options.root, options.cluster)
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
                _stop(control_plane) if options.command == "stop" else _tell(control_plane)
    except (ControlPlaneError, SetupError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.clusters", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text, needs_cluster in (
        ("serve", "Run a control plane that was prepared, until SIGTERM; `start` calls it.", True),
        ("start", "Start a control plane where it does not run, and print its kubeconfig's path.", True),
        ("stop", "End a control plane, or all; their data stay.", False),
        ("status", "Tell of a control plane, or of all, whether it runs.", False),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--root", type=Path, default=Path(".sandbox"), help="the sandbox's directory")
        command.add_argument("--cluster", required=needs_cluster, help="the Azure id of the cluster")
    text = "Download or build what a simulated cluster runs, where it is missing; shared by all checkouts."
    commands.add_parser("build", help=text, description=text)
    text = "Run kubectl against a control plane, which is started where it does not run."
    kubectl = commands.add_parser("kubectl", help=text, description=text)
    kubectl.add_argument("--root", type=Path, default=Path(".sandbox"), help="the sandbox's directory")
    kubectl.add_argument("--cluster", help="the Azure id or the name of the cluster, where there are several")
    kubectl.add_argument("arguments", nargs="*", help="kubectl's arguments, after --")
    return parser


def _kubectl(root: Path, cluster: str | None, arguments: Sequence[str]) -> int:
    found = [one for one in all_of(root) if cluster is None or one.goes_by(cluster)]
    if len(found) != 1:
        raise ControlPlaneError(_which(root, cluster))
    endpoint = found[0].ensure()
    kubectl = shutil.which("kubectl") or str(binaries.ensure("kubectl"))
    environment = os.environ | {"KUBECONFIG": str(endpoint.kubeconfig)}
    return subprocess.run([kubectl, *arguments], env=environment, check=False).returncode


def _which(root: Path, cluster: str | None) -> str:
    known = [one for one in all_of(root) if cluster is None or one.goes_by(cluster)] or all_of(root)
    if not known:
        return "There is no cluster here. Build one with `make up` first."
    named = f"None, or more than one, of the clusters here goes by `{cluster}`"
    wrong = named if cluster else "There are several clusters here"
    return "\n".join(
        [f"{wrong}. Name one of these by its id with --cluster:", *(f"  {one.cluster_id}" for one in known)]
    )


def _serve(root: Path, cluster_id: str) -> int:
    # Only here: the certificates' library and what nodes need take their time to load.
    from sandbox.clusters.supervisor import SupervisorError, serve  # noqa: PLC0415

    try:
        serve(root, cluster_id)
    except SupervisorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _stop(control_plane: ControlPlane) -> None:
    control_plane.stop()
    print(f"stopped  {control_plane.cluster_id}")


def _tell(control_plane: ControlPlane) -> None:
    endpoint = control_plane.running()
    where = f"running  {endpoint.server}  {endpoint.kubeconfig}" if endpoint else "stopped"
    print(f"{where}  {control_plane.cluster_id}")


if __name__ == "__main__":
    sys.exit(main())
