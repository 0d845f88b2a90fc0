"""How many nodes a pool may have."""

from collections.abc import Iterator

from settings.checks.rule import Pool, rule
from settings.errors import Mark, Problem

_FEWEST_PODS = 30


@rule
def a_pool_has_a_count_or_a_range(pool: Pool) -> Iterator[Problem]:
    """A pool says how many nodes it has: count, or both minCount and maxCount."""
    count, least, most = pool.settings.count, pool.settings.min_count, pool.settings.max_count
    range_given = {"min_count", "max_count"} & pool.settings.model_fields_set
    limit = "count, or both minCount and maxCount"
    if count is not None and range_given:
        yield Problem(
            path=pool.at("count"),
            value=count,
            limit=limit,
            reason="count fixes the number of nodes; minCount and maxCount leave it to the autoscaler",
            remedy=f"count: {count} alone, or minCount and maxCount alone",
        )
    elif count is None and least is None and most is None:
        yield Problem(
            path=pool.at("count"),
            value=Mark.MISSING,
            limit=limit,
            reason="nothing says how many nodes the pool has",
            remedy="minCount: 1 and maxCount: 3, or count: 3",
        )
    elif count is None and (least is None or most is None):
        absent, present = ("minCount", "maxCount") if least is None else ("maxCount", "minCount")
        value = most if least is None else least
        yield Problem(
            path=pool.at(absent),
            value=Mark.MISSING,
            limit=limit,
            reason="the cluster autoscaler needs both ends of the range",
            remedy=f"{absent}: {value} beside {present}: {value}, or count: {value} alone",
        )


@rule
def the_range_is_not_upside_down(pool: Pool) -> Iterator[Problem]:
    """The fewest nodes of a pool are not more than the most, and the most not 0."""
    least, most = pool.settings.min_count, pool.settings.max_count
    if not pool.settings.autoscaled or least is None or most is None:
        return
    if least > most:
        yield Problem(
            path=pool.at("minCount"),
            value=least,
            limit=f"at most maxCount ({most})",
            reason="an autoscaled pool has between minCount and maxCount nodes",
            remedy=f"minCount: {most} and maxCount: {least}",
        )
    elif most == 0:
        yield Problem(
            path=pool.at("maxCount"),
            value=most,
            limit="1 to 1000",
            reason="an autoscaled pool that may have no node takes no pod",
            remedy="maxCount: 1, or remove the pool",
        )


@rule
def a_system_pool_has_nodes(pool: Pool) -> Iterator[Problem]:
    """A pool of mode System always has a node."""
    for key, value in (("count", pool.settings.count), ("minCount", pool.settings.min_count)):
        if pool.system and value == 0:
            yield Problem(
                path=pool.at(key),
                value=value,
                limit="1 to 1000; 3 are recommended",
                reason="Kubernetes' own pods run on system pools, so AKS never lets one be empty",
                remedy=f"{key}: 3",
            )


@rule
def a_pool_holds_thirty_pods(pool: Pool) -> Iterator[Problem]:
    """The fewest nodes of a pool hold at least 30 pods."""
    fewest = max(1, (pool.settings.min_count if pool.settings.autoscaled else pool.settings.count) or 0)
    if fewest * pool.settings.max_pods < _FEWEST_PODS:
        yield Problem(
            path=pool.at("maxPods"),
            value=pool.settings.max_pods,
            limit=f"at least {-(-_FEWEST_PODS // fewest)} with {fewest} node{'s' if fewest > 1 else ''}",
            reason=f"AKS refuses a pool whose nodes hold fewer than {_FEWEST_PODS} pods together",
            remedy=f"maxPods: {-(-_FEWEST_PODS // fewest)}",
        )
