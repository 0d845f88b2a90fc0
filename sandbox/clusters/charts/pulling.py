"""Pulls a remote chart with Helm, and only on request."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.clusters.charts import archives
from sandbox.clusters.charts.archives import OCI, Remote
from sandbox.programs import binaries
from sandbox.programs.console import SetupError, say, step


def pull(remote: Remote, version: str) -> Path:
    """The archive of a chart; pulled where it is not here yet, or what is here is damaged.

    Args:
        remote: the chart's address.
        version: the exact version.

    Raises:
        SetupError: the chart is not available, or is not the one requested. Nothing is left behind.
    """
    place = remote.archive(version)
    if place is None:
        raise SetupError(
            f"{remote.reference!r} of version {version!r} cannot be pulled. Name {OCI}... or a "
            "name with --repo, and the exact --version, such as 1.2.3."
        )
    if place.is_file():
        wrong = archives.problem(place, remote.name, version)
        say(f"{wrong}; pulling it again." if wrong else f"{place} is here already.")
        if not wrong:
            return place
    archives.directory().mkdir(parents=True, exist_ok=True)
    # Beside its place, so that the archive is moved there in one piece.
    with TemporaryDirectory(prefix=".pulling-", dir=archives.directory()) as scratch:
        with step(f"Pulling the chart {remote.name} {version} from {remote.repository or remote.reference}"):
            pulled = _pulled(remote, version, Path(scratch), place)
        place.parent.mkdir(parents=True, exist_ok=True)
        pulled.replace(place)
    say(f"Saved as {place}.")
    return place


def _pulled(remote: Remote, version: str, scratch: Path, place: Path) -> Path:
    repository = [f"--repo={remote.repository}"] if remote.repository else []
    # Its own home, so that the repositories and plugins of the user's Helm play no part.
    home = {f"HELM_{name}_HOME": str(scratch / name.lower()) for name in ("CACHE", "CONFIG", "DATA")}
    ended = subprocess.run(
        [
            str(binaries.ensure("helm")), "pull", remote.reference, f"--version={version}",
            f"--destination={scratch}", *repository,
        ],
        env={key: value for key, value in os.environ.items() if not key.startswith("HELM_")} | home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if ended.returncode:
        said = " ".join(ended.stderr.rpartition("Error: ")[2].split()).rstrip(".")
        raise SetupError(
            f"Helm cannot pull the chart {remote.name} {version}: {said}. Try again where its registry can "
            f"be reached, or put the archive at {place} by hand. Until then the sandbox uses a "
            "stand-in."
        )
    pulled = next(scratch.glob("*.tgz"), None)
    if pulled is None:
        raise SetupError(f"Helm pulled no archive of the chart {remote.name} {version}.")
    if wrong := archives.problem(pulled, remote.name, version):
        raise SetupError(f"What Helm pulled is not the requested chart: {wrong}.")
    return pulled
