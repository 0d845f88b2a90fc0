"""The Pulumi projects that are measured, each in a directory of its own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from benchmarks.flat_program import flat_program
from benchmarks.recording import Registration, read_yaml, record

CHECKOUT: Final = Path(__file__).resolve().parent.parent
STACKS: Final = ("dev", "staging", "prod")
OURS: Final = "ours"
FLAT: Final = "flat"
FLAT_WITHOUT_ALIASES: Final = "flat, aliases dropped"
PROGRAMS: Final = (OURS, FLAT, FLAT_WITHOUT_ALIASES)

_ROOMS: Final = ("__main__.py", "azure_facts", "components", "settings")
_ROOMY_POD_RANGE: Final = "10.128.0.0/10"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One comparison: a stack, and the three programs that declare it.

    Attributes:
        name: such as `dev` or `prod, 100 resources`.
        stack: name of the stack.
        directories: project directory by program.
        registrations: the leaf resources that each of the programs declares.
    """

    name: str
    stack: str
    directories: Mapping[str, Path]
    registrations: tuple[Registration, ...]

    @property
    def resources(self) -> int:
        """How many leaf resources there are."""
        return len(self.registrations)


def case(directory: Path, stack: str, *, resources: int | None = None) -> Case:
    """Write the three projects for *stack* under *directory*.

    Args:
        directory: made here; must not exist.
        stack: one of the checkout's stacks.
        resources: leaf resources to grow the stack to, by node pools; None leaves it as it is.
    """
    manifest = read_yaml(CHECKOUT / "Pulumi.yaml")
    config = read_yaml(CHECKOUT / f"Pulumi.{stack}.yaml")["config"]
    ours = _project(directory / "ours", manifest, stack, config)
    for room in _ROOMS:
        (ours / room).symlink_to(CHECKOUT / room)
    registrations = record(ours, stack)
    if resources is not None:
        grown = _grown(config, manifest["name"], resources - len(registrations))
        _write(ours / f"Pulumi.{stack}.yaml", {"config": grown})
        registrations = record(ours, stack)

    # Of keys and values in stack file and project, a flat program has use for those of the providers only.
    flat_manifest = {**manifest, "config": {key: it for key, it in manifest["config"].items() if ":" in key}}
    flat_config = {key: it for key, it in config.items() if not key.startswith(f"{manifest['name']}:")}
    flat = _project(directory / "flat", flat_manifest, stack, flat_config)
    _write_program(flat, flat_program(registrations))
    without = _project(directory / "flat-without-aliases", flat_manifest, stack, flat_config)
    _write_program(without, flat_program(registrations, drop_versioned_aliases=True))
    shutil.copy(CHECKOUT / "components" / "versioned_aliases.py", without)
    return Case(
        name=stack if resources is None else f"{stack}, {resources} resources",
        stack=stack,
        directories={OURS: ours, FLAT: flat, FLAT_WITHOUT_ALIASES: without},
        registrations=registrations,
    )


def _project(directory: Path, manifest: Mapping[str, Any], stack: str, config: Mapping[str, Any]) -> Path:
    """A project with a stack file, and as yet without a program."""
    directory.mkdir(parents=True)
    _write(directory / "Pulumi.yaml", manifest)
    _write(directory / f"Pulumi.{stack}.yaml", {"config": config})
    (directory / ".venv").symlink_to(CHECKOUT / ".venv")
    return directory


def _grown(config: Mapping[str, Any], project: str, pools: int) -> dict[str, Any]:
    """*config* with *pools* more node pools, and a pod range with room for their nodes."""
    pool = {"vmSize": "Standard_D4ds_v5", "minCount": 1, "maxCount": 3}
    added = {f"b{number}": dict(pool) for number in range(1, pools + 1)}
    pools_key, network_key = f"{project}:nodePools", f"{project}:network"
    return {
        **config,
        pools_key: {**config.get(pools_key, {}), **added},
        network_key: {**config.get(network_key, {}), "cni": {"podCidr": _ROOMY_POD_RANGE}},
    }


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(dict(content), sort_keys=False), encoding="utf-8")


def _write_program(directory: Path, text: str) -> None:
    (directory / "__main__.py").write_text(text, encoding="utf-8")
