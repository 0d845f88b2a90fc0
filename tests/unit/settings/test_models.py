"""What the models say of themselves."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from pydantic import ValidationError

from components.cluster.settings import ClusterSettings
from components.ingress.settings import NginxIngressSettings
from components.network.settings import NatGatewayEgressSettings, NetworkSettings, OverlayCniSettings
from components.nodepool.settings import (
    GpuNodePoolSettings,
    NodePoolSettings,
    SystemNodePoolSettings,
    SystemPoolSettings,
    UserNodePoolSettings,
)
from tests.unit.settings.stack import settings

GENERAL = UserNodePoolSettings(vm_size="Standard_D4ds_v5", min_count=0, max_count=3)
T4 = GpuNodePoolSettings(vm_size="Standard_NC4as_T4_v3", count=1)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        settings().workload = "shop"


@pytest.mark.parametrize(
    ("services", "expected"), [("10.0.0.0/16", "10.0.0.10"), ("172.16.4.0/28", "172.16.4.10")]
)
def test_the_dns_address_is_the_tenth_of_the_services_by_default(services: str, expected: str) -> None:
    network = NetworkSettings(service_cidr=IPv4Network(services))

    assert network.dns_service_ip_or_default == IPv4Address(expected)


def test_a_dns_address_that_is_set_stands() -> None:
    network = NetworkSettings(dns_service_ip=IPv4Address("10.0.0.53"))

    assert network.dns_service_ip_or_default == IPv4Address("10.0.0.53")


@pytest.mark.parametrize(
    ("pool", "autoscaled", "largest"),
    [
        (SystemPoolSettings(), True, 5),
        (SystemPoolSettings(count=2), False, 2),
        (SystemPoolSettings(max_count=9), True, 9),
        (UserNodePoolSettings(vm_size="Standard_D4ds_v5", count=0), False, 0),
        (UserNodePoolSettings(vm_size="Standard_D4ds_v5", min_count=0, max_count=4), True, 4),
    ],
)
def test_who_owns_the_number_of_nodes(pool: SystemPoolSettings, autoscaled: bool, largest: int) -> None:
    assert (pool.autoscaled, pool.largest_count) == (autoscaled, largest)


@pytest.mark.parametrize(
    ("said", "type_", "size"),
    [
        ({"vm_size": "Standard_D4ds_v5"}, "Ephemeral", 128),
        ({"vm_size": "Standard_D8ds_v5"}, "Ephemeral", 256),
        ({"vm_size": "Standard_NC8as_T4_v3"}, "Ephemeral", 256),
        ({"vm_size": "Standard_D2ds_v5"}, "Managed", 128),
        ({"vm_size": "Standard_D4s_v5"}, "Managed", 128),
        ({"vm_size": "Standard_NC24ads_A100_v4"}, "Ephemeral", 256),
        ({"vm_size": "Standard_D2ds_v5", "os_disk_size_gb": 64}, "Ephemeral", 64),
        ({"vm_size": "Standard_D4ds_v5", "os_disk_size_gb": 256}, "Managed", 256),
        ({"vm_size": "Standard_D2ds_v5", "os_disk_type": "Ephemeral"}, "Ephemeral", 74),
        ({"vm_size": "Standard_D8ds_v5", "os_disk_type": "Managed"}, "Managed", 256),
    ],
)
def test_the_os_disk_lies_on_the_local_disk_where_that_holds_it(
    said: dict[str, object], type_: str, size: int
) -> None:
    pool = UserNodePoolSettings.model_validate({**said, "count": 1})

    assert (pool.effective_os_disk_type, pool.effective_os_disk_size_gb) == (type_, size)


@pytest.mark.parametrize(
    ("pools", "dedicated"),
    [
        ({}, False),
        ({"general": GENERAL}, True),
        ({"t4": T4}, False),
        ({"t4": T4, "general": GENERAL}, True),
        ({"system2": SystemNodePoolSettings(vm_size="Standard_D4ds_v5", count=1)}, False),
        ({"spot": GENERAL.model_copy(update={"scale_set_priority": "Spot"})}, False),
        ({"tainted": GENERAL.model_copy(update={"node_taints": ("a=b:NoSchedule",)})}, False),
        ({"preferred": GENERAL.model_copy(update={"node_taints": ("a=b:PreferNoSchedule",)})}, True),
        ({"empty": UserNodePoolSettings(vm_size="Standard_D4ds_v5", count=0)}, False),
    ],
)
def test_the_system_pool_is_dedicated_where_another_takes_ordinary_pods(
    pools: dict[str, NodePoolSettings], dedicated: bool
) -> None:
    assert settings().model_copy(update={"node_pools": pools}).system_pool_is_dedicated is dedicated


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "none"),
        ({"gpu_instance_profile": "MIG1g"}, "single"),
        ({"gpu_instance_profile": "MIG1g", "mig_strategy": "mixed"}, "mixed"),
        ({"gpu_driver": "None"}, None),
    ],
)
def test_how_the_device_plugin_names_gpus(said: dict[str, str], expected: str | None) -> None:
    assert T4.model_copy(update=said).device_plugin_strategy == expected


def test_a_value_without_kind_is_of_the_default_kind() -> None:
    stack = settings(
        nodePools={"a": {"vmSize": "Standard_D4ds_v5", "count": 1}},
        ingress={"replicas": 2},
        network={"egress": {"publicIpCount": 2}, "cni": {"podCidr": "10.128.0.0/14"}},
    )

    assert stack.node_pools == {"a": UserNodePoolSettings(vm_size="Standard_D4ds_v5", count=1)}
    assert stack.ingress == NginxIngressSettings(replicas=2)
    assert stack.network.egress == NatGatewayEgressSettings(public_ip_count=2)
    assert stack.network.cni == OverlayCniSettings(pod_cidr=IPv4Network("10.128.0.0/14"))


def test_production_defaults_of_the_cluster() -> None:
    cluster = ClusterSettings()

    assert (cluster.tier, cluster.kubernetes_version, cluster.upgrade_channel) == (
        "Standard",
        "1.36",
        "patch",
    )
    assert (cluster.system_pool.min_count, cluster.system_pool.max_count) == (3, 5)


@pytest.mark.parametrize(
    "key", ["team", "example.com/team", "node.kubernetes.io/exclude-from-external-load-balancers"]
)
def test_labels_that_are_the_users_are_accepted(key: str) -> None:
    pool = {"vmSize": "Standard_D4ds_v5", "count": 1, "nodeLabels": {key: "true"}}

    assert settings(nodePools={"a": pool}).node_pools["a"].node_labels == {key: "true"}
