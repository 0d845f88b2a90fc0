"""A chart that is there: a directory or an archive, which Helm itself renders."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.kubernetes.charts import ChartError, Instance, schemas
from sandbox.kubernetes.kinds import Object


@dataclass(frozen=True)
class LocalChart:
    """See :class:`sandbox.kubernetes.charts.Chart`. Helm checks the values when it renders."""

    name: str
    version: str
    app_version: str
    path: Path

    @property
    def stands_in(self) -> bool:
        """Never: it is the chart."""
        return False

    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """Answer nothing: Helm knows."""
        return []

    def unknown(self, given: Mapping[str, Any]) -> list[str]:
        """Answer nothing: Helm does not say."""
        return []

    def directory(self, instance: Instance, given: Mapping[str, Any], work: Path) -> Path:
        """Answer where the chart is, or a copy whose values schema asks for nothing on the network."""
        return schemas.without_remote_parts(self.path, work)


def read(path: Path) -> LocalChart | None:
    """The chart in a directory or an archive; None where there is neither.

    Raises:
        ChartError: what is there is no chart.
    """
    if path.is_dir():
        described = path / "Chart.yaml"
        text = described.read_text() if described.is_file() else None
    elif path.is_file():
        text = _in_archive(path)
    else:
        return None
    try:
        metadata: Object = yaml.safe_load(text) if text else {}
    except yaml.YAMLError as error:
        raise ChartError(f"Chart.yaml is no YAML in {path}: {' '.join(str(error).split())}") from error
    if not isinstance(metadata, dict) or not metadata.get("name") or not metadata.get("version"):
        raise ChartError(f"Chart.yaml file is missing or names no chart and version in {path}")
    version = str(metadata["version"])
    return LocalChart(str(metadata["name"]), version, str(metadata.get("appVersion") or ""), path.resolve())


def read_exactly(archive: Path, name: str, version: str) -> LocalChart:
    """The chart in an archive, if it has this name and version; a leading ``v`` makes no difference.

    Raises:
        ChartError: it is damaged, or another; the text names its path.
    """
    found = read(archive)
    if found is None:
        raise ChartError(f"file '{archive}' does not exist")
    held, wanted = f"{found.name} {found.version.removeprefix('v')}", f"{name} {version.removeprefix('v')}"
    if held != wanted:
        raise ChartError(f"file '{archive}' holds the chart {held}, not {wanted}")
    return found


def _in_archive(path: Path) -> str | None:
    try:
        # The whole of it, so that an archive whose end is missing or spoilt is refused here, by its path.
        content = gzip.decompress(path.read_bytes())
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member in archive:
                if member.name.count("/") == 1 and member.name.endswith("/Chart.yaml"):
                    file = archive.extractfile(member)
                    return file.read().decode() if file else None
    except (tarfile.TarError, OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ChartError(f"file '{path}' does not appear to be a gzipped archive: {error}") from error
    return None
