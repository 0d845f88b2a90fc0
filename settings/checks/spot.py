"""Spot pools."""

from collections.abc import Iterator

from components.nodepool.settings import WorkloadNodePoolBase
from settings.checks.rule import Pool, rule
from settings.errors import Problem


@rule
def a_spot_price_is_one(pool: Pool) -> Iterator[Problem]:
    """A spot price is -1, or above 0 with at most five decimals."""
    if not isinstance(pool.settings, WorkloadNodePoolBase):
        return
    price = pool.settings.spot_max_price
    if price != -1 and (price <= 0 or round(price, 5) != price):
        yield Problem(
            path=pool.at("spotMaxPrice"),
            value=price,
            limit="-1, or above 0 with at most 5 decimals",
            reason="it is US dollars an hour; -1 stands for up to the regular price",
            remedy=f"spotMaxPrice: {round(price, 5)}" if round(price, 5) > 0 else "spotMaxPrice: -1",
        )


@rule
def a_spot_pool_has_no_surge(pool: Pool) -> Iterator[Problem]:
    """A spot pool sets no surge."""
    spot = isinstance(pool.settings, WorkloadNodePoolBase) and pool.settings.scale_set_priority == "Spot"
    upgrade = pool.settings.upgrade_settings
    if spot and "max_surge" in upgrade.model_fields_set:
        yield Problem(
            path=pool.at("upgradeSettings", "maxSurge"),
            value=upgrade.max_surge,
            limit="not on a spot pool",
            reason="AKS refuses it: an upgrade of spot nodes adds none before it takes some away",
            remedy="scaleSetPriority: Regular, or remove maxSurge",
        )
