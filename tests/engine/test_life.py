"""The life of a team's stack: after each step a preview is empty, or shows what someone changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from kubernetes import client

from sandbox.azure.cloud import Cloud, Resource
from sandbox.azure.faults import Fault, Faults
from sandbox.tests.engine.waiting import until
from tests.engine.platform_project import PlatformProject

pytestmark = [pytest.mark.engine, pytest.mark.scenario]

Settings = dict[str, Any]
CLUSTER: Final = "aks-platform-dev"
WORK, MORE = (f"np-platform-dev-{key}" for key in ("work", "more"))
CLUSTER_TYPE: Final = "Microsoft.ContainerService/managedClusters"
POOL_TYPE: Final = f"{CLUSTER_TYPE}/agentPools"


class Life:
    """The dev stack without ingress and with a pool `work`, and what others do to it in Azure."""

    def __init__(self, directory: Path) -> None:
        self.project = PlatformProject(directory)
        self.edit(_with_a_pool_of_its_own)

    def edit(self, change: Any) -> None:
        self.project.edit("dev", change)

    def up(self) -> None:
        done = self.project.up("dev")
        assert done.succeeded, done.output

    def refresh(self, order: str) -> None:
        """Read everything while Azure lists the pools in another order."""
        with self.cloud() as cloud:
            faults = Faults(cloud)
            faults.clear()
            faults.add(Fault(kind=order))
        self.project.refresh("dev")

    def differences(self) -> dict[str, str]:
        return self.project.differences("dev")

    def says_only(self, **changes: str) -> None:
        """See that a preview says these changes, and nothing else but what may differ after a refresh."""
        noise = self.project.noise("dev")
        left = {
            name: changed.replace(noise.get(name, ""), "").strip()
            for name, changed in self.differences().items()
        }
        named = {
            CLUSTER if name == "cluster" else f"np-platform-dev-{name}": each
            for name, each in changes.items()
        }
        assert {name: changed for name, changed in left.items() if changed} == named

    @contextmanager
    def cloud(self) -> Iterator[Cloud]:
        with Cloud.open(self.project.engine.root / "cloud.sqlite") as cloud:
            yield cloud

    def cluster(self) -> Resource:
        with self.cloud() as cloud:
            (found,) = cloud.of_type(CLUSTER_TYPE)
        return found

    def pools(self) -> dict[str, Resource]:
        """The pools in Azure, by their names without the hash."""
        with self.cloud() as cloud:
            pools = cloud.of_type(POOL_TYPE)
        return {str(pool.properties["nodeLabels"]["aks-platform/node-pool"]): pool for pool in pools}

    def versions(self) -> dict[str, str]:
        """The versions that run."""
        running = {name: pool.properties["currentOrchestratorVersion"] for name, pool in self.pools().items()}
        running["cluster"] = self.cluster().properties["currentKubernetesVersion"]
        return running

    def write(self, resource: Resource, changes: Mapping[str, Any]) -> None:
        """Change something in Azure behind Pulumi's back."""
        with self.cloud() as cloud:
            cloud.put(replace(resource, properties={**resource.properties, **changes}))

    def upgrade_pool(self, name: str, version: str) -> None:
        """What `az aks nodepool upgrade` and auto-upgrade do, to the pool and in the cluster's list."""
        changes = {"orchestratorVersion": version, "currentOrchestratorVersion": version}
        self.write(self.pools()[name], changes)
        cluster, azure_name = self.cluster(), self.pools()[name].name
        listed = cluster.properties["agentPoolProfiles"]
        shown = [{**each, **changes} if each["name"] == azure_name else each for each in listed]
        self.write(cluster, {"agentPoolProfiles": shown})

    def auto_upgrade(self, version: str) -> None:
        """Azure upgrades the control plane and all pools, and says the patch wherever it says a version."""
        for name in self.pools():
            self.upgrade_pool(name, version)
        self.write(self.cluster(), {"kubernetesVersion": version, "currentKubernetesVersion": version})

    def sent_nothing_wrong(self) -> None:
        """See what Azure was asked: inline only the system pool, and no count that is autoscaled."""
        (inline,) = self.cluster().inputs["agentPoolProfiles"]
        assert (inline["name"], inline["vmSize"], inline["minCount"]) == ("system", "Standard_D4ds_v5", 2)
        assert "orchestratorVersion" not in inline
        for pool in [inline, *(pool.inputs for pool in self.pools().values())]:
            assert "count" not in pool


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    life = Life(tmp_path)
    yield life
    life.project.engine.clean()


def _with_a_pool_of_its_own(settings: Settings) -> None:
    settings["ingress"] = {"kind": "none"}
    settings["nodePools"]["work"] = {"vmSize": "Standard_D4ds_v5", "minCount": 1, "maxCount": 3}


def _another_tag(settings: Settings) -> None:
    settings["tags"] = {**settings.get("tags", {}), "owner": "somebody"}


def _next_minor(settings: Settings) -> None:
    settings.setdefault("cluster", {})["kubernetesVersion"] = "1.37"


def _larger_nodes_and_one_more_pool(settings: Settings) -> None:
    settings["nodePools"]["work"]["vmSize"] = "Standard_D8ds_v5"
    settings["nodePools"]["more"] = {"vmSize": "Standard_D4ds_v5", "minCount": 0, "maxCount": 2}


def _one_pool_less(settings: Settings) -> None:
    del settings["nodePools"]["more"]


