"""What Azure's load balancer makes of a Service."""

from __future__ import annotations

import pytest

from sandbox.cloud import Resource
from tests.unit.sandbox.kubernetes.driver import (
    GROUP,
    NODE_GROUP,
    SERVICE,
    SUBNET_ID,
    SUBSCRIPTION,
    AbortedError,
    Driver,
    put_public_ip,
    put_role_assignment,
    service,
)

PREFIX = "service.beta.kubernetes.io/azure-"
NAMED = {f"{PREFIX}pip-name": "pip-ingress", f"{PREFIX}load-balancer-resource-group": "rg-platform"}
INTERNAL = {f"{PREFIX}load-balancer-internal": "true"}
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"


def address(driver: Driver, annotations: dict[str, str]) -> str:
    outputs = driver.make(SERVICE, "web", service(annotations)).outputs
    return outputs["status"]["loadBalancer"]["ingress"][0]["ip"]


def event(driver: Driver, annotations: dict[str, str]) -> str:
    with pytest.raises(AbortedError):
        driver.make(SERVICE, "web", service(annotations))
    summary, reason, warning = driver.reasons()
    assert summary.endswith("'web' timed out waiting to be Ready")
    assert reason == "Service was not allocated an IP address; does your cloud provider support this?"
    return warning.removeprefix(
        "[SyncLoadBalancerFailed] Error syncing load balancer: failed to ensure load balancer: "
    )


def test_a_service_without_annotations_gets_an_address(engine: Driver) -> None:
    assert address(engine, {}).startswith("198.51.100.")


def test_a_cluster_service_gets_no_address(engine: Driver) -> None:
    outputs = engine.make(SERVICE, "web", service(type="ClusterIP")).outputs
    assert outputs["status"] == {"loadBalancer": {}}


@pytest.mark.parametrize("scope", [GROUP, SUBSCRIPTION], ids=["resource group", "subscription"])
def test_a_named_public_ip_serves_an_identity_with_rights_at_its_group_or_above(
    engine: Driver, scope: str
) -> None:
    put_public_ip(engine.cloud)
    put_role_assignment(engine.cloud, scope)
    assert address(engine, NAMED) == "203.0.113.7"


def test_contributor_is_enough(engine: Driver) -> None:
    put_public_ip(engine.cloud)
    put_role_assignment(engine.cloud, GROUP, CONTRIBUTOR)
    assert address(engine, NAMED) == "203.0.113.7"


def test_a_named_public_ip_in_the_node_resource_group_needs_no_assignment(engine: Driver) -> None:
    put_public_ip(engine.cloud, group=NODE_GROUP)
    assert address(engine, {f"{PREFIX}pip-name": "pip-ingress"}) == "203.0.113.7"


def test_the_service_is_known_to_use_its_public_ip(engine: Driver) -> None:
    public_ip_id = put_public_ip(engine.cloud)
    put_role_assignment(engine.cloud, GROUP)
    made = engine.make(SERVICE, "web", service(NAMED))
    assert [user.type for user in engine.cloud.referencing(public_ip_id)] == ["Kubernetes/services"]
    engine.delete(made)
    assert engine.cloud.referencing(public_ip_id) == []


@pytest.mark.parametrize("role", [None, READER], ids=["no assignment", "reader"])
def test_an_identity_without_rights_leaves_the_service_pending(engine: Driver, role: str | None) -> None:
    put_public_ip(engine.cloud)
    if role:
        put_role_assignment(engine.cloud, GROUP, role)
    answer = event(engine, NAMED)
    assert "ERROR CODE: AuthorizationFailed" in answer
    assert "'Microsoft.Network/publicIPAddresses/read'" in answer
    assert f"over scope '{GROUP}/providers/Microsoft.Network'" in answer


def test_rights_at_a_sibling_group_are_not_enough(engine: Driver) -> None:
    put_public_ip(engine.cloud)
    put_role_assignment(engine.cloud, GROUP[:-1])
    assert "AuthorizationFailed" in event(engine, NAMED)


