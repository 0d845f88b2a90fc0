"""The rules between settings: one small named function each, which asks by parameter name for what it needs.

A rule runs where all that it asks for could be read. It may ask for the top-level keys in snake_case
(``network``, ``cluster``, ``node_pools``, ...), for ``system_pool``, ``location``, ``place`` (what is known
of the location) and ``stack`` (the stack's name). A rule that asks for ``pool`` runs once for every pool.
"""

from settings.checks import (  # noqa: F401 - each import registers its rules
    capacity,
    counts,
    gpus,
    labels_and_taints,
    names,
    networks,
    os_disks,
    places,
    sizes,
    spot,
    tiers,
    unused,
    upgrades,
)
from settings.checks.rule import RULES, Pool, problems

__all__ = ["RULES", "Pool", "problems"]