def _pod(name: str) -> client.V1Pod:
    """A pod that leaves no room for a second one on a node of the pool."""
    resources = client.V1ResourceRequirements(requests={"cpu": "2500m"})
    container = client.V1Container(name="work", image="example.invalid/work", resources=resources)
    spec = client.V1PodSpec(containers=[container], node_selector={"aks-platform/node-pool": "work"})
    return client.V1Pod(metadata=client.V1ObjectMeta(name=name), spec=spec)


def test_a_stack_lives_through_refreshes_upgrades_and_changes_of_its_pools(life: Life) -> None:
    life.up()
    assert life.differences() == {}
    life.sent_nothing_wrong()

    core = life.project.core()
    for name in ("first", "second"):
        core.create_namespaced_pod("default", _pod(name))
    until(lambda: life.pools()["work"].properties["count"] == 2)
    assert life.differences() == {}, "what the autoscaler does is no change"

    life.refresh("AgentPoolsReversed")
    life.says_only()
    life.edit(_another_tag)
    life.up()
    life.sent_nothing_wrong()
    assert life.pools()["work"].properties["count"] == 2
    assert life.differences() == {}

    life.refresh("AgentPoolsByName")
    life.edit(_next_minor)
    life.says_only(cluster="kubernetesVersion", t4="orchestratorVersion", work="orchestratorVersion")
    life.up()
    life.sent_nothing_wrong()
    minors = {name: version.rpartition(".")[0] for name, version in life.versions().items()}
    assert minors == {"cluster": "1.37", "t4": "1.37", "work": "1.37", "system": "1.36"}
    life.upgrade_pool("system", life.versions()["cluster"])
    assert life.differences() == {}

    life.auto_upgrade("1.37.9")
    assert life.differences() == {}, "a minor version stands for its patches"
    life.refresh("AgentPoolsReversed")
    life.says_only(cluster="kubernetesVersion", t4="orchestratorVersion", work="orchestratorVersion")
    life.up()
    life.sent_nothing_wrong()
    assert set(life.versions().values()) == {"1.37.9"}, "writing the minor version is no upgrade"

    for name in ("first", "second"):
        core.delete_namespaced_pod(name, "default", grace_period_seconds=0)
    life.edit(_larger_nodes_and_one_more_pool)
    assert life.differences() == {WORK: "replace", MORE: "create"}
    life.up()
    assert life.pools()["more"].properties["count"] == 1, "the autoscaler takes it later"
    life.edit(_one_pool_less)
    assert life.differences() == {MORE: "delete"}
    life.up()
    life.sent_nothing_wrong()
    assert life.differences() == {}
    life.project.destroys_everything("dev")


def _without_gpus(settings: Settings) -> None:
    del settings["nodePools"]["t4"]


@pytest.mark.parametrize(
    ("channel", "version", "following", "as_a_whole"),
    [
        ("stable", None, None, True),
        ("patch", "1.36", "1.37", True),
        ("node-image", "1.36", "1.37", False),
        ("none", "1.36.3", "1.37.0", False),
    ],
)
def test_an_upgrade_on_any_channel_ends_with_one_version_and_nothing_left_to_do(
    life: Life, channel: str, version: str | None, following: str | None, as_a_whole: bool
) -> None:
    """As a whole: by Azure (`stable`) or `az aks upgrade`; otherwise by the stack file and a last command."""

    def choose(chosen: str | None) -> None:
        life.edit(lambda stack: stack["cluster"].update(upgradeChannel=channel, kubernetesVersion=chosen))

    life.edit(_without_gpus)
    choose(version)
    life.up()
    if as_a_whole:
        life.auto_upgrade("1.37.3")
    if following is None:
        assert life.differences() == {}
        life.refresh("AgentPoolsByName")
    else:
        choose(following)
    life.says_only(cluster="kubernetesVersion", work="orchestratorVersion")
    life.up()
    if not as_a_whole:
        assert life.versions()["system"].startswith("1.36."), "the cluster's own pool is a command's"
        life.upgrade_pool("system", life.versions()["cluster"])
    (runs,) = {*life.versions().values()}
    assert runs.startswith("1.37.")
    assert life.differences() == {}
    life.project.destroys_everything("dev")


def _fixed(settings: Settings) -> None:
    settings["cluster"]["systemPool"] = {"enableEncryptionAtHost": False, "count": 3}
    settings["nodePools"]["work"] = {"vmSize": "Standard_D4ds_v5", "count": 2}


def _autoscaled_again(settings: Settings) -> None:
    settings["cluster"]["systemPool"] = {"enableEncryptionAtHost": False, "minCount": 2, "maxCount": 3}
    settings["nodePools"]["work"] = {"vmSize": "Standard_D4ds_v5", "minCount": 1, "maxCount": 3}


def test_pools_take_a_fixed_size_and_are_handed_back_to_the_autoscaler(life: Life) -> None:
    life.edit(_without_gpus)
    life.up()
    life.edit(_fixed)
    assert life.differences() == {
        CLUSTER: "agentPoolProfiles",
        WORK: "count enableAutoScaling maxCount minCount",
    }
    life.up()
    assert {name: pool.properties["count"] for name, pool in life.pools().items()} == {"system": 3, "work": 2}
    assert life.differences() == {}
    life.edit(_autoscaled_again)
    life.up()
    life.sent_nothing_wrong()
    assert life.differences() == {}
    life.project.destroys_everything("dev")
