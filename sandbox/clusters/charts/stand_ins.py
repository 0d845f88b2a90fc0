"""Charts of ours for charts that are not on this computer: the one of the same name, else `generic`.

Their Chart.yaml and every object that they make say so in an annotation.
"""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path
from typing import Any, Final

import yaml

_CHARTS: Final = Path(__file__).parent
_DESCRIPTION: Final = "Chart.yaml"


def newest(name: str) -> str:
    """The version that is meant where none is asked for."""
    return str(_description(name)["version"])


def archive(name: str, version: str) -> bytes:
    """The chart of this name as Helm packs it, with this version."""
    description = {**_description(name), "name": name, "version": version}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as file:
        for path in sorted(path for path in _directory(name).rglob("*") if path.is_file()):
            relative = str(path.relative_to(_directory(name)))
            content = yaml.safe_dump(description).encode() if relative == _DESCRIPTION else path.read_bytes()
            member = tarfile.TarInfo(f"{name}/{relative}")
            member.size = len(content)
            file.addfile(member, io.BytesIO(content))
    # The same bytes each time: their digest names them.
    return gzip.compress(packed.getvalue(), mtime=0)


def _description(name: str) -> dict[str, Any]:
    return yaml.safe_load((_directory(name) / _DESCRIPTION).read_text(encoding="utf-8"))


def _directory(name: str) -> Path:
    described = _CHARTS / name
    return described if (described / _DESCRIPTION).is_file() else _CHARTS / "generic"
