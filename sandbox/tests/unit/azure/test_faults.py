"""Faults of the simulated Azure, and how azure-native handles them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2, status_pb2

import sandbox.__main__ as command_line
from sandbox.azure import cloud as cloud_module
from sandbox.azure.cloud import Cloud
from sandbox.azure.faults import Fault, Faults, kinds
from sandbox.azure.request import CloudView, Request
from sandbox.engine.engine_error import EngineError
from sandbox.engine.plugin import to_python
from sandbox.tests.unit.azure.conftest import SUBSCRIPTION_ID, Context, Engine, Made, ProviderAborted

ADDRESS = {
    "resourceGroupName": "rg",
    "publicIpAddressName": "pip",
    "sku": {"name": "Standard"},
    "publicIPAllocationMethod": "Static",
}
ADDRESS_SECONDS = 5
CLUSTER = {
    "resourceGroupName": "rg",
    "resourceName": "aks",
    "dnsPrefix": "aks",
    "identity": {"type": "SystemAssigned"},
    "agentPoolProfiles": [{"name": "system", "mode": "System", "count": 3, "vmSize": "Standard_D4ds_v5"}],
}


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    """The cloud file, opened a second time as another process would."""
    with Cloud.open(tmp_path / "cloud.sqlite") as opened:
        yield opened


@pytest.fixture
def faults(cloud: Cloud) -> Faults:
    return Faults(cloud)


def _make_address(engine: Engine) -> Made:
    return engine.create("network:PublicIPAddress", "pip", ADDRESS)


def _refused(engine: Engine, token: str = "network:PublicIPAddress", **inputs: Any) -> str:
    with pytest.raises(ProviderAborted) as caught:
        engine.create(token, "it", inputs or ADDRESS)
    return str(caught.value)


RETRIED = {
    "SubscriptionRequestsThrottled": 6 + 6,
    "RetryableError": 14 + 14,
    "AnotherOperationInProgress": 20 + 60,
    "InternalServerError": 20 + 60,
    "GatewayTimeout": 20 + 60,
}
"""Seconds that the client waits before its second retry, by kind."""


@pytest.mark.parametrize(("kind", "waited"), RETRIED.items())
def test_a_transient_error_is_retried(
    engine: Engine, group: Made, cloud: Cloud, faults: Faults, kind: str, waited: float
) -> None:
    before = faults.now()
    faults.add(Fault(kind=kind, count=2))
    assert _make_address(engine).outputs["provisioningState"] == "Succeeded"
    assert faults.now() - before == waited + ADDRESS_SECONDS
    taken = cloud.execute("SELECT seconds FROM operations WHERE key LIKE '%/pip'")
    assert taken == [(waited + ADDRESS_SECONDS,)]
    assert faults.all() == {}


@pytest.mark.parametrize("kind", RETRIED)
def test_a_lasting_error_fails_after_three_retries(
    engine: Engine, group: Made, faults: Faults, kind: str
) -> None:
    number = faults.add(Fault(kind=kind, count=9))
    assert _refused(engine).startswith(f'Status={kinds()[kind].status} Code="{kind}" Message="')
    assert faults.all()[number].count == 5
    faults.clear()
    assert _make_address(engine).outputs["provisioningState"] == "Succeeded"


def test_another_conflict_is_not_retried(engine: Engine, group: Made, faults: Faults) -> None:
    number = faults.add(Fault(kind="OperationNotAllowed", count=2))
    assert _refused(engine).startswith('Status=409 Code="OperationNotAllowed" Message="Operation is not')
    assert faults.all()[number].count == 1


def test_a_retry_after_that_exceeds_the_clients_longest_wait_fails_at_once(
    engine: Engine, group: Made, faults: Faults
) -> None:
    number = faults.add(Fault(kind="SubscriptionRequestsThrottled", count=2, seconds=121))
    assert "Please try again after '121' seconds." in _refused(engine)
    assert faults.all()[number].count == 1


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"type": "natGateways"},
        {"name": "other-*"},
        {"operation": "delete"},
        {"location": "swedencentral"},
        {"vm_size": "Standard_*"},
        {"until": 0.5},
    ],
)
def test_a_fault_does_not_apply_to_other_requests(
    engine: Engine, group: Made, faults: Faults, elsewhere: dict[str, Any]
) -> None:
    faults.add(Fault(kind="OperationNotAllowed", **elsewhere))
    _make_address(engine)


@pytest.mark.parametrize(
    "here",
    [
        {"type": "publicipaddresses"},
        {"type": "Microsoft.Network/*"},
        {"name": "P?P"},
        {"operation": "create"},
        {"location": "WestEurope"},
    ],
)
def test_patterns_of_a_fault_ignore_case(
    engine: Engine, group: Made, faults: Faults, here: dict[str, Any]
) -> None:
    faults.add(Fault(kind="OperationNotAllowed", **here))
    assert _refused(engine).startswith('Status=409 Code="OperationNotAllowed"')


@pytest.mark.parametrize("kind", ["ErrCode_InsufficientVCPUQuota", "QuotaExceeded", "SkuNotAvailable"])
def test_a_vm_size_without_quota_or_capacity_is_refused_and_other_requests_are_not(
    engine: Engine, group: Made, faults: Faults, kind: str
) -> None:
    faults.add(Fault(kind=kind, vm_size="Standard_D4*", location="westeurope"))
    _make_address(engine)
    refused = _refused(engine, "containerservice:ManagedCluster", **CLUSTER)
    assert refused.startswith(f'Status={kinds()[kind].status} Code="{kind}" Message="')
    larger = [{**CLUSTER["agentPoolProfiles"][0], "vmSize": "Standard_D8ds_v5"}]
    engine.create("containerservice:ManagedCluster", "aks", {**CLUSTER, "agentPoolProfiles": larger})


def test_without_its_feature_a_subscription_has_no_encryption_at_host_and_everything_else(
    engine: Engine, group: Made, faults: Faults
) -> None:
    faults.add(Fault(kind="EncryptionAtHostNotRegistered"))
    encrypted = [{**CLUSTER["agentPoolProfiles"][0], "enableEncryptionAtHost": True}]
    refused = _refused(
        engine, "containerservice:ManagedCluster", **{**CLUSTER, "agentPoolProfiles": encrypted}
    )
    assert "'Microsoft.Compute/EncryptionAtHost' feature is not enabled for this subscription." in refused
    engine.create(
        "containerservice:ManagedCluster", "plain", {**CLUSTER, "resourceName": "plain", "dnsPrefix": "plain"}
    )


def test_messages_contain_values_of_the_request(cloud: Cloud) -> None:
    pool = Request(
        operation="create",
        type="Microsoft.ContainerService/managedClusters/agentPools",
        id=f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/rg/providers/X/managedClusters/aks/agentPools/gpu",
        properties={"location": "westeurope", "vmSize": "Standard_D4ds_v5"},
        current={},
        cloud=CloudView(cloud),
        subscription_id=SUBSCRIPTION_ID,
        tenant_id="",
    )
    parts = {
        "SubscriptionRequestsThrottled": "'PUT/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/AGENTPOOLS'",
        "OperationNotAllowed": "Another operation (gpu - Updating) is in progress",
        "GatewayTimeout": "did not receive a response from 'Microsoft.ContainerService' within",
        "ErrCode_InsufficientVCPUQuota": "requested 4, remaining 0 for family standardDDSv5Family for",
        "QuotaExceeded": "Additional requested: 4.",
        "SkuNotAvailable": "Standard_D4ds_v5' is currently not available in location 'westeurope'.",
    }
    for kind, part in parts.items():
        assert part in Fault(kind=kind).refusal(pool).message


def test_a_node_pool_has_the_location_of_its_cluster(engine: Engine, group: Made, faults: Faults) -> None:
    engine.create("containerservice:ManagedCluster", "aks", CLUSTER)
    faults.add(Fault(kind="SkuNotAvailable"))
    _make_address(engine)
    pool = {"resourceGroupName": "rg", "resourceName": "aks", "agentPoolName": "gpu", "count": 1}
    refused = _refused(
        engine, "containerservice:AgentPool", **pool, vmSize="Standard_NC4as_T4_v3", mode="User"
    )
    assert "Standard_NC4as_T4_v3' is currently not available in location 'westeurope'" in refused


class _Trailing(Context):
    """Keeps the error details that carry the state of a half-made resource to the engine."""

    detail = provider_pb2.ErrorResourceInitFailed()

    def set_trailing_metadata(self, metadata: Any) -> None:
        ((_, serialized),) = metadata
        status_pb2.Status.FromString(serialized).details[0].Unpack(self.detail)


@pytest.mark.parametrize(
    "kind", ["AllocationFailed", "OverconstrainedAllocationRequest", "ResourceOperationFailure"]
)
def test_a_half_made_resource_is_recorded_and_repaired_by_its_next_update(
    engine: Engine, group: Made, faults: Faults, kind: str
) -> None:
    engine.context = context = _Trailing()
    faults.add(Fault(kind=kind, type="managedClusters", count=1))
    answer = f'Status=200 Code="{kind}" Message="{kinds()[kind].message}"'
    assert _refused(engine, "containerservice:ManagedCluster", **CLUSTER) == answer
    outputs = to_python(context.detail.properties)
    assert (context.detail.reasons, outputs["provisioningState"]) == ([answer], "Failed")
    made = Made(context.detail.id, engine.urn("containerservice:ManagedCluster", "aks"), CLUSTER, outputs)
    found = engine.read(made)
    assert found is not None
    assert found.outputs["provisioningState"] == "Failed"
    assert engine.update(made, CLUSTER)["provisioningState"] == "Succeeded"


def test_a_failed_deletion_keeps_the_resource_and_everything_in_it(
    engine: Engine, group: Made, faults: Faults
) -> None:
    address = _make_address(engine)
    faults.add(Fault(kind="ResourceOperationFailure", operation="delete", count=1))
    with pytest.raises(ProviderAborted, match="terminal provisioning state 'Failed'"):
        engine.delete(group)
    found = engine.read(group)
    assert found is not None
    assert found.outputs["provisioningState"] == "Failed"
    assert engine.read(address) is not None
    engine.delete(group)
    assert engine.read(address) is None


def test_a_slow_operation_takes_longer(engine: Engine, group: Made, cloud: Cloud, faults: Faults) -> None:
    before = faults.now()
    faults.add(Fault(kind="Slow", type="publicIPAddresses", seconds=90))
    made = _make_address(engine)
    assert faults.now() - before == 90 + ADDRESS_SECONDS
    ((key, operation, seconds),) = cloud.execute(
        "SELECT key, operation, seconds FROM operations WHERE key LIKE '%pip'"
    )
    assert (key, operation, seconds) == (made.id.lower(), "create", 90 + ADDRESS_SECONDS)


def test_a_delayed_operation_can_still_be_refused(engine: Engine, group: Made, faults: Faults) -> None:
    faults.add(Fault(kind="Slow"))
    faults.add(Fault(kind="OperationNotAllowed"))
    assert _refused(engine).startswith('Status=409 Code="OperationNotAllowed"')


def test_a_fault_ends_after_its_simulated_time(
    engine: Engine, group: Made, cloud: Cloud, faults: Faults
) -> None:
    faults.add(Fault(kind="OperationNotAllowed"), lasting=600)
    assert "OperationNotAllowed" in _refused(engine)
    faults.wait(600)
    _make_address(engine)


def test_faults_apply_to_reads_only_if_they_say_so(engine: Engine, group: Made, faults: Faults) -> None:
    made = _make_address(engine)
    faults.add(Fault(kind="InternalServerError"))
    assert engine.read(made) is not None
    faults.add(Fault(kind="InternalServerError", operation="read"))
    with pytest.raises(ProviderAborted, match="Internal server error"):
        engine.read(made)


def _identity(engine: Engine, name: str) -> Made:
    inputs = {"resourceGroupName": "rg", "resourceName": name}
    return engine.create("managedidentity:UserAssignedIdentity", name, inputs)


def _grant(scope: str, principal: Made, role: str, number: int = 1) -> dict[str, Any]:
    roles = f"/subscriptions/{SUBSCRIPTION_ID}/providers/Microsoft.Authorization/roleDefinitions"
    return {
        "scope": scope,
        "roleAssignmentName": f"00000000-0000-4000-8000-{number:012d}",
        "principalId": principal.outputs["principalId"],
        "roleDefinitionId": f"{roles}/{role}",
    }


def _cluster_with_a_kubelet_identity(engine: Engine) -> dict[str, Any]:
    """The inputs of a cluster whose control plane needs a role on the kubelet's identity."""
    identity, kubelet = _identity(engine, "id"), _identity(engine, "kubelet")
    grant = _grant(kubelet.id, identity, "f1a07417-d97a-45cb-824c-7a7467783830")
    engine.create("authorization:RoleAssignment", "ra", {**grant, "principalType": "ServicePrincipal"})
    own = {"type": "UserAssigned", "userAssignedIdentities": [identity.id]}
    return {
        **CLUSTER,
        "identity": own,
        "identityProfile": {"kubeletidentity": {"resourceId": kubelet.id}},
    }


