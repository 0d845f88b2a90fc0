"""Where archives of remote charts lie on this computer, and which of them is the one that is asked for.

The directory mirrors the charts' addresses, so that two charts of one name and version are not mistaken for
each other: ``oci://registry.example/team/web`` of version 1.2.3 is ``registry.example/team/web-1.2.3.tgz``
there, and ``web`` of the repository ``https://charts.example/a`` is ``charts.example/a/web-1.2.3.tgz``.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sandbox.programs.program import cache_directory

DIRECTORY_VARIABLE: Final = "AKS_PLATFORM_CHARTS"
"""The environment variable that names another directory than ``charts`` in the project's cache."""

OCI: Final = "oci://"

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
        """Where the archive of exactly this version lies or would lie; None where there is no such place."""
        exact = exact_version(version)
        found = self.directory
        if exact is None or found is None:
            return None
        with_v = found / f"{self.name}-v{exact}.tgz"
        return with_v if with_v.is_file() else found / f"{self.name}-{exact}.tgz"

    def versions(self) -> list[str]:
        """The versions whose archives are here."""
        found = self.directory
        if found is None or not found.is_dir():
            return []
        stems = (path.name.removesuffix(".tgz") for path in found.glob("*.tgz"))
        after = (stem.removeprefix(f"{self.name}-") for stem in stems if stem.startswith(f"{self.name}-"))
        return sorted(version for version in after if exact_version(version))


def directory() -> Path:
    """The directory of all archives; it need not exist."""
    named = os.environ.get(DIRECTORY_VARIABLE)
    return Path(named).absolute() if named else cache_directory() / "charts"


def exact_version(version: str) -> str | None:
    """The version without a leading ``v``; None for a constraint, a part of a version and nothing at all."""
    match = _VERSION.fullmatch(version)
    return match[1] if match else None
