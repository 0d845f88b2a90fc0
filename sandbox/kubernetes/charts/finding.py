"""Which chart a Release means."""

from __future__ import annotations

from pathlib import Path

from sandbox.kubernetes.charts import Chart, ChartError, local
from sandbox.kubernetes.charts.generic import GenericChart
from sandbox.kubernetes.charts.nginx_ingress import NginxIngressChart


def find(reference: str, version: str, repository: str = "") -> Chart:
    """The chart that a Release names, or a stand-in for it.

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
    found = local.read(Path(reference)) if not repository and not reference.startswith("oci://") else None
    if found is not None:
        return found
    if reference.startswith((".", "/")):
        raise ChartError(f'path "{reference}" not found')
    name = reference.rstrip("/").rpartition("/")[2]
    version = version.removeprefix("v")
    if version and not version[0].isdigit() and version[0] not in "^~<>=*":
        raise ChartError(f"improper constraint: {version}")
    exact = version if version and version[0].isdigit() else ""
    if name == "nginx-ingress":
        return NginxIngressChart(exact)
    return GenericChart(name, exact or "0.1.0", exact or "0.1.0")
