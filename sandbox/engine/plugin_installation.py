"""The plugins of the engine, put where it looks for installed ones: providers and the language host.

What a plugin answers is not decided here but in its module.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from sandbox.engine.directory import write

_CHECKOUT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """A provider plugin that stands in for an official one.

    Attributes:
        distribution: the Python distribution whose version the engine asks for, such as
            `pulumi-azure-native`.
        module: the Python module that serves the plugin when run with `python -m`.
        path: the directory that `module` is imported from.
    """

    distribution: str
    module: str
    path: Path = _CHECKOUT


PLUGINS: Final[Mapping[str, Plugin]] = {
    "azure-native": Plugin(distribution="pulumi-azure-native", module="sandbox.azure"),
}
"""The stand-ins by the name of the provider that they stand in for."""

_LANGUAGE_HOST: Final = Plugin(distribution="pulumi", module="sandbox.engine.language_host")


def install(home: Path, plugins: Mapping[str, Plugin]) -> None:
    """Write provider plugins and the language host into the home of a Pulumi CLI.

    Args:
        home: the CLI's home.
        plugins: the provider plugins by provider name.
    """
    for name, plugin in plugins.items():
        _write(home, f"resource-{name}", plugin)
    _write(home, "language-python", _LANGUAGE_HOST)


def _write(home: Path, name: str, plugin: Plugin) -> None:
    script = (
        "#!/bin/sh\n"
        f"export PYTHONPATH={shlex.quote(str(plugin.path))}${{PYTHONPATH:+:$PYTHONPATH}}\n"
        f'exec {shlex.quote(sys.executable)} -P -u -m {plugin.module} "$@"\n'
    )
    directory = f"{name}-v{metadata.version(plugin.distribution)}"
    write(home / "plugins" / directory / f"pulumi-{name}", script, mode=0o755)
