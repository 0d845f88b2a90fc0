"""Azure changes one thing of a cluster, or of a virtual network, at a time."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from sandbox.azure.pending import PendingOperations
from sandbox.azure.refusal import Refusal

CLUSTER_TYPE = "Microsoft.ContainerService/managedClusters"
POOL_TYPE = f"{CLUSTER_TYPE}/agentPools"
AKS = f"/subscriptions/s/resourceGroups/rg/providers/{CLUSTER_TYPE}/aks"
NETWORK_TYPE = "Microsoft.Network/virtualNetworks"
SUBNET_TYPE = f"{NETWORK_TYPE}/subnets"
PEERING_TYPE = f"{NETWORK_TYPE}/virtualNetworkPeerings"
NETWORK = f"/subscriptions/s/resourceGroups/rg/providers/{NETWORK_TYPE}/vnet"
LONG = 60.0
"""Seconds for which no test waits: what ends them is another operation."""


def _begun(
    pending: PendingOperations, arm_type: str, resource_id: str, operation: str
) -> tuple[Thread, Event]:
    """An operation that is done, and keeps its cluster until another meets it."""
    done = Event()

    def work() -> None:
        with pending.alone(arm_type, resource_id, operation):
            done.set()

    thread = Thread(target=work)
    thread.start()
    assert done.wait(LONG)
    return thread, done


@pytest.mark.parametrize(
    ("first", "second", "code", "says"),
    [
        (
            (POOL_TYPE, f"{AKS}/agentPools/a"),
            (POOL_TYPE, f"{AKS}/agentPools/b"),
            "OperationNotAllowed",
            "Another agentpool operation (a - Creating) is in progress",
        ),
        (
            (POOL_TYPE, f"{AKS}/agentPools/a"),
            (CLUSTER_TYPE, AKS),
            "OperationNotAllowed",
            "Another agentpool operation (a - Creating) is in progress",
        ),
        (
            (CLUSTER_TYPE, AKS.upper()),
            (POOL_TYPE, f"{AKS}/agentPools/b"),
            "OperationNotAllowed",
            "Another operation (AKS - Creating) is in progress",
        ),
        (
            (SUBNET_TYPE, f"{NETWORK}/subnets/a"),
            (SUBNET_TYPE, f"{NETWORK}/subnets/b"),
            "AnotherOperationInProgress",
            f"{NETWORK}/subnets/a",
        ),
        (
            (NETWORK_TYPE, NETWORK),
            (PEERING_TYPE, f"{NETWORK}/virtualNetworkPeerings/hub"),
            "AnotherOperationInProgress",
            "Another operation on this or dependent resource is in progress",
        ),
    ],
)
def test_an_operation_that_does_not_wait_for_another_of_its_cluster_or_network_is_refused(
    first: tuple[str, str], second: tuple[str, str], code: str, says: str
) -> None:
    pending = PendingOperations(LONG)
    thread, _ = _begun(pending, *first, "create")
    with pytest.raises(Refusal) as caught, pending.alone(*second, "update"):
        pytest.fail("it was let through")
    assert (caught.value.status, caught.value.code) == (409, code)
    assert says in caught.value.message
    thread.join(LONG)
    assert not thread.is_alive(), "what has been met keeps the cluster no longer"


@pytest.mark.parametrize(
    ("arm_type", "resource_id"),
    [
        (POOL_TYPE, f"{AKS}2/agentPools/a"),
        (f"{CLUSTER_TYPE}/maintenanceConfigurations", f"{AKS}/maintenanceConfigurations/m"),
        (SUBNET_TYPE, f"{NETWORK}/subnets/a"),
    ],
)
def test_other_clusters_and_networks_may_be_changed_meanwhile(arm_type: str, resource_id: str) -> None:
    pending = PendingOperations()
    with (
        pending.alone(POOL_TYPE, f"{AKS}/agentPools/a", "update"),
        pending.alone(arm_type, resource_id, "update"),
    ):
        pass


def test_an_operation_that_fails_lets_go_of_its_cluster() -> None:
    pending = PendingOperations(LONG)
    with pytest.raises(Refusal), pending.alone(CLUSTER_TYPE, AKS, "update"):
        raise Refusal(400, "BadRequest", "no")
    thread, _ = _begun(pending, CLUSTER_TYPE, AKS, "update")
    with pytest.raises(Refusal), pending.alone(CLUSTER_TYPE, AKS, "delete"):
        pass
    thread.join(LONG)
