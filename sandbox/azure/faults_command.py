"""Tell the simulated Azure what to get wrong: add, list and clear faults, and let simulated time pass."""

from __future__ import annotations

import argparse

from sandbox.engine.directory import CLOUD_FILE

_PATTERNS = {
    "type": "Azure's resource type or its last part, such as managedClusters",
    "name": "the resource's name in Azure",
    "location": "the location",
    "vm_size": "a virtual machine size",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what can be written after `faults`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="add|list|clear|wait")
    add = actions.add_parser("add", help="let requests meet a fault")
    add.add_argument("kind", help="Azure's error code; an unknown one is answered with those that there are")
    for name, what in _PATTERNS.items():
        add.add_argument(
            f"--{name.replace('_', '-')}", default="*", help=f"{what}; * and ? stand for anything"
        )
    add.add_argument("--operation", default="", choices=("create", "update", "delete", "read"))
    add.add_argument("--count", type=int, help="how many requests meet it (default: until it is cleared)")
    add.add_argument("--for", type=float, dest="lasting", help="simulated seconds after which it ends")
    add.add_argument("--seconds", type=float, help="Retry-After of the answer, or how much longer it takes")
    actions.add_parser("list", help="list the faults that there are")
    clear = actions.add_parser("clear", help="end faults")
    clear.add_argument("numbers", nargs="*", type=int, help="as `list` shows them (default: all)")
    wait = actions.add_parser("wait", help="let simulated time pass")
    wait.add_argument("passed", type=float, metavar="seconds")


def run(options: argparse.Namespace) -> int:
    """Do what was asked for, and print the faults that there are then.

    Raises:
        FaultError: a fault cannot be added or cleared as it was asked for.
    """
    # Only here: every other command would wait for them.
    from sandbox.azure.clock import Clock  # noqa: PLC0415
    from sandbox.azure.cloud import Cloud  # noqa: PLC0415
    from sandbox.azure.faults import Fault, Faults  # noqa: PLC0415

    with Cloud.open(options.root / CLOUD_FILE) as cloud:
        faults, clock = Faults(cloud), Clock(cloud)
        if options.action == "add":
            given = {
                name: getattr(options, name) for name in ("kind", "operation", "count", "seconds", *_PATTERNS)
            }
            faults.add(Fault(**given), options.lasting)
        elif options.action == "clear":
            faults.clear(*options.numbers)
        elif options.action == "wait":
            clock.advance(options.passed)
        for number, fault in faults.all().items():
            print(f"{number}: {fault.described(clock.now())}")
        if not faults.all():
            print("There are no faults.")
    return 0
