"""Which stand-in a Release's chart gets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from sandbox.kubernetes.charts import Chart, ChartError
from sandbox.kubernetes.charts.generic import GenericChart
from sandbox.kubernetes.charts.nginx_ingress import NginxIngressChart


def find(reference: str, version: str, repository: str = "") -> Chart:
    """The stand-in for a chart as a Release names it.

    Args:
        reference: the Release's ``chart``: a name, ``oci://...`` or the path of a directory.
        version: the Release's ``version``; empty for the newest that the sandbox knows of.
        repository: the Release's ``repositoryOpts.repo``.

    Raises:
        ChartError: no chart can be there.
    """
    if not reference:
        where = f" in {repository} repository" if repository else ""
        raise ChartError(f'chart "" not found{where}: name the chart')
    metadata = _local(reference) if not repository else None
    if metadata is None and (reference.startswith((".", "/"))):
        raise ChartError(f'path "{reference}" not found')
    name = str((metadata or {}).get("name") or reference.rstrip("/").rpartition("/")[2])
    version = str((metadata or {}).get("version") or version).removeprefix("v")
    if version and not version[0].isdigit() and version[0] not in "^~<>=*":
        raise ChartError(f"improper constraint: {version}")
    exact = version if version and version[0].isdigit() else ""
    if name == "nginx-ingress":
        return NginxIngressChart(exact)
    return GenericChart(name, exact or "0.1.0", str((metadata or {}).get("appVersion") or exact or "0.1.0"))


def _local(reference: str) -> dict[str, Any] | None:
    described = Path(reference) / "Chart.yaml"
    if reference.startswith("oci://") or not described.is_file():
        return None
    parsed = yaml.safe_load(described.read_text())
    return parsed if isinstance(parsed, dict) else None
