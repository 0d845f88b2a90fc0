"""What Azure's load balancer makes of a Service."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.azure.cloud import Cloud, Resource
from sandbox.clusters.load_balancers import demand
from sandbox.clusters.load_balancers.free_address import NoAddressError
from sandbox.clusters.load_balancers.frontends import Frontend, frontend
from sandbox.tests.unit.clusters.load_balancers.conftest import (
    CLUSTER_ID,
    GROUP,
    NODE_GROUP,
    SUBNET_ID,
    SUBSCRIPTION,
    put_public_ip,
    put_role_assignment,
    service,
)

PREFIX = "service.beta.kubernetes.io/azure-"
NAMED = {f"{PREFIX}pip-name": "pip-ingress", f"{PREFIX}load-balancer-resource-group": "rg-platform"}
INTERNAL = {f"{PREFIX}load-balancer-internal": "true"}
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"


def answer(cloud: Cloud, annotations: dict[str, str]) -> Frontend:
    cluster = cloud.get(CLUSTER_ID)
    assert cluster is not None
    wanted = service(annotations)
    wanted["metadata"]["namespace"] = "default"
    (asked,) = demand.of(wanted)
    return frontend(asked, cluster, cloud, set())


def address(cloud: Cloud, annotations: dict[str, str]) -> str:
    return answer(cloud, annotations).address


def event(cloud: Cloud, annotations: dict[str, str]) -> str:
    with pytest.raises(NoAddressError) as error:
        answer(cloud, annotations)
    return str(error.value).removeprefix("Error syncing load balancer: failed to ensure load balancer: ")


def test_a_service_without_annotations_gets_an_address(cloud: Cloud) -> None:
    assert address(cloud, {}).startswith("198.51.100.")


@pytest.mark.parametrize("scope", [GROUP, SUBSCRIPTION], ids=["resource group", "subscription"])
def test_a_named_public_ip_serves_an_identity_with_rights_at_its_group_or_above(
    cloud: Cloud, scope: str
) -> None:
    put_public_ip(cloud)
    put_role_assignment(cloud, scope)
    assert address(cloud, NAMED) == "203.0.113.7"


def test_contributor_is_enough(cloud: Cloud) -> None:
    put_public_ip(cloud)
    put_role_assignment(cloud, GROUP, CONTRIBUTOR)
    assert address(cloud, NAMED) == "203.0.113.7"


def test_a_named_public_ip_in_the_node_resource_group_needs_no_assignment(cloud: Cloud) -> None:
    put_public_ip(cloud, group=NODE_GROUP)
    assert address(cloud, {f"{PREFIX}pip-name": "pip-ingress"}) == "203.0.113.7"


def test_the_service_is_known_to_use_its_public_ip(cloud: Cloud) -> None:
    public_ip_id = put_public_ip(cloud)
    put_role_assignment(cloud, GROUP)
    assert answer(cloud, NAMED).resource_id == public_ip_id


@pytest.mark.parametrize("role", [None, READER], ids=["no assignment", "reader"])
def test_an_identity_without_rights_leaves_the_service_pending(cloud: Cloud, role: str | None) -> None:
    put_public_ip(cloud)
    if role:
        put_role_assignment(cloud, GROUP, role)
    text = event(cloud, NAMED)
    assert "ERROR CODE: AuthorizationFailed" in text
    assert "'Microsoft.Network/publicIPAddresses/read'" in text
    assert f"over scope '{GROUP}/providers/Microsoft.Network'" in text


def test_rights_at_a_sibling_group_are_not_enough(cloud: Cloud) -> None:
    put_public_ip(cloud)
    put_role_assignment(cloud, GROUP[:-1])
    assert "AuthorizationFailed" in event(cloud, NAMED)


def test_a_public_ip_that_does_not_exist_leaves_the_service_pending(cloud: Cloud) -> None:
    put_role_assignment(cloud, GROUP)
    assert (
        event(cloud, NAMED)
        == "PublicIP from annotation azure-pip-name(-IPv6)=pip-ingress for service default/web doesn't exist"
    )


def test_a_public_ip_without_its_group_is_looked_for_in_the_node_resource_group(cloud: Cloud) -> None:
    put_public_ip(cloud)
    put_role_assignment(cloud, GROUP)
    assert event(cloud, {f"{PREFIX}pip-name": "pip-ingress"}).endswith("doesn't exist")


def test_a_basic_public_ip_leaves_the_service_pending(cloud: Cloud) -> None:
    put_public_ip(cloud, sku="Basic")
    put_role_assignment(cloud, GROUP)
    assert event(cloud, NAMED).startswith("Code=PublicIPAndLBSkuDoNotMatch")


def test_a_public_ip_of_another_region_leaves_the_service_pending(cloud: Cloud) -> None:
    put_public_ip(cloud, location="northeurope")
    put_role_assignment(cloud, GROUP)
    assert event(cloud, NAMED).endswith("both resources are in the same region.")


def test_a_public_ip_of_a_nat_gateway_leaves_the_service_pending(cloud: Cloud) -> None:
    public_ip_id = put_public_ip(cloud)
    put_role_assignment(cloud, GROUP)
    gateway_id = f"{GROUP}/providers/Microsoft.Network/natGateways/ng"
    cloud.put(
        Resource(
            id=gateway_id,
            type="Microsoft.Network/natGateways",
            name="ng",
            inputs={"publicIpAddresses": [{"id": public_ip_id}]},
        )
    )
    assert event(cloud, NAMED).startswith(f"Code=PublicIPAddressInUse Message=Resource {gateway_id}")


def test_an_internal_load_balancer_gets_an_address_of_the_nodes_subnet(cloud: Cloud) -> None:
    put_role_assignment(cloud, GROUP)
    assert address(cloud, INTERNAL).startswith("10.224.0.")


def test_an_internal_load_balancer_gets_the_address_that_it_asks_for(cloud: Cloud) -> None:
    put_role_assignment(cloud, GROUP)
    assert address(cloud, {**INTERNAL, f"{PREFIX}load-balancer-ipv4": "10.224.0.99"}) == "10.224.0.99"


def test_an_address_outside_the_subnet_leaves_the_service_pending(cloud: Cloud) -> None:
    put_role_assignment(cloud, GROUP)
    text = event(cloud, {**INTERNAL, f"{PREFIX}load-balancer-ipv4": "10.9.0.1"})
    assert text.startswith("Code=PrivateIPAddressNotInSubnet")


def test_an_internal_load_balancer_needs_rights_on_its_subnet(cloud: Cloud) -> None:
    text = event(cloud, INTERNAL)
    assert text.startswith("Code=LinkedAuthorizationFailed")
    assert SUBNET_ID in text


def test_an_internal_load_balancer_needs_the_subnet_that_it_names(cloud: Cloud) -> None:
    put_role_assignment(cloud, GROUP)
    assert (
        event(cloud, {**INTERNAL, f"{PREFIX}load-balancer-internal-subnet": "ingress"})
        == "ensure(default/web): lb(kubernetes-internal) - failed to get subnet: vnet/ingress"
    )


def both(cloud: Cloud, annotations: dict[str, str]) -> list[str]:
    """The addresses of a Service of both families."""
    cluster = cloud.get(CLUSTER_ID)
    assert cluster is not None
    wanted = service(annotations, ipFamilies=["IPv4", "IPv6"])
    wanted["metadata"]["namespace"] = "default"
    return [frontend(asked, cluster, cloud, set()).address for asked in demand.of(wanted)]


def test_a_service_of_both_families_gets_an_address_of_each(cloud: Cloud) -> None:
    ipv4, ipv6 = both(cloud, {})
    assert ipv4.startswith("198.51.100.")
    assert ipv6.startswith("2001:db8:1:")


def test_each_family_has_a_named_public_ip_of_its_own_version(cloud: Cloud) -> None:
    put_public_ip(cloud)
    put_role_assignment(cloud, GROUP)
    named = cloud.get(f"{GROUP}/providers/Microsoft.Network/publicIPAddresses/pip-ingress")
    assert named is not None
    properties = {**named.properties, "ipAddress": "2001:db8::7", "publicIPAddressVersion": "IPv6"}
    cloud.put(replace(named, id=f"{named.id}-six", name="pip-ingress-six", properties=properties))
    assert both(cloud, {**NAMED, f"{PREFIX}pip-name-ipv6": "pip-ingress-six"}) == [
        "203.0.113.7",
        "2001:db8::7",
    ]
    with pytest.raises(NoAddressError, match="pip-ingress of version IPv4 in a frontend of version IPv6"):
        both(cloud, {**NAMED, f"{PREFIX}pip-name-ipv6": "pip-ingress"})


def test_an_internal_service_of_both_families_needs_a_subnet_of_both(cloud: Cloud) -> None:
    put_role_assignment(cloud, SUBNET_ID)
    with pytest.raises(NoAddressError, match="which has no IPv6 prefix"):
        both(cloud, INTERNAL)
    subnet = cloud.get(SUBNET_ID)
    assert subnet is not None
    cloud.put(replace(subnet, properties={"addressPrefixes": ["10.224.0.0/24", "fd00:db8::/64"]}))
    ipv4, ipv6 = both(cloud, INTERNAL)
    assert ipv4.startswith("10.224.0.")
    assert ipv6.startswith("fd00:db8::")
