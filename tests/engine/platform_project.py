"""The platform's program and stack files, in a directory where a test may change them."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml
from kubernetes import client, config

from sandbox.azure.cloud import Cloud, Resource
from sandbox.azure.resource_manager import ResourceManager
from sandbox.azure.resource_types import of_arm_type
from sandbox.azure.rules.reading import type_of
from sandbox.clusters.control_plane import all_of
from sandbox.engine.cli import Run
from sandbox.engine.engine import Engine
from sandbox.engine.environment import SUBSCRIPTION_ID, TENANT_ID
from sandbox.tests.engine.waiting import until, why_it_waits

CHECKOUT: Final = Path(__file__).resolve().parents[2]
_ROOMS: Final = ("azure_facts", "components", "recovery", "settings", ".venv")


@dataclass(frozen=True)
class Change:
    """What a preview says it would do to one resource."""

    op: str
    name: str
    type: str

    @property
    def is_half_of_a_replacement(self) -> bool:
        """Whether another step, the replacement, says the same."""
        return self.op in {"create-replacement", "delete-replaced"}


class PlatformProject:
    """A copy of the project with its own sandbox."""

    def __init__(self, directory: Path, *, signed_in: bool = True) -> None:
        self.directory = directory / "project"
        self.directory.mkdir()
        for room in _ROOMS:
            (self.directory / room).symlink_to(CHECKOUT / room)
        for file in [*CHECKOUT.glob("Pulumi*.yaml"), CHECKOUT / "__main__.py"]:
            shutil.copy(file, self.directory)
        self.engine = Engine(directory / "sandbox", self.directory, signed_in=signed_in)
        self._given: set[str] = set()

    def given(self, resources: Mapping[str, Mapping[str, Any]]) -> None:
        """Make resources that others own: azure-native's inputs by id. No stack may delete them."""
        with Cloud.open(self.engine.root / "cloud.sqlite") as cloud:
            azure = ResourceManager(cloud, SUBSCRIPTION_ID, TENANT_ID)
            for resource_id, inputs in resources.items():
                azure.put(of_arm_type(type_of(resource_id)), resource_id, inputs)
        self._given = self.cloud_ids()

    def edit(self, stack: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the settings of a stack file; `change` sees the `config` section without key prefixes."""
        file = self.directory / f"Pulumi.{stack}.yaml"
        content = yaml.safe_load(file.read_text())
        prefix = "aks-platform:"
        own = {key.removeprefix(prefix): value for key, value in content["config"].items()}
        change(own)
        content["config"] = {key if ":" in key else f"{prefix}{key}": value for key, value in own.items()}
        file.write_text(yaml.safe_dump(content, sort_keys=False))

    def planned(self, stack: str) -> set[Change]:
        """What a preview would do, what stays the same left out."""
        return {
            Change(step["op"], step["urn"].rpartition("::")[2], _type_in(step["urn"]))
            for step in self._steps(stack)
        }

    def differences(self, stack: str) -> dict[str, str]:
        """What a preview would do by the resource's name: an update's changed properties, or what is done.

        Components are left out.
        """
        return {
            step["urn"].rpartition("::")[2]: " ".join(sorted(step.get("diffReasons") or ()))
            if step["op"] == "update"
            else step["op"]
            for step in self._steps(stack)
            if step["op"] not in {"create-replacement", "delete-replaced"}
            and not _type_in(step["urn"]).startswith("aks-platform:")
        }

    def _steps(self, stack: str) -> list[dict[str, Any]]:
        run = self.engine.preview(stack, "--json", "--suppress-outputs", capture=True)
        assert run.succeeded, run.output
        steps = json.loads(run.output[run.output.index("{") :])["steps"]
        return [step for step in steps if step["op"] not in {"same", "read"}]

    def up(self, stack: str) -> Run:
        """Build the stack, without the preview that `up` begins with."""
        return self.engine.up(stack, "--skip-preview", capture=True)

    def recover(self, stack: str, *arguments: str) -> Run:
        """Run the recovery of the stack; it adopts with `--yes` only."""
        with self.engine.beside(stack) as beside:
            line = [sys.executable, "-m", "recovery", "--stack", stack, *arguments]
            return beside.run(line, capture=True)

    def previews_no_change(self, stack: str) -> None:
        """See that a second preview of what was just built is empty."""
        again = self.engine.preview(stack, "--expect-no-changes", capture=True)
        assert again.succeeded, again.output

    def finds_nothing_to_do(self, stack: str) -> None:
        """See that neither a preview nor a refresh of what was just built finds anything that needs doing."""
        self.previews_no_change(stack)
        self.refresh(stack)
        assert self.differences(stack).items() <= self.noise(stack).items()

    def refresh(self, stack: str) -> None:
        """Take everything that is in the cloud into the state."""
        refreshed = self.engine.refresh(stack, "--skip-preview", capture=True)
        assert refreshed.succeeded, refreshed.output

    def noise(self, stack: str) -> dict[str, str]:
        """What may differ after a refresh although no one changed it: the list of pools, and counts."""
        resources = self.engine.export(stack)["deployment"]["resources"]
        kinds = {"ManagedCluster": "agentPoolProfiles", "AgentPool": "count"}
        named = {each["urn"].rpartition("::")[2]: each["type"].rpartition(":")[2] for each in resources}
        return {name: kinds[kind] for name, kind in named.items() if kind in kinds}

    def destroys_everything(self, stack: str) -> None:
        """Take the stack down, and see that nothing is left: no resource, and no control plane."""
        destroyed = self.engine.destroy(stack, "--skip-preview", capture=True)
        assert destroyed.succeeded, destroyed.output
        assert self.cloud_ids() == self._given, "what no state knows of would be left behind"
        assert all_of(self.engine.root) == [], "a cluster's control plane goes with it"

    def core(self) -> Any:
        """The API server of the one cluster there is: a CoreV1Api, whose models no type checker reads."""
        (control_plane,) = all_of(self.engine.root)
        return client.CoreV1Api(config.new_client_from_config(str(control_plane.ensure().kubeconfig)))

    def cloud_ids(self) -> set[str]:
        """The ids of everything in the simulated cloud."""
        with Cloud.open(self.engine.root / "cloud.sqlite") as cloud, cloud.transaction():
            return {resource.id for resource in cloud.everything()}

    def in_azure(self, segment: str) -> dict[str, Resource]:
        """The resources of a type in the simulated cloud, by name; *segment* is the type's last one."""
        with Cloud.open(self.engine.root / "cloud.sqlite") as cloud:
            found = [each for each in cloud.everything() if each.type.rpartition("/")[2] == segment]
            return {each.name: each for each in found}

    def change_in_azure(self, segment: str, **properties: object) -> None:
        """Change properties of the only resource of a type, as only Azure does."""
        (resource,) = self.in_azure(segment).values()
        with Cloud.open(self.engine.root / "cloud.sqlite") as cloud:
            cloud.put(replace(resource, properties={**resource.properties, **properties}))

    def state_ids(self, stack: str) -> list[str]:
        """The Azure ids of everything in the stack's state, twice where it is there twice."""
        resources = self.engine.export(stack)["deployment"].get("resources", [])
        return [resource["id"] for resource in resources if resource["type"].startswith("azure-native:")]


def _type_in(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def everything_runs_where_it_should(project: PlatformProject, *pools: str) -> set[str]:
    """Ask the API server: no pod waits, and those of the ingress are in all zones of the ordinary *pools*.

    Returns the zones.
    """
    core = project.core()
    # The pods that AKS itself adds to a cluster are not waited for.
    until(lambda: not _waiting(core), otherwise=lambda: _waiting(core))
    pods = core.list_pod_for_all_namespaces().items
    labels = {node.metadata.name: node.metadata.labels for node in core.list_node().items}
    controllers = [labels[pod.spec.node_name] for pod in pods if pod.metadata.namespace == "nginx-ingress"]
    assert {node["aks-platform/node-pool"] for node in controllers} <= set(pools)
    zones = {
        node["topology.kubernetes.io/zone"]
        for node in labels.values()
        if node["aks-platform/node-pool"] in pools
    }
    assert {node["topology.kubernetes.io/zone"] for node in controllers} == zones
    return zones


def _waiting(core: Any) -> list[str]:
    """The pods that do not run, and why the scheduler has found no node for them."""
    pods = core.list_pod_for_all_namespaces(field_selector="status.phase!=Running").items
    return [f"{pod.metadata.name}: {why_it_waits(pod)}" for pod in pods]
