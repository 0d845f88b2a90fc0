"""Faults of the simulated Azure behind the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import sandbox.__main__ as command_line
from sandbox.azure.cloud import Cloud
from sandbox.azure.faults import Fault, Faults
from sandbox.engine.cli import Run
from sandbox.engine.engine import Engine
from sandbox.engine.plugin_installation import PLUGINS

pytestmark = pytest.mark.engine

PROGRAM = """
import pulumi
from pulumi_azure_native import network, resources

group = resources.ResourceGroup("rg")
inside = {"resource_group_name": group.name}
network.VirtualNetwork("vnet", **inside, address_space={"address_prefixes": ["10.0.0.0/16"]})
network.PublicIPAddress("pip", **inside, sku={"name": "Standard"}, public_ip_allocation_method="Static")
"""
STACK_FILE = "config:\n  azure-native:location: westeurope\n"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
    (project / "Pulumi.dev.yaml").write_text(STACK_FILE)
    (project / "__main__.py").write_text(PROGRAM)
    return Engine(tmp_path / "sandbox", project, plugins={"azure-native": PLUGINS["azure-native"]})


@pytest.fixture
def faults(engine: Engine) -> Iterator[Faults]:
    with Cloud.open(engine.root / "cloud.sqlite") as cloud:
        yield Faults(cloud)


def _up(engine: Engine) -> Run:
    return engine.up("dev", capture=True)


def _run(engine: Engine, command: str) -> int:
    """Run `python -m sandbox` for the stack."""
    where = ["--root", str(engine.root), "--project", str(engine.project_dir)]
    return command_line.main([*where, command, "--stack", "dev"])


def _said_of_time(engine: Engine, capfd: pytest.CaptureFixture[str]) -> str:
    capfd.readouterr()
    assert _run(engine, "timing") == 0
    return capfd.readouterr().out.splitlines()[-1].removeprefix("In Azure this would take about ")


def test_the_next_update_recovers_from_lasting_errors_and_half_made_resources(
    engine: Engine, faults: Faults, capfd: pytest.CaptureFixture[str]
) -> None:
    faults.add(Fault(kind="InternalServerError", type="virtualNetworks"))
    faults.add(Fault(kind="ResourceOperationFailure", type="publicIPAddresses", count=1))
    failed = _up(engine)
    assert not failed.succeeded
    assert 'error: Status=500 Code="InternalServerError" Message="Internal server error."' in failed.output
    assert 'Status=200 Code="ResourceOperationFailure" Message="The resource operation' in failed.output
    resources = engine.export("dev")["deployment"]["resources"]
    assert not any("VirtualNetwork" in resource["type"] for resource in resources)
    address = next(resource for resource in resources if "PublicIP" in resource["type"])
    assert len(address["initErrors"]) == 1
    assert address["outputs"]["provisioningState"] == "Failed"

    faults.clear()
    faults.add(Fault(kind="SubscriptionRequestsThrottled", type="virtualNetworks", count=2))
    faults.add(Fault(kind="Slow", type="virtualNetworks", seconds=300))
    repaired = _up(engine)
    assert repaired.succeeded, repaired.output
    assert "+ 1 created" in repaired.output
    assert "~ 1 updated" in repaired.output
    refreshed = engine.refresh("dev", "--expect-no-changes", capture=True)
    assert refreshed.succeeded, refreshed.output
    # Two waits of 6 s, the 4 s that it takes, and 300 s more.
    assert _said_of_time(engine, capfd) == "5 min: virtual network 5 min 16 s."

    capfd.readouterr()
    assert _run(engine, "destroy") == 0
    assert capfd.readouterr().err == (
        "In Azure this would take about 6 min: deletion of virtual network 5 min 11 s → deletion of resource "
        "group 1 min 4 s.\n"
    )
