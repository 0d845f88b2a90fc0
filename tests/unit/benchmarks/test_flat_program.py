"""The flat program asks Pulumi for what ours asks for: a comparison of anything else would say nothing."""

import json
import os
import runpy
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi.runtime import mocks

from benchmarks.projects import CHECKOUT, FLAT, OURS, STACK, projects

PROGRAMS = {OURS: CHECKOUT / "__main__.py", FLAT: CHECKOUT / "benchmarks" / "flat_program.py"}
ANSWERS: dict[str, dict[str, Any]] = {
    "getClientConfig": {"clientId": "c", "objectId": "o", "subscriptionId": "s", "tenantId": "t"},
    "getUserAssignedIdentity": {"clientId": "c", "principalId": "p"},
    "listManagedClusterUserCredentials": {"kubeconfigs": []},
    "template": {"result": []},
}


class Declared(mocks.Mocks):
    def __init__(self) -> None:
        self.types: Counter[str] = Counter()

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if not args.typ.startswith("aks-platform:"):
            self.types[args.typ] += 1
        return f"/{args.name}", {}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        return ANSWERS[args.token.rpartition(":")[2]], []


def declared(program: str, project: Path) -> Counter[str]:
    """How many resources of each type a program declares, with the config of its project."""
    config = yaml.safe_load((project / f"Pulumi.{STACK}.yaml").read_text())["config"]
    told = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    os.chdir(project)
    seen = Declared()
    # A preview: nothing is computed of what Azure has not answered yet.
    mocks.set_mocks(seen, project="aks-platform", stack=STACK, preview=True)
    pulumi.runtime.set_all_config(told)
    pulumi.runtime.test(lambda: runpy.run_path(str(PROGRAMS[program]), run_name="__main__") and None)()
    return seen.types


def test_the_flat_program_declares_as_many_resources_of_each_type_as_ours(tmp_path: Path) -> None:
    directories = projects(tmp_path, pools=3)
    # The SDK has room for one program in a process.
    with ProcessPoolExecutor(max_tasks_per_child=1, mp_context=get_context("spawn")) as processes:
        flat, ours = processes.map(declared, (FLAT, OURS), (directories[FLAT], directories[OURS]))
    assert flat == ours
    assert ours["azure-native:containerservice:AgentPool"] == 5
