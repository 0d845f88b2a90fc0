"""Kubernetes versions that AKS offers.

Source: https://learn.microsoft.com/azure/aks/supported-kubernetes-versions and the AKS release notes up to
October 2026.
"""

import re
from typing import Final

SUPPORTED_MINORS: Final = ("1.35", "1.36", "1.37")
"""Under community support. 1.34 is left out: its support ends with November 2026."""

LONG_TERM_SUPPORT_MINORS: Final = ("1.32", "1.33", "1.34", "1.35", "1.36", "1.37")
"""Offered under the plan AKSLongTermSupport."""

DEFAULT_MINOR: Final = "1.36"

_FORM: Final = re.compile(r"(?P<minor>1\.\d{1,2})(\.\d{1,2})?")


def minor_of(version: str) -> str:
    """The minor version of a minor or patch version; raises ValueError for any other form."""
    match = _FORM.fullmatch(version)
    if match is None:
        raise ValueError(
            f"{version!r} is not a Kubernetes version such as {DEFAULT_MINOR} or {DEFAULT_MINOR}.5"
        )
    return match["minor"]