def test_a_public_ip_that_does_not_exist_leaves_the_service_pending(engine: Driver) -> None:
    put_role_assignment(engine.cloud, GROUP)
    assert (
        event(engine, NAMED)
        == "PublicIP from annotation azure-pip-name(-IPv6)=pip-ingress for service default/web doesn't exist"
    )


def test_a_public_ip_without_its_group_is_looked_for_in_the_node_resource_group(engine: Driver) -> None:
    put_public_ip(engine.cloud)
    put_role_assignment(engine.cloud, GROUP)
    assert event(engine, {f"{PREFIX}pip-name": "pip-ingress"}).endswith("doesn't exist")


def test_a_basic_public_ip_leaves_the_service_pending(engine: Driver) -> None:
    put_public_ip(engine.cloud, sku="Basic")
    put_role_assignment(engine.cloud, GROUP)
    assert event(engine, NAMED).startswith("Code=PublicIPAndLBSkuDoNotMatch")


def test_a_public_ip_of_another_region_leaves_the_service_pending(engine: Driver) -> None:
    put_public_ip(engine.cloud, location="northeurope")
    put_role_assignment(engine.cloud, GROUP)
    assert event(engine, NAMED).endswith("both resources are in the same region.")


def test_a_public_ip_of_a_nat_gateway_leaves_the_service_pending(engine: Driver) -> None:
    public_ip_id = put_public_ip(engine.cloud)
    put_role_assignment(engine.cloud, GROUP)
    gateway_id = f"{GROUP}/providers/Microsoft.Network/natGateways/ng"
    engine.cloud.put(
        Resource(
            id=gateway_id,
            type="Microsoft.Network/natGateways",
            name="ng",
            inputs={"publicIpAddresses": [{"id": public_ip_id}]},
        )
    )
    assert event(engine, NAMED).startswith(f"Code=PublicIPAddressInUse Message=Resource {gateway_id}")


def test_the_next_update_gives_the_address_once_the_cause_is_gone(engine: Driver) -> None:
    event(engine, NAMED)
    failed = engine.failed(SERVICE, "web", service(NAMED))
    put_public_ip(engine.cloud)
    put_role_assignment(engine.cloud, GROUP)
    updated = engine.update(failed, service(NAMED))
    assert updated.outputs["status"]["loadBalancer"]["ingress"] == [{"ip": "203.0.113.7", "ipMode": "VIP"}]
    assert engine.kinds() == ["Service/web"]


def test_an_internal_load_balancer_gets_an_address_of_the_nodes_subnet(engine: Driver) -> None:
    put_role_assignment(engine.cloud, GROUP)
    assert address(engine, INTERNAL).startswith("10.224.0.")


def test_an_internal_load_balancer_gets_the_address_that_it_asks_for(engine: Driver) -> None:
    put_role_assignment(engine.cloud, GROUP)
    assert address(engine, {**INTERNAL, f"{PREFIX}load-balancer-ipv4": "10.224.0.99"}) == "10.224.0.99"


def test_an_address_outside_the_subnet_leaves_the_service_pending(engine: Driver) -> None:
    put_role_assignment(engine.cloud, GROUP)
    answer = event(engine, {**INTERNAL, f"{PREFIX}load-balancer-ipv4": "10.9.0.1"})
    assert answer.startswith("Code=PrivateIPAddressNotInSubnet")


def test_an_internal_load_balancer_needs_rights_on_its_subnet(engine: Driver) -> None:
    answer = event(engine, INTERNAL)
    assert answer.startswith("Code=LinkedAuthorizationFailed")
    assert SUBNET_ID in answer


def test_an_internal_load_balancer_needs_the_subnet_that_it_names(engine: Driver) -> None:
    put_role_assignment(engine.cloud, GROUP)
    assert (
        event(engine, {**INTERNAL, f"{PREFIX}load-balancer-internal-subnet": "ingress"})
        == "ensure(default/web): lb(kubernetes-internal) - failed to get subnet: vnet/ingress"
    )
