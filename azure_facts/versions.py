"""Kubernetes versions of AKS, by the calendar in ``versions.toml``."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

from azure_facts.tables import table

_TABLE: Final = table("versions")

COMMUNITY_SUPPORT: Final[Mapping[str, date]] = _TABLE["community_support"]
"""The last day on which AKS supports each minor version, oldest version first."""

LONG_TERM_SUPPORT: Final[Mapping[str, date]] = _TABLE["long_term_support"]
"""The same under the plan AKSLongTermSupport."""

DEFAULT_MINOR: Final = "1.36"

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
