"""A chart that is there: a directory or an archive, which Helm itself renders."""

from __future__ import annotations

import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.kubernetes.charts import ChartError, Instance
from sandbox.kubernetes.kinds import Object


@dataclass(frozen=True)
class LocalChart:
    """See :class:`sandbox.kubernetes.charts.Chart`. Helm checks the values when it renders."""

    name: str
    version: str
    app_version: str
    path: Path

    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """Answer nothing: Helm knows."""
        return []

    def unknown(self, given: Mapping[str, Any]) -> list[str]:
        """Answer nothing: Helm does not say."""
        return []

    def directory(self, instance: Instance, given: Mapping[str, Any], work: Path) -> Path:
        """Answer where the chart is."""
        return self.path


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
    metadata: Object = yaml.safe_load(text) if text else {}
    if not isinstance(metadata, dict) or not metadata.get("name") or not metadata.get("version"):
        raise ChartError(f"Chart.yaml file is missing or names no chart and version in {path}")
    version = str(metadata["version"])
    return LocalChart(str(metadata["name"]), version, str(metadata.get("appVersion") or ""), path.resolve())


def _in_archive(path: Path) -> str | None:
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                if member.name.count("/") == 1 and member.name.endswith("/Chart.yaml"):
                    content = archive.extractfile(member)
                    return content.read().decode() if content else None
    except tarfile.TarError as error:
        raise ChartError(f"file '{path}' does not appear to be a gzipped archive: {error}") from error
    return None
