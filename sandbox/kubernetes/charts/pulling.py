"""Pulling a remote chart, by Helm and only when somebody asks for it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.kubernetes import helm_command
from sandbox.kubernetes.charts import ChartError, archives, local
from sandbox.kubernetes.charts.archives import OCI, Remote
from sandbox.programs.console import SetupError, say, step


def pull(remote: Remote, version: str) -> Path:
    """The archive of a chart; pulled where it is not here yet, or what is here is damaged.

    Args:
        remote: the chart's address.
        version: the exact version.

    Raises:
        SetupError: the chart cannot be had, or is not the one that was asked for. Nothing is left behind.
    """
    place = remote.archive(version)
    if place is None:
        raise SetupError(
            f"{remote.reference!r} of version {version!r} is no chart that can be pulled. Name {OCI}... or a "
            "name with --repo, and the exact --version, such as 1.2.3."
        )
    if _is_whole(place, remote, version):
        say(f"{place} is here already.")
        return place
    archives.directory().mkdir(parents=True, exist_ok=True)
    # Beside its place, so that the archive is moved there in one piece.
    with TemporaryDirectory(prefix=".pulling-", dir=archives.directory()) as scratch:
        with step(f"Pulling the chart {remote.name} {version} from {remote.repository or remote.reference}"):
            pulled = _pulled(remote, version, Path(scratch), place)
        place.parent.mkdir(parents=True, exist_ok=True)
        pulled.replace(place)
    say(f"It is {place}.")
    return place


def _pulled(remote: Remote, version: str, scratch: Path, place: Path) -> Path:
    repository = [f"--repo={remote.repository}"] if remote.repository else []
    try:
        helm_command.run(
            ["pull", remote.reference, f"--version={version}", f"--destination={scratch}", *repository]
        )
    except helm_command.HelmError as error:
        said = " ".join(str(error).split()).rstrip(".")
        raise SetupError(
            f"Helm cannot pull the chart {remote.name} {version}: {said}. Try again where its registry can "
            f"be reached, or bring the archive and put it at {place}. Until then the sandbox stands in for "
            "the chart."
        ) from error
    pulled = next(scratch.glob("*.tgz"), None)
    if pulled is None:
        raise SetupError(f"Helm pulled no archive of the chart {remote.name} {version}.")
    try:
        local.read_exactly(pulled, remote.name, version)
    except ChartError as error:
        raise SetupError(f"What Helm pulled is not the chart that was asked for: {error}.") from error
    return pulled


def _is_whole(place: Path, remote: Remote, version: str) -> bool:
    try:
        return place.is_file() and bool(local.read_exactly(place, remote.name, version))
    except ChartError as error:
        say(f"{error}; it is pulled anew.")
        return False
