"""Which chart a Release means."""

from __future__ import annotations

from pathlib import Path

from sandbox.kubernetes.charts import ArchiveError, Chart, ChartError, local
from sandbox.kubernetes.charts.archives import OCI, Remote
from sandbox.kubernetes.charts.generic import GenericChart
from sandbox.kubernetes.charts.nginx_ingress import NginxIngressChart


def find(reference: str, version: str, repository: str = "") -> Chart:
    """The chart that a Release names, or a stand-in for it. Nothing but this computer is asked.

    A remote chart is the one whose archive of exactly that version is here (see ``archives``). Without a
    version, or with a constraint, the newest that the sandbox knows of is meant: its registry is not asked.

    Args:
        reference: the Release's ``chart``: a name, ``oci://...`` or the path of a directory.
        version: the Release's ``version``; empty for the newest that the sandbox knows of.
        repository: the Release's ``repositoryOpts.repo``.

    Raises:
        ArchiveError: what is at the chart's place is damaged, or another chart.
        ChartError: no chart can be there.
    """
    if not reference:
        where = f" in {repository} repository" if repository else ""
        raise ChartError(f'chart "" not found{where}: name the chart')
    found = local.read(Path(reference)) if not repository and not reference.startswith(OCI) else None
    if found is not None:
        return found
    if reference.startswith((".", "/")):
        raise ChartError(f'path "{reference}" not found')
    remote = Remote(reference, repository)
    version = version.removeprefix("v")
    if version and not version[0].isdigit() and version[0] not in "^~<>=*":
        raise ChartError(f"improper constraint: {version}")
    exact = version if version and version[0].isdigit() else ""
    stand_in: Chart = (
        NginxIngressChart(exact)
        if remote.name == "nginx-ingress"
        else GenericChart(remote.name, exact or "0.1.0", exact or "0.1.0")
    )
    archive = remote.archive(stand_in.version)
    return _kept(archive, remote, stand_in.version) if archive and archive.is_file() else stand_in


def _kept(archive: Path, remote: Remote, version: str) -> Chart:
    try:
        return local.read_exactly(archive, remote.name, version)
    except ChartError as error:
        raise ArchiveError(
            f"{error}. Delete it, and the chart is stood in for, or pull it anew with `make charts`"
        ) from error
