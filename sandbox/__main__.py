"""The sandbox's command line: `python -m sandbox preview|up|refresh|destroy|outputs|inject|clean|...`."""

from __future__ import annotations

import argparse
import errno
import json
import shlex
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from sandbox.azure import inject_command
from sandbox.clusters import __main__ as control_plane
from sandbox.clusters.control_plane import all_of
from sandbox.engine import kubernetes_plugin
from sandbox.engine.cli import signals_raised
from sandbox.engine.engine import Engine
from sandbox.engine.engine_error import EngineError
from sandbox.engine.environment import SUBSCRIPTION_ID
from sandbox.programs import binaries
from sandbox.programs.console import SetupError

_INTERRUPTED: Final = 130
_UNWRITABLE: Final = (errno.EACCES, errno.EEXIST, errno.ENOSPC, errno.ENOTDIR, errno.EPERM, errno.EROFS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; *arguments* are the process's by default."""
    parser = _parser()
    given = sys.argv[1:] if arguments is None else list(arguments)
    end = given.index("--") if "--" in given else len(given)
    options, for_pulumi = parser.parse_args(given[:end]), given[end + 1 :]
    if for_pulumi and options.run not in (_operate, _kubectl, _pulumi, _run, _az):
        parser.error(f"{options.command} takes no arguments for Pulumi")
    options.pulumi_arguments = for_pulumi
    try:
        with signals_raised():
            return options.run(options) or 0
    except (EngineError, SetupError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            raise
        print(
            f"error: {error.filename or options.root}: {error.strerror}. The sandbox keeps its files in "
            f"{options.root}; `--root` names another directory.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="Run the Pulumi program in the sandbox: the real engine and real Kubernetes control "
        "planes, and a stand-in for Azure.",
    )
    parser.add_argument(
        "--root", type=Path, default=Path(".sandbox"), help="the sandbox's directory (default: %(default)s)"
    )
    parser.add_argument(
        "--project", type=Path, default=Path(), help="the directory of Pulumi.yaml (default: this directory)"
    )
    parser.add_argument(
        "--signed-out", action="store_true", help="run as if not signed in to the simulated Azure"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name in ("preview", "up", "refresh", "destroy"):
        _add(commands, name, _operate, getattr(Engine, name).__doc__, stack="dev")
    _add(commands, "kubectl", _kubectl, stack="dev")
    outputs = _add(commands, "outputs", _outputs, stack="dev")
    outputs.add_argument("--show-secrets", action="store_true", help="show secret outputs in clear text")
    _add(commands, "pulumi", _pulumi, stack=None)
    _add(commands, "run", _run, stack="dev")
    _add(commands, "az", _az)
    arm = _add(commands, "arm", _arm)
    arm.add_argument("--port", type=int, default=0, help="the port to listen at (default: a free one)")
    charts = _add(commands, "charts", _charts)
    charts.add_argument(
        "charts", nargs="+", metavar="chart", help="oci://... or, with --repo, a name, each with :VERSION"
    )
    charts.add_argument("--repo", default="", help="the address of the repository that holds the charts")
    _add(commands, "rules", _rules)
    inject_command.configure(_add(commands, "inject", inject_command.run, inject_command.__doc__))
    _add(commands, "timing", _timing, stack="dev")
    _add(commands, "clean", _clean)
    return parser


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int | None],
    description: str | None = None,
    *,
    stack: str | None = "",
) -> argparse.ArgumentParser:
    text = (description or run.__doc__ or "").replace("*", "")
    command = commands.add_parser(name, help=text.splitlines()[0], description=text)
    command.set_defaults(run=run)
    if stack != "":
        command.add_argument("--stack", default=stack, help=f"the stack (default: {stack or 'none'})")
    return command


def _engine(options: argparse.Namespace) -> Engine:
    return Engine(options.root, options.project, signed_in=not options.signed_out)


def _operate(options: argparse.Namespace) -> int:
    # Here, where it can be watched: the plugins that need them have no terminal.
    if kubernetes_plugin.sdk_version() is not None:
        binaries.ensure(binaries.KUBERNETES_PROVIDER)
    if options.command == "up":
        binaries.ensure_servers()
    began = time.time()
    ended = getattr(_engine(options), options.command)(options.stack, *options.pulumi_arguments)
    if options.command in ("up", "destroy"):
        from sandbox.azure import timing  # noqa: PLC0415

        timing.tell(options.root, options.stack, since=began)
    if options.command == "up" and ended.succeeded:
        _tell_of_clusters(options.root)
    return ended.exit_code


def _tell_of_clusters(root: Path) -> None:
    """Say how to look into what runs. To standard error: the output may be Pulumi's JSON."""
    for cluster in all_of(root):
        endpoint = cluster.running()
        if endpoint is not None:
            name = cluster.cluster_id.rpartition("/")[2]
            print(
                f"Kubernetes of {name} runs until it is destroyed. Look into it with `make kubectl`, or:\n"
                f"  kubectl --kubeconfig {shlex.quote(str(endpoint.kubeconfig))} get nodes,pods,ingress -A",
                file=sys.stderr,
            )


def _outputs(options: argparse.Namespace) -> None:
    """Print the outputs of a stack as `up` left them; secret ones are masked."""
    print(json.dumps(_engine(options).outputs(options.stack, show_secrets=options.show_secrets), indent=2))


def _kubectl(options: argparse.Namespace) -> int:
    """Run kubectl with what follows `--` against the stack's cluster, whose control plane is started."""
    cluster = _engine(options).outputs(options.stack).get("clusterId")
    if cluster is None:
        raise EngineError(
            f"Stack {options.stack} has no cluster. Build it with `make up STACK={options.stack}`."
        )
    asked = ["kubectl", "--root", str(options.root), "--cluster", cluster, "--", *options.pulumi_arguments]
    return control_plane.main(asked)


def _pulumi(options: argparse.Namespace) -> int:
    """Run the Pulumi CLI in the sandbox with what follows `--`."""
    return _engine(options).pulumi(options.pulumi_arguments, stack=options.stack).exit_code


def _run(options: argparse.Namespace) -> int:
    """Run the program that follows `--`, which reaches the sandbox's Pulumi and Azure Resource Manager."""
    if not options.pulumi_arguments:
        raise EngineError("Write the program to run after `--`.")
    with _engine(options).beside(options.stack) as beside:
        return beside.run(options.pulumi_arguments).exit_code


def _az(options: argparse.Namespace) -> int:
    """Run the Azure CLI that is on PATH against the simulated Azure, with what follows `--`."""
    from sandbox.azure import azure_cli  # noqa: PLC0415

    with _engine(options).beside() as beside:
        return azure_cli.az(beside, options.pulumi_arguments).exit_code


# Each of the next reads its part of the sandbox itself: every other command would wait for it.


def _charts(options: argparse.Namespace) -> None:
    """Pull Helm charts, so that no stand-ins are installed for them."""
    from sandbox.clusters.charts.archives import Remote  # noqa: PLC0415
    from sandbox.clusters.charts.pulling import pull  # noqa: PLC0415

    for chart in options.charts:
        reference, _, version = chart.rpartition(":")
        pull(Remote(reference, options.repo), version)


def _rules(_options: argparse.Namespace) -> None:
    """Print what the sandbox refuses in Azure's place, and after which document."""
    from sandbox.azure.rules import markdown  # noqa: PLC0415

    print(markdown.tables())


def _timing(options: argparse.Namespace) -> None:
    """Show how long the last update of a stack would have taken in Azure."""
    from sandbox.azure import timing  # noqa: PLC0415

    timing.show(options.root, options.stack)


def _arm(options: argparse.Namespace) -> None:
    """Serve the simulated Azure Resource Manager over HTTPS until Ctrl-C, on this computer only."""
    from sandbox.azure import arm_server  # noqa: PLC0415

    with arm_server.serving(options.root, port=options.port) as address:
        print(
            f"Azure Resource Manager answers at {address.url}. It takes any bearer token:\n"
            f"  curl --cacert {shlex.quote(str(address.authority))} -H 'Authorization: Bearer token' \\\n"
            f"    '{address.url}/subscriptions/{SUBSCRIPTION_ID}/resourceGroups?api-version=2024-03-01'",
            flush=True,
        )
        threading.Event().wait()


def _clean(options: argparse.Namespace) -> None:
    """Delete the sandbox: its simulated cloud and the state of all its stacks."""
    _engine(options).clean()


if __name__ == "__main__":
    sys.exit(main())
