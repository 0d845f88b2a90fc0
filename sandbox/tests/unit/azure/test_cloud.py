import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.azure.cloud import Cloud, CloudError, Resource, parent_id

GROUP = "/subscriptions/s/resourceGroups/Group"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet"
SUBNET = f"{NETWORK}/subnets/nodes"
ASSIGNMENT = f"{SUBNET}/providers/Microsoft.Authorization/roleAssignments/one"
GATEWAY = f"{GROUP}/providers/Microsoft.Network/natGateways/nat"


def resource(resource_id: str, **more: Any) -> Resource:
    return Resource(id=resource_id, name=resource_id.rpartition("/")[2], **{"type": "Some/type", **more})


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    opened = Cloud.open(tmp_path / "deep" / "cloud.sqlite")
    for resource_id in (GROUP, NETWORK, ASSIGNMENT, GATEWAY):
        opened.put(resource(resource_id))
    opened.put(
        resource(
            SUBNET, type="Microsoft.Network/virtualNetworks/subnets", inputs={"natGateway": {"id": GATEWAY}}
        )
    )
    return opened


def ids(resources: list[Resource]) -> list[str]:
    return [found.id for found in resources]


def test_an_id_is_found_in_any_case_and_keeps_its_spelling(cloud: Cloud) -> None:
    found = cloud.get(SUBNET.upper())
    assert found is not None
    assert found.id == SUBNET


def test_children_are_what_lies_directly_beneath(cloud: Cloud) -> None:
    assert ids(cloud.children(GROUP)) == [GATEWAY, NETWORK]
    assert ids(cloud.children(NETWORK.upper())) == [SUBNET]
    assert ids(cloud.children(SUBNET)) == [ASSIGNMENT]


def test_descendants_are_everything_beneath_but_not_beside(cloud: Cloud) -> None:
    cloud.put(resource(f"{NETWORK}2"))
    assert ids(cloud.descendants(NETWORK)) == [SUBNET, ASSIGNMENT]


def test_a_type_is_found_in_any_case(cloud: Cloud) -> None:
    assert ids(cloud.of_type("microsoft.network/VIRTUALNETWORKS/subnets")) == [SUBNET]


def test_who_names_an_id_is_known_until_it_names_it_no_more(cloud: Cloud) -> None:
    assert ids(cloud.referencing(GATEWAY.upper())) == [SUBNET]
    cloud.put(resource(SUBNET))
    assert cloud.referencing(GATEWAY) == []


def test_a_deleted_resource_takes_what_is_beneath_and_its_mentions(cloud: Cloud) -> None:
    assert cloud.delete(NETWORK) is True
    assert ids(cloud.everything()) == [GROUP, GATEWAY]
    assert cloud.referencing(GATEWAY) == []
    assert cloud.delete(NETWORK) is False


def test_a_transaction_that_raises_changes_nothing(cloud: Cloud) -> None:
    with pytest.raises(ZeroDivisionError), cloud.transaction():  # noqa: PT012 - writes, then an error
        cloud.delete(GROUP)
        with cloud.transaction():
            cloud.put(resource("/subscriptions/s/resourceGroups/other"))
        raise ZeroDivisionError
    assert len(cloud.everything()) == 5


def test_what_was_committed_is_there_for_the_next_process(tmp_path: Path) -> None:
    with Cloud.open(tmp_path / "c.sqlite") as first:
        first.put(resource(GROUP, properties={"tags": {"a": [1, 2.5, None, True]}}))
    with Cloud.open(tmp_path / "c.sqlite") as second:
        assert [found.properties for found in second.everything()] == [{"tags": {"a": [1, 2.5, None, True]}}]


def test_what_stays_as_it_is_is_decoded_once(cloud: Cloud) -> None:
    assert cloud.get(SUBNET) is cloud.children(NETWORK)[0]


def test_a_write_is_seen_even_where_the_etag_stays(cloud: Cloud, tmp_path: Path) -> None:
    before = cloud.get(NETWORK)
    assert before is not None
    with Cloud.open(tmp_path / "deep" / "cloud.sqlite") as other:
        other.put(replace(before, properties={"subnets": [{"name": "nodes"}]}))
    after = cloud.get(NETWORK)
    assert after is not None
    assert after.etag == before.etag
    assert after.properties == {"subnets": [{"name": "nodes"}]}
    assert before.properties == {}


