"""What of others the nodes are placed on or near, and what the cluster needs to be allowed there. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from components.nodepool.settings import NodePoolBase


def contributor_scopes(pools: Iterable[NodePoolBase]) -> Mapping[str, str]:
    """Where the control plane has to be Contributor, by purpose: ARM ids.

    Azure's documents ask for that on the resource group of a capacity reservation group or a host group. A
    proximity placement group is written when nodes join it.

    https://learn.microsoft.com/azure/aks/use-capacity-reservation-groups
    https://learn.microsoft.com/azure/aks/use-azure-dedicated-hosts
    https://learn.microsoft.com/azure/aks/aks-service-permissions
    """
    scopes = {scope.lower(): scope for pool in pools for scope in _scopes(pool)}
    return {"-".join(key.split("/")[4::4]): scope for key, scope in sorted(scopes.items())}


def _scopes(pool: NodePoolBase) -> Iterator[str]:
    if pool.proximity_placement_group_id:
        yield pool.proximity_placement_group_id
    for group in (pool.capacity_reservation_group_id, pool.host_group_id):
        if group:
            yield group.partition("/providers/")[0]
