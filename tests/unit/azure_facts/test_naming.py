"""Names keep Azure's limits, stay what they are, and differ where they must."""

import re
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azure_facts import naming

KEYS = st.from_regex(r"[a-z][a-z0-9]{0,7}", fullmatch=True)
VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
IMMUTABLE = st.dictionaries(st.text(max_size=10), VALUES | st.lists(VALUES, max_size=3), max_size=6)
LOCATIONS = st.from_regex(r"[a-z]{4,20}[23]?", fullmatch=True)
CLUSTERS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)


@given(key=KEYS, immutable=IMMUTABLE)
def test_a_pool_name_is_one_that_azure_accepts(key: str, immutable: dict[str, object]) -> None:
    name = naming.node_pool_name(key, immutable)

    assert re.fullmatch(r"[a-z][a-z0-9]{0,11}", name)
    assert name[:-4] == key


@given(key=KEYS, immutable=IMMUTABLE)
def test_a_pool_name_does_not_depend_on_the_order_of_settings(key: str, immutable: dict[str, object]) -> None:
    backwards = dict(reversed(list(immutable.items())))

    assert naming.node_pool_name(key, backwards) == naming.node_pool_name(key, immutable)


@given(key=KEYS, immutable=IMMUTABLE)
def test_a_setting_that_is_not_used_leaves_the_pool_name(key: str, immutable: dict[str, object]) -> None:
    assert naming.node_pool_name(key, {"new": None, **immutable}) == naming.node_pool_name(
        key, {name: value for name, value in immutable.items() if value is not None}
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"vmSize": "Standard_D8ds_v5", "zones": ["1", "2"], "maxPods": 250},
        {"vmSize": "Standard_D4ds_v5", "zones": ["1"], "maxPods": 250},
        {"vmSize": "Standard_D4ds_v5", "zones": ["1", "2"], "maxPods": 30},
        {"vmSize": "Standard_D4ds_v5", "zones": ["1", "2"], "maxPods": "250"},
        {"vmSize": "Standard_D4ds_v5", "zones": ["1", "2"], "maxPods": 250, "spot": False},
    ],
)
def test_another_immutable_setting_is_another_pool_name(changed: dict[str, object]) -> None:
    settings: dict[str, object] = {"vmSize": "Standard_D4ds_v5", "zones": ["1", "2"], "maxPods": 250}

    assert naming.node_pool_name("batch", changed) != naming.node_pool_name("batch", settings)


def test_pool_names_stay_from_release_to_release() -> None:
    settings = {
        "vmSize": "Standard_D4ds_v5",
        "zones": ("2", "1"),
        "maxPods": 250,
        "disk": {"size": 128, "type": "x"},
    }

    assert naming.node_pool_name("batch", settings) == "batchus86"
    assert naming.node_pool_name("a", {}) == "ae7kl"


def test_a_pool_setting_that_json_cannot_express_is_an_error() -> None:
    with pytest.raises(TypeError):
        naming.node_pool_name("batch", {"path": Path()})


def test_a_role_assignment_has_the_same_guid_on_every_run() -> None:
    name = naming.role_assignment_name("/subscriptions/1", "principal", "role")

    assert name == "d1390fd6-15e9-530c-89d1-8752c2988720"
    assert uuid.UUID(name).version == 5


def test_a_role_assignment_is_known_by_scope_principal_and_role() -> None:
    names = {
        naming.role_assignment_name("/subscriptions/1", "principal", "role"),
        naming.role_assignment_name("/subscriptions/2", "principal", "role"),
        naming.role_assignment_name("/subscriptions/1", "another", "role"),
        naming.role_assignment_name("/subscriptions/1", "principal", "another"),
    }

    assert len(names) == 4


def test_capitals_make_no_other_role_assignment() -> None:
    assert naming.role_assignment_name("/Subscriptions/A", "P", "R") == naming.role_assignment_name(
        "/subscriptions/a", "p", "r"
    )


@given(location=LOCATIONS, cluster=CLUSTERS)
def test_data_collection_names_keep_their_limits(location: str, cluster: str) -> None:
    endpoint = naming.data_collection_endpoint_name(location, cluster)
    rule = naming.data_collection_rule_name(location, cluster)

    assert len(endpoint) <= 44
    assert len(rule) <= 64
    assert not endpoint.endswith("-")
    assert rule.startswith(endpoint)


def test_short_data_collection_names_are_azures_own() -> None:
    assert naming.data_collection_endpoint_name("westeurope", "aks-shop") == "MSProm-westeurope-aks-shop"
    assert naming.data_collection_rule_name("westeurope", "aks-shop") == "MSProm-westeurope-aks-shop"


@given(name=st.from_regex(r"[a-z][a-z0-9-]{1,80}", fullmatch=True))
def test_a_registry_name_leaves_room_for_its_suffix(name: str) -> None:
    letters = re.sub(r"[^a-z0-9]", "", name)
    if len(letters) < 2:
        with pytest.raises(ValueError, match="fewer than 2 letters or digits"):
            naming.registry_name(name)
    else:
        assert re.fullmatch(r"acr[a-z0-9]{2,39}", naming.registry_name(name))


def test_a_registry_name_is_readable() -> None:
    assert naming.registry_name("platform-dev") == "acrplatformdev"
    assert naming.registry_name("Platform_Dev.1") == "acrplatformdev1"


def test_the_nodes_resource_group_is_named_as_aks_names_it() -> None:
    assert naming.node_resource_group_name("rg-a", "aks-b", "westeurope") == "MC_rg-a_aks-b_westeurope"


@given(name=st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=60))
def test_a_storage_account_name_leaves_room_for_its_suffix(name: str) -> None:
    assert re.fullmatch(r"st[a-z0-9]{0,14}", naming.storage_account_name(name))