def test_a_new_role_assignment_is_not_seen_at_first(engine: Engine, group: Made, faults: Faults) -> None:
    faults.add(Fault(kind="RoleAssignmentNotSeen", type="managedClusters", count=1))
    inputs = _cluster_with_a_kubelet_identity(engine)
    refused = _refused(engine, "containerservice:ManagedCluster", **inputs)
    assert 'Code="CustomKubeletIdentityMissingPermissionError"' in refused
    engine.create("containerservice:ManagedCluster", "aks", inputs)


def test_an_older_role_assignment_is_seen(engine: Engine, group: Made, faults: Faults) -> None:
    inputs = _cluster_with_a_kubelet_identity(engine)
    faults.add(Fault(kind="RoleAssignmentNotSeen"))
    engine.create("containerservice:ManagedCluster", "aks", inputs)


def test_a_new_principal_is_not_found_at_first_unless_its_type_is_given(
    engine: Engine, group: Made, faults: Faults
) -> None:
    faults.add(Fault(kind="PrincipalNotFound", type="roleAssignments"))
    identity, target = _identity(engine, "id"), _identity(engine, "target")
    reader, operator = "acdd72a7-3385-48ef-bd42-f606fba81ae7", "f1a07417-d97a-45cb-824c-7a7467783830"
    grant = _grant(target.id, identity, reader)
    assert 'Code="PrincipalNotFound"' in _refused(engine, "authorization:RoleAssignment", **grant)
    typed = {**_grant(target.id, identity, operator, 2), "principalType": "ServicePrincipal"}
    engine.create("authorization:RoleAssignment", "typed", typed)
    faults.clear()
    made = engine.create("authorization:RoleAssignment", "untyped", grant)
    assert made.outputs["principalType"] == "ServicePrincipal"


