"""Kubernetes versions of AKS, by the calendar in ``versions.toml``."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

from azure_facts.tables import table

_TABLE: Final = table("versions")

DEFAULT_MINOR: Final = "1.36"

_PLATFORM_SUPPORT: Final = 4
"""AKS keeps clusters on the newest version and the three before it running, even where support has ended.
https://learn.microsoft.com/azure/aks/supported-kubernetes-versions#platform-support-policy"""

_FORM: Final = re.compile(r"(?P<minor>1\.\d{1,2})(\.\d{1,2})?", re.ASCII)


def minor_of(version: str) -> str:
    """The minor version of a minor or patch version; raises ValueError for any other form."""
    match = _FORM.fullmatch(version)
    if match is None:
        raise ValueError(
            f"{version!r} is not a Kubernetes version such as {DEFAULT_MINOR} or {DEFAULT_MINOR}.5"
        )
    return match["minor"]


def today() -> date:
    """The day that the calendar is compared with."""
    return datetime.now(UTC).date()


def calendar(*, long_term: bool) -> Mapping[str, date]:
    """The last day of support of each minor version, oldest version first, with or without the LTS plan."""
    return _TABLE["long_term_support" if long_term else "community_support"]


def supported_minors(*, long_term: bool) -> list[str]:
    """The minor versions in support today, oldest first; the newest one where the table is out of date."""
    last_days = calendar(long_term=long_term)
    return [minor for minor, last in last_days.items() if last >= today()] or [*last_days][-1:]


def is_kept(minor: str) -> bool:
    """Whether AKS keeps clusters on ``minor`` running, but creates none: its support has ended lately."""
    kept = [*calendar(long_term=False)][-_PLATFORM_SUPPORT:]
    return minor in kept and minor not in supported_minors(long_term=False)


def minor_number(version: str) -> int:
    """The 36 of 1.36 and of 1.36.5."""
    return int(minor_of(version).partition(".")[2])


def is_older(version: str, than: str) -> bool:
    """Whether a version comes before another; 1.36 comes neither before nor after 1.36.5."""
    left, right = ([int(part) for part in each.split(".")] for each in (version, than))
    known = min(len(left), len(right))
    return left[:known] < right[:known]
