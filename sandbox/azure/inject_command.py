"""Add, list and clear faults of the simulated Azure, or let simulated time pass."""

from __future__ import annotations

import argparse

from sandbox.engine.directory import CLOUD_FILE

_PATTERNS = {
    "type": "resource type or its last segment, such as managedClusters",
    "name": "name of the resource in Azure",
    "location": "location",
    "vm_size": "VM size",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `inject`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="add|list|clear|wait")
    add = actions.add_parser("add", help="add a fault")
    add.add_argument("kind", help="Azure's error code, see docs/sandbox.md")
    for name, what in _PATTERNS.items():
        add.add_argument(f"--{name.replace('_', '-')}", default="*", help=f"{what}; may contain * and ?")
    add.add_argument("--operation", default="", choices=("create", "update", "delete", "read"))
    add.add_argument("--count", type=int, help="number of requests (default: no limit)")
    add.add_argument(
        "--for", type=float, dest="lasting", help="simulated seconds until it ends (default: never)"
    )
    add.add_argument("--seconds", type=float, help="Retry-After, or the length of a delay")
    actions.add_parser("list", help="list the faults")
    clear = actions.add_parser("clear", help="remove faults")
    clear.add_argument("numbers", nargs="*", type=int, help="numbers of faults (default: all)")
    wait = actions.add_parser("wait", help="let simulated time pass")
    wait.add_argument("passed", type=float, metavar="seconds")


def run(options: argparse.Namespace) -> None:
    """Run one action, then print all faults.

    Raises:
        EngineError: a fault cannot be added or cleared.
    """
    # Only here: other commands need not load them.
    from sandbox.azure.cloud import Cloud  # noqa: PLC0415
    from sandbox.azure.faults import Fault, Faults  # noqa: PLC0415

    with Cloud.open(options.root / CLOUD_FILE) as cloud:
        faults = Faults(cloud)
        if options.action == "add":
            names = ("kind", "operation", "count", "seconds", *_PATTERNS)
            faults.add(Fault(**{name: getattr(options, name) for name in names}), options.lasting)
        elif options.action == "clear":
            faults.clear(*options.numbers)
        elif options.action == "wait":
            faults.wait(options.passed)
        lines = [f"{number}: {fault.described(faults.now())}" for number, fault in faults.all().items()]
    print("\n".join(lines) or "There are no faults.")
