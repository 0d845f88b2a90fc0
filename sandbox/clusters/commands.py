"""The command lines of a control plane's programs: one small cluster that only this computer reaches.

`kwokctl` would write most of them, and start the programs once. It was tried and is not used: its etcd serves
everyone on this computer without credentials, it listens on five more ports, in the range that the operating
system hands out, it needs kubectl, and it does not restart a program that has ended.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

from sandbox.clusters import files, ports

FAKE_NODE: Final = ("kwok.x-k8s.io/node", "fake")
"""The annotation, and its value, of the nodes whose kubelet kwok plays."""

ETCD_SOCKET: Final = "etcd.sock:0"
"""Where etcd listens: a file that only the user can reach. etcd wants the form of a host and port."""


def of(choices: files.Choices) -> dict[str, list[str]]:
    """The arguments of each program, in the order of their start; all run in the cluster's directory."""
    here = Path(__file__).parent
    known = {"choices": choices, "files": files, "ports": ports, "here": here}
    known |= {"etcd_socket": ETCD_SOCKET, "fake_node": "=".join(FAKE_NODE)}
    programs = yaml.safe_load((here / "command-lines.yaml").read_text(encoding="utf-8"))
    return {name: [line.format_map(known) for line in lines] for name, lines in programs.items()}
