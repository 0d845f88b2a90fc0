"""Charts of ours for charts that are not on this computer: the one of the same name, else `generic`.

Their Chart.yaml and every object that they make say so in an annotation.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

from sandbox.clusters.charts.archives import packed

_CHARTS: Final = Path(__file__).parent
_DESCRIPTION: Final = "Chart.yaml"


def newest(name: str) -> str:
    """The version that is meant where none is asked for."""
    return str(_description(name)["version"])


def archive(name: str, version: str) -> bytes:
    """The chart of this name as Helm packs it, with this version."""
    chart = _directory(name)
    files = {str(path.relative_to(chart)): path for path in sorted(chart.rglob("*")) if path.is_file()}
    contents = {path: file.read_bytes() for path, file in files.items()}
    contents[_DESCRIPTION] = yaml.safe_dump({**_description(name), "name": name, "version": version}).encode()
    return packed((f"{name}/{path}", content) for path, content in contents.items())


def _description(name: str) -> dict[str, Any]:
    return yaml.safe_load((_directory(name) / _DESCRIPTION).read_text(encoding="utf-8"))


def _directory(name: str) -> Path:
    described = _CHARTS / name
    return described if (described / _DESCRIPTION).is_file() else _CHARTS / "generic"