def test_what_was_read_in_a_transaction_that_raises_is_forgotten(cloud: Cloud) -> None:
    def write_and_fail() -> None:
        with cloud.transaction():
            cloud.put(resource(SUBNET, etag="new", properties={"a": 1}))
            assert cloud.children(NETWORK)[0].properties == {"a": 1}
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    assert cloud.children(NETWORK)[0].properties == {}


def test_what_is_made_again_after_a_deletion_is_new(cloud: Cloud) -> None:
    assert cloud.get(SUBNET) is not None
    cloud.delete(NETWORK)
    assert cloud.get(SUBNET) is None
    cloud.put(resource(SUBNET, properties={"a": 1}))
    found = cloud.get(SUBNET)
    assert found is not None
    assert found.properties == {"a": 1}


def test_a_process_killed_in_a_transaction_leaves_the_cloud_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with Cloud.open(path) as cloud:
        cloud.put(resource(GROUP))
    script = (
        "import os, signal, sys; from sandbox.azure.cloud import Cloud\n"
        f"with Cloud.open({str(path)!r}) as cloud, cloud.transaction():\n"
        f"    cloud.delete({GROUP!r}); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], check=False, cwd=Path(__file__).parents[4])
    assert ended.returncode == -9
    with Cloud.open(path) as cloud:
        assert ids(cloud.everything()) == [GROUP]


def test_a_file_that_another_process_holds_is_named(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with (
        Cloud.open(path) as holder,
        Cloud.open(path, lock_timeout_seconds=0.05) as waiting,
        holder.transaction(),
        pytest.raises(CloudError) as caught,
    ):
        waiting.put(resource(GROUP))
    assert str(caught.value) == (
        f"The sandbox's cloud file {path} is held by another process: wait until the other "
        "run has ended, or end it, and run again."
    )


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    path.write_text("no database " * 200)
    with pytest.raises(CloudError) as caught:
        Cloud.open(path)
    assert str(caught.value) == (
        f"The sandbox's cloud file {path} is damaged or is not a cloud file (file is not a database): run "
        "`make clean` to start with an empty cloud."
    )
    assert path.read_text() == "no database " * 200


def test_a_file_whose_bytes_are_no_text_is_damaged(tmp_path: Path) -> None:
    """Python's own error, which has no code of SQLite's."""
    path = tmp_path / "c.sqlite"
    with Cloud.open(path) as cloud:
        cloud.put(resource(GROUP))
        cloud.execute("UPDATE resources SET name = CAST(x'ff' AS TEXT)")
        with pytest.raises(CloudError, match=r"c\.sqlite is damaged .* run `make clean`"):
            cloud.everything()


def test_a_disk_that_is_full_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with Cloud.open(path) as cloud:
        cloud.execute("PRAGMA max_page_count = 1")
        with pytest.raises(CloudError) as caught:
            cloud.put(resource(GROUP, properties={"text": "long" * 4000}))
    assert str(caught.value) == (
        f"The sandbox's cloud file {path} cannot grow, because the disk is full: free some space and run "
        "again."
    )


def test_a_file_that_cannot_be_made_is_named_with_what_to_check(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    path.mkdir()
    with pytest.raises(CloudError, match=r"c\.sqlite cannot be used .* check that this user may write to it"):
        Cloud.open(path)


def test_a_cloud_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(CloudError, match=r"another version of the sandbox \(schema 99, this one knows 2\)"):
        Cloud.open(path)


@pytest.mark.parametrize(
    ("resource_id", "parent"),
    [
        (ASSIGNMENT, SUBNET),
        (SUBNET, NETWORK),
        (NETWORK, GROUP),
        (GROUP, "/subscriptions/s"),
        ("/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/x", "/subscriptions/s"),
    ],
)
def test_the_parent_of_an_id_is_one_level_up(resource_id: str, parent: str) -> None:
    assert parent_id(resource_id) == parent
