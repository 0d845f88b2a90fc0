"""Where archives of remote charts lie on this computer, and which of them is the one that is asked for.

The directory mirrors the charts' addresses, so that two charts of one name and version are not mistaken for
each other: ``oci://registry.example/team/web`` of version 1.2.3 is ``registry.example/team/web-1.2.3.tgz``
there, and ``web`` of the repository ``https://charts.example/a`` is ``charts.example/a/web-1.2.3.tgz``.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import tarfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from sandbox.programs.program import cache_directory

DIRECTORY_VARIABLE: Final = "AKS_PLATFORM_CHARTS"
"""The environment variable that names another directory than ``charts`` in the project's cache."""

OCI: Final = "oci://"

# The schemas of schemas are carried by Helm.
_REMOTE_REFERENCE: Final = re.compile(rb'"\$ref"(\s*:\s*"https?://(?!json-schema\.org/))')
_ARCHIVE: Final = re.compile(r"(.+?)-(v?\d+\.\d+\.\d+.*)\.tgz")
_VERSION: Final = re.compile(r"v?(\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?)")


@dataclass(frozen=True)
class Remote:
    """A chart at an address.

    Attributes:
        reference: ``oci://...``, or the chart's name in the repository.
        repository: the repository's address; empty with ``oci://``.
    """

    reference: str
    repository: str = ""

    @property
    def name(self) -> str:
        """The chart's name."""
        return self.reference.rstrip("/").rpartition("/")[2]

    @property
    def directory(self) -> Path | None:
        """Where its archives lie; None where the address names no host, as with an alias of Helm's."""
        oci = self.reference.startswith(OCI)
        address = urlsplit(self.reference.rstrip("/").rpartition("/")[0] if oci else self.repository)
        parts = [address.netloc.rpartition("@")[2].lower(), *address.path.strip("/").split("/")]
        if not parts[0] or not {".", ".."}.isdisjoint((*parts, self.name)):
            return None
        return directory().joinpath(*parts)

    def archive(self, version: str) -> Path | None:
        """Where the archive of exactly this version lies or would lie; None where it cannot be kept."""
        exact = exact_version(version)
        found = self.directory
        if exact is None or found is None:
            return None
        with_v = found / f"{self.name}-v{exact}.tgz"
        return with_v if with_v.is_file() else found / f"{self.name}-{exact}.tgz"

    def versions(self) -> list[str]:
        """The versions whose archives are here."""
        listed = entries(self.directory).get(self.name, []) if self.directory else []
        return [entry["version"] for entry in listed if exact_version(entry["version"])]


def directory() -> Path:
    """The directory of all archives; it need not exist."""
    named = os.environ.get(DIRECTORY_VARIABLE)
    return Path(named).absolute() if named else cache_directory() / "charts"


def exact_version(version: str) -> str | None:
    """The version without a leading ``v``; None for a constraint, a part of a version and nothing at all."""
    match = _VERSION.fullmatch(version)
    return match[1] if match else None


def entries(place: Path) -> dict[str, list[dict[str, Any]]]:
    """The archives of a directory as the index of a repository lists them, by the charts' names."""
    found: dict[str, list[dict[str, Any]]] = {}
    for archive in sorted(place.glob("*.tgz")):
        if named := _ARCHIVE.fullmatch(archive.name):
            entry = {"apiVersion": "v2", "name": named[1], "version": named[2], "urls": [archive.name]}
            found.setdefault(named[1], []).append(entry)
    return found


def problem(archive: Path, name: str, version: str) -> str | None:
    """Why an archive is not the chart of this name and version, in one clause; None where it is."""
    try:
        # The whole of it, so that an archive whose end is missing or spoilt is noticed.
        content = gzip.decompress(archive.read_bytes())
        with tarfile.open(fileobj=io.BytesIO(content)) as members:
            file = members.extractfile(f"{name}/Chart.yaml")
            described = yaml.safe_load(file.read()) if file else {}
    except KeyError:
        return f"{archive} holds no chart {name}"
    except (tarfile.TarError, OSError, EOFError, zlib.error, yaml.YAMLError) as error:
        return f"{archive} is no archive of a chart: {' '.join(str(error).split())}"
    held = str(described.get("version", "")).removeprefix("v")
    return None if held == version.removeprefix("v") else f"{archive} holds version {held}, not {version}"


def without_remote_schemas(archive: Path) -> bytes:
    """The archive, its values schemas without references to other addresses.

    Helm would download these whenever it checks values, but the sandbox makes no request that the user did
    not ask for. Helm still checks the rest.
    """

    def local(name: str, content: bytes) -> bytes:
        is_schema = name.endswith("/values.schema.json")
        return _REMOTE_REFERENCE.sub(rb'"$comment"\1', content) if is_schema else content

    with tarfile.open(archive) as members:
        files = ((member.name, members.extractfile(member)) for member in members)
        return packed((name, local(name, file.read())) for name, file in files if file)


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Files, by their names, as Helm packs a chart: the same bytes each time, since a digest names them."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as members:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            members.addfile(member, io.BytesIO(content))
    return gzip.compress(archive.getvalue(), mtime=0)
