"""What the models say of themselves."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from pydantic import ValidationError

from components.cluster.settings import ClusterSettings
from components.identity.settings import AccessSettings
from components.ingress.settings import INGRESS_KINDS
from components.network.settings import NetworkSettings
from components.nodepool.settings import (
    NODE_POOL_KINDS,
    GpuNodePoolSettings,
    NodePoolSettings,
    SystemNodePoolSettings,
    SystemPoolSettings,
    UserNodePoolSettings,
)
from components.settings import Settings
from settings.checks import Pool
from settings.checks.labels_and_taints import labels_are_the_users

ACCESS = AccessSettings(admin_group_object_ids=("00000000-0000-0000-0000-000000000000",))
GENERAL = UserNodePoolSettings(vm_size="Standard_D4ds_v5", min_count=0, max_count=3)
T4 = GpuNodePoolSettings(vm_size="Standard_NC4as_T4_v3", count=1)


def _settings(**node_pools: NodePoolSettings) -> Settings:
    return Settings(location="westeurope", access=ACCESS, node_pools=node_pools)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        _settings().workload = "shop"


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
        ({"vm_size": "Standard_NC24ads_A100_v4"}, "Managed", 512),
        ({"vm_size": "Standard_D2ds_v5", "os_disk_size_gb": 64}, "Ephemeral", 64),
        ({"vm_size": "Standard_D4ds_v5", "os_disk_size_gb": 256}, "Managed", 256),
        ({"vm_size": "Standard_D2ds_v5", "os_disk_type": "Ephemeral"}, "Ephemeral", 75),
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
    assert _settings(**pools).system_pool_is_dedicated is dedicated


@pytest.mark.parametrize(
    ("profile", "strategy", "expected"),
    [(None, None, None), ("MIG1g", None, "single"), ("MIG1g", "mixed", "mixed")],
)
def test_parts_of_gpus_are_named_alike_by_default(
    profile: str | None, strategy: str | None, expected: str | None
) -> None:
    pool = T4.model_copy(update={"gpu_instance_profile": profile, "mig_strategy": strategy})

    assert pool.effective_mig_strategy == expected


def test_kinds_are_found_in_their_unions() -> None:
    assert list(NODE_POOL_KINDS) == ["user", "system", "gpu"]
    assert NODE_POOL_KINDS["gpu"] is GpuNodePoolSettings
    assert list(INGRESS_KINDS) == ["nginx", "none"]


def test_a_pool_without_kind_is_a_user_pool() -> None:
    pools = {"a": {"vmSize": "Standard_D4ds_v5", "count": 1}}
    stack = Settings.model_validate({"location": "westeurope", "access": ACCESS, "nodePools": pools})

    assert type(stack.node_pools["a"]) is UserNodePoolSettings


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
def test_labels_that_are_the_users_are_let_through(key: str) -> None:
    pool = Pool(("nodePools", "a"), GENERAL.model_copy(update={"node_labels": {key: "true"}}))

    assert list(labels_are_the_users(pool)) == []