@pytest.mark.parametrize(
    ("fault", "lasting", "message"),
    [
        (
            {"kind": "Nope"},
            None,
            r"^Unknown fault 'Nope'\. Write one of: SubscriptionRequestsThrottled, .*\.$",
        ),
        ({"kind": "Slow", "count": 0}, None, r"^count: 0 is too small\. Write 1 or more\.$"),
        ({"kind": "Slow"}, -1, r"^for: -1 is too small\. Write 0 or more\.$"),
        (
            {"kind": "Slow", "seconds": -2},
            None,
            r"^seconds: -2 is too small\. Write 0 or more\.$",
        ),
    ],
)
def test_an_invalid_fault_is_refused(
    faults: Faults, fault: dict[str, Any], lasting: float | None, message: str
) -> None:
    with pytest.raises(EngineError, match=message):
        faults.add(Fault(**fault), lasting)
    assert faults.all() == {}


def test_faults_are_added_listed_and_cleared_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> list[str]:
        assert command_line.main(["--root", str(tmp_path), "inject", *arguments]) == 0
        return capsys.readouterr().out.splitlines()

    assert run("list") == ["There are no faults."]
    throttled = "1: RetryableError, operation create/update/delete, type natGateways, requests left: 2"
    assert run("add", "retryableerror", "--type", "natGateways", "--count", "2") == [throttled]
    full = ["add", "SkuNotAvailable", "--vm-size", "Standard_NC*", "--for", "700", "--operation", "create"]
    size = "2: SkuNotAvailable, operation create, VM size Standard_NC*,"
    assert run(*full) == [throttled, f"{size} 11 min 40 s left"]
    assert run("wait", "650") == [throttled, f"{size} 50 s left"]
    assert run("clear", "1") == [f"{size} 50 s left"]
    assert run("clear") == ["There are no faults."]


def test_clearing_an_unknown_fault_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["--root", str(tmp_path), "inject", "clear", "7"]) == 1
    assert capsys.readouterr().err == "error: There is no fault 7. See `faults list`.\n"


def test_every_kind_of_fault_has_a_source_and_a_fitting_status() -> None:
    for kind in kinds().values():
        assert kind.source.startswith("https://")
        assert bool(kind.message) == (kind.effect in ("refuse", "fail"))
        assert (kind.effect == "refuse") == (kind.status >= 400)


def test_a_cloud_file_of_the_first_version_is_upgraded(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "old.sqlite")
    connection.executescript(f"{cloud_module._SCHEMA[0]} PRAGMA user_version = 1;")
    connection.close()
    with Cloud.open(tmp_path / "old.sqlite") as cloud:
        assert Faults(cloud).add(Fault(kind="Slow")) == 1
        assert cloud.everything() == []


def test_the_documentation_lists_every_kind_of_fault_with_its_source() -> None:
    page = (Path(command_line.__file__).parents[1] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    for code, kind in kinds().items():
        assert any(row.startswith(f"| `{code}` |") and f"({kind.source})" in row for row in rows)
