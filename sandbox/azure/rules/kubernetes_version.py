"""Comparing Kubernetes versions, where a minor version stands for any of its patches."""

from __future__ import annotations

from typing import Final

FURTHEST_BEHIND: Final = 3
"""Minor versions that a node pool may be older than the control plane."""


def parts(version: str) -> list[int]:
    """Return the numbers of a version such as 1.36 or 1.36.5; what is no number counts as 0."""
    return [int(part) if part.isdecimal() else 0 for part in version.split(".")]


def minor_number(version: str) -> int:
    """Return the 36 of 1.36.5."""
    return [*parts(version), 0, 0][1]


def is_older(version: str, than: str) -> bool:
    """Say whether a version comes before another; 1.36 comes neither before nor after 1.36.5."""
    left, right = parts(version), parts(than)
    known = min(len(left), len(right))
    return left[:known] < right[:known]
