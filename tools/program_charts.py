"""The Helm charts that the program installs."""

from __future__ import annotations

from typing import Final, NamedTuple

from components import nginx_ingress


class ProgramChart(NamedTuple):
    """A chart at an address.

    Attributes:
        reference: where it is, ``oci://...``.
        version: the exact version.
    """

    reference: str
    version: str


CHARTS: Final = (ProgramChart(nginx_ingress.CHART, nginx_ingress.CHART_VERSION),)
"""All of them, each at the address and of the version that its component names."""
