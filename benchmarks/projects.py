"""The Pulumi projects that are measured, each in its own directory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

CHECKOUT: Final = Path(__file__).resolve().parent.parent
STACK: Final = "prod"
OURS: Final = "ours"
FLAT: Final = "flat"
FLAT_WITHOUT_ALIASES: Final = "flat, aliases dropped"
PROGRAMS: Final = (OURS, FLAT, FLAT_WITHOUT_ALIASES)

_FILES: Final = {
    OURS: ("__main__.py", "azure_facts", "components", "settings"),
    FLAT: ("benchmarks/flat_program.py",),
    FLAT_WITHOUT_ALIASES: ("benchmarks/flat_program.py", "components/versioned_aliases.py"),
}
_MAIN: Final = {
    FLAT: "import flat_program\n",
    FLAT_WITHOUT_ALIASES: "from versioned_aliases import drop_versioned_aliases\n"
    "drop_versioned_aliases()\n"
    "import flat_program\n",
}
_POOL: Final = {"vmSize": "Standard_D4ds_v5", "count": 0}


def projects(directory: Path, *, pools: int) -> dict[str, Path]:
    """Write a project for each program under *directory*, which is made, and return their directories.

    Args:
        directory: where the projects go.
        pools: node pools beside those that prod has.
    """
    manifest = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text(encoding="utf-8"))
    config = yaml.safe_load((CHECKOUT / f"Pulumi.{STACK}.yaml").read_text(encoding="utf-8"))["config"]
    ours = f"{manifest['name']}:"
    config[f"{ours}nodePools"] |= {f"b{number}": _POOL for number in range(pools)}
    flat_config = {key: value for key, value in config.items() if not key.startswith(ours)}
    flat_config[f"{ours}pools"] = pools
    # The flat program asks for no setting of ours, so its project declares none.
    flat_manifest = {**manifest, "config": {}}
    return {
        OURS: _project(directory, OURS, manifest, config),
        FLAT: _project(directory, FLAT, flat_manifest, flat_config),
        FLAT_WITHOUT_ALIASES: _project(directory, FLAT_WITHOUT_ALIASES, flat_manifest, flat_config),
    }


def scenario_project(directory: Path, scenario: str) -> Path:
    """Write a project of our program with a scenario's stack file for the stack, and return its directory."""
    manifest, config = (
        yaml.safe_load((CHECKOUT / name).read_text(encoding="utf-8"))
        for name in ("Pulumi.yaml", f"scenarios/{scenario}.yaml")
    )
    return _project(directory / scenario, OURS, manifest, config["config"])


def _project(parent: Path, program: str, manifest: Mapping[str, Any], config: Mapping[str, Any]) -> Path:
    directory = parent / program.replace(", ", "-").replace(" ", "-")
    directory.mkdir(parents=True)
    for name in (".venv", *_FILES[program]):
        (directory / Path(name).name).symlink_to(CHECKOUT / name)
    if program in _MAIN:
        (directory / "__main__.py").write_text(_MAIN[program], encoding="utf-8")
    for name, content in (("Pulumi.yaml", manifest), (f"Pulumi.{STACK}.yaml", {"config": dict(config)})):
        (directory / name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return directory
