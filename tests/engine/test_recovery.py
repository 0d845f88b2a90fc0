"""A stack of which an update was killed is recovered: nothing is lost, nothing is doubled."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from kubernetes import client

from sandbox.azure.assembly import resource_manager
from sandbox.azure.resource_types import of_arm_type
from sandbox.engine.environment import SUBSCRIPTION_ID, TENANT_ID
from tests.engine.platform_project import PlatformProject

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("recovery")]

Row = dict[str, Any]
STACK: Final = "dev"
RELEASE: Final = "kubernetes:helm.sh/v3:Release"
NETWORK: Final = "Microsoft.Network/virtualNetworks"
KEPT: Final = ("id", "inputs", "parent")
"""What a state has to say of a resource for the next update to leave it as it is."""


class Killed:
    """The dev stack, whose state can be made what a killed update leaves."""

    def __init__(self, project: PlatformProject) -> None:
        self.project = project
        self.whole = self.rows()

    def rows(self) -> dict[str, Row]:
        resources = self.project.engine.export(STACK)["deployment"]["resources"]
        assert len({row["urn"] for row in resources}) == len(resources), "nothing waits for its deletion"
        # What a provider is told is secret, and encrypted anew whenever a state is written; its id is random.
        return {
            row["urn"]: {name: row.get(name) for name in KEPT} | {"provider": _provider(row)}
            for row in resources
            if not row["type"].startswith("pulumi:providers:")
        }

    def loses(self, keep: Callable[[Row], bool], *, pending: bool) -> list[str]:
        """Take resources out of the state, as requested and not recorded if they are *pending*."""
        (file,) = (self.project.engine.root / "backend").glob(f".pulumi/stacks/*/{STACK}.json")
        checkpoint = json.loads(file.read_text())
        latest = checkpoint["checkpoint"]["latest"]
        lost = [row for row in latest["resources"] if not keep(row)]
        latest["resources"] = [row for row in latest["resources"] if keep(row)]
        unmade = [{name: row[name] for name in row if name not in ("id", "outputs")} for row in lost]
        latest["pending_operations"] = [{"resource": row, "type": "creating"} for row in unmade] * pending
        file.write_text(json.dumps(checkpoint))
        return [row["urn"] for row in lost]

    def is_whole_again(self) -> None:
        assert self.rows() == self.whole
        self.project.previews_no_change(STACK)


def _provider(row: Row) -> str:
    return row.get("provider", "").rpartition("::")[0]


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    """The dev stack, built once; each test leaves it whole."""
    project = PlatformProject(tmp_path_factory.mktemp("recovery"))
    built = project.up(STACK)
    assert built.succeeded, built.output
    yield Killed(project)
    try:
        project.destroys_everything(STACK)
    finally:
        project.engine.clean()


def test_everything_that_was_being_made_is_adopted_as_if_it_had_been_recorded(killed: Killed) -> None:
    needed = {
        urn
        for row in killed.project.engine.export(STACK)["deployment"]["resources"]
        for urn in (
            *(row.get("dependencies") or ()),
            row.get("parent"),
            _provider(row),
        )
    }
    lost = killed.loses(
        lambda row: not row["custom"] or row["urn"] in needed or row["type"].startswith("pulumi:"),
        pending=True,
    )
    assert {urn.split("$")[-1].split(":")[0] for urn in lost} == {"azure-native", "kubernetes"}

    dry = killed.project.recover(STACK)
    assert dry.output.count("\nadopt ") + dry.output.startswith("adopt ") == len(lost), dry.output
    assert not set(lost) & killed.rows().keys(), "without --yes nothing is adopted"

    done = killed.project.recover(STACK, "--yes")
    assert done.succeeded, done.output
    assert done.output.endswith("The next update: nothing to do.\n")
    killed.is_whole_again()


def test_what_a_restored_backup_does_not_know_is_found_by_name_and_tags(killed: Killed) -> None:
    urns = [row["urn"] for row in killed.project.engine.export(STACK)["deployment"]["resources"]]
    provider = next(urn for urn in urns if "$pulumi:providers:kubernetes::" in urn)
    known = urns[: urns.index(provider) + 1]
    lost = killed.loses(lambda row: row["urn"] in known, pending=False)
    assert any(urn.rpartition("::")[2] == "helm-platform-dev-ingress" for urn in lost)

    done = killed.project.recover(STACK, "--yes")
    assert done.succeeded, done.output
    built = killed.project.up(STACK)
    assert built.succeeded, built.output
    killed.is_whole_again()


def test_a_stack_whose_whole_state_is_lost_is_found_by_name_and_tags(killed: Killed) -> None:
    killed.loses(lambda row: False, pending=False)
    dry = killed.project.recover(STACK)
    assert not killed.project.engine.export(STACK)["deployment"].get("resources")
    assert "What is made from these is looked for once they are adopted." in dry.output

    done = killed.project.recover(STACK, "--yes")
    assert done.succeeded, done.output
    assert "decide" not in done.output
    built = killed.project.up(STACK)
    assert built.succeeded, built.output
    killed.is_whole_again()


def test_a_release_that_helm_was_installing_is_finished_by_the_next_update(killed: Killed) -> None:
    core: Any = killed.project.core()
    (secret,) = core.list_namespaced_secret("nginx-ingress", label_selector="owner=helm").items
    release = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(secret.data["release"]))))
    release["info"]["status"] = "pending-install"
    packed = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(release).encode()))).decode()
    core.patch_namespaced_secret(
        secret.metadata.name,
        "nginx-ingress",
        {"metadata": {"labels": {"status": "pending-install"}}, "data": {"release": packed}},
    )
    killed.loses(lambda row: row["type"] != RELEASE, pending=True)

    done = killed.project.recover(STACK, "--yes")
    assert "Helm says pending-install: the next update upgrades it" in done.output
    assert done.succeeded, done.output
    assert set(killed.project.differences(STACK)) == {"helm-platform-dev-ingress"}
    built = killed.project.up(STACK)
    assert built.succeeded, built.output
    killed.is_whole_again()


def test_a_network_that_was_made_twice_is_left_to_a_person(killed: Killed) -> None:
    (recorded,) = killed.project.in_azure("virtualNetworks").values()
    twin = f"{recorded.id[:-8]}ffffffff"
    manager = resource_manager(killed.project.engine.root, SUBSCRIPTION_ID, TENANT_ID)
    inputs = {name: recorded.inputs[name] for name in ("addressSpace", "location", "tags")}
    manager.put(of_arm_type(NETWORK), twin, inputs)

    told = killed.project.recover(STACK, "--yes")
    assert told.exit_code == 1
    assert f"left     in Azure with the tags of this stack, and in no state: {twin}\n" in told.output
    manager.delete(twin)
    manager.cloud.close()
    killed.is_whole_again()


def test_objects_keep_the_manager_that_applied_them(killed: Killed) -> None:
    """Under another one, the next change of an object would be a conflict."""
    killed.loses(lambda row: not row["type"].endswith(":DaemonSet"), pending=True)
    done = killed.project.recover(STACK, "--yes")
    assert done.succeeded, done.output
    (plugin,) = (
        row
        for row in killed.project.engine.export(STACK)["deployment"]["resources"]
        if row["type"].endswith(":DaemonSet")
    )
    apps: Any = client.AppsV1Api(killed.project.core().api_client)
    (live,) = apps.list_namespaced_daemon_set("gpu-resources").items
    managers = {each.manager for each in live.metadata.managed_fields}
    assert plugin["outputs"]["__fieldManager"] in managers
    killed.is_whole_again()
