"""What a killed update asked for, held against a cloud and a cluster that are written down here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from recovery.cluster import RELEASE, Revision
from recovery.findings import Finder, Finding
from recovery.state import UNKNOWN, State

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-platform-dev0a1b2c3d"
NETWORKS = f"{GROUP}/providers/Microsoft.Network/virtualNetworks"
TAGS = {"environment": "dev", "workload": "platform"}
PARENT = "urn:pulumi:dev::aks-platform::aks-platform:network:Network::platform-dev"


class FakeArm:
    """Answers with the resources of a list, as Azure does."""

    def __init__(self, *resources: Mapping[str, Any]) -> None:
        self.there = {each["id"].lower(): each for each in resources}

    def get(self, resource_id: str, api_version: str) -> Mapping[str, Any] | None:
        assert api_version
        return self.there.get(resource_id.lower())

    def groups(self, subscription_id: str, tag: str, value: str) -> list[Mapping[str, Any]]:
        assert subscription_id == SUBSCRIPTION
        return [
            each
            for each in self.there.values()
            if each["type"].endswith("resourceGroups") and each.get("tags", {}).get(tag) == value
        ]

    def resources(self, group_id: str) -> list[Mapping[str, Any]]:
        prefix = f"{group_id.lower()}/"
        return [each for key, each in self.there.items() if key.startswith(prefix)]


class FakeClusters:
    """Answers with one manager and one revision."""

    def __init__(self, manager: str | None = None, status: str | None = None) -> None:
        self.manager = manager
        self.revision = status and Revision("nginx-ingress", "sh.helm.release.v1.nginx-ingress.v1", status)

    def field_manager(self, _row: Mapping[str, Any]) -> str | None:
        return self.manager

    def last_revision(self, _row: Mapping[str, Any]) -> Any:
        return self.revision


def row(type_: str, name: str, inputs: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "urn": f"urn:pulumi:dev::aks-platform::aks-platform:network:Network${type_}::{name}",
        "type": type_,
        "custom": True,
        "parent": PARENT,
        "inputs": dict(inputs),
        **more,
    }


def network(name: str = "vnet-platform-dev0a1b2c3d", **more: Any) -> dict[str, Any]:
    inputs = {
        "__createBeforeDelete": True,
        "resourceGroupName": "rg-platform-dev0a1b2c3d",
        "virtualNetworkName": name,
        "tags": TAGS,
    }
    return row("azure-native:network:VirtualNetwork", "vnet-platform-dev", inputs, **more)


def in_azure(resource_id: str, state: str = "Succeeded", **more: Any) -> dict[str, Any]:
    segments = resource_id.split("/")
    type_ = "/".join(segments[6:8]) if len(segments) > 6 else "Microsoft.Resources/resourceGroups"
    return {
        "id": resource_id,
        "name": segments[-1],
        "type": type_,
        "tags": TAGS,
        "properties": {"provisioningState": state},
        **more,
    }


def finder(
    *resources: Mapping[str, Any],
    pending: Mapping[str, Any] | None = None,
    operation: str = "creating",
    azure: tuple[Mapping[str, Any], ...] = (),
    clusters: FakeClusters | None = None,
) -> Finder:
    operations = [{"resource": pending, "type": operation}] if pending else []
    deployment = {"resources": list(resources), "pending_operations": operations}
    arm, cluster = FakeArm(*azure), clusters or FakeClusters()
    return Finder(State({"deployment": deployment}), arm, cluster, SUBSCRIPTION)  # pyright: ignore[reportArgumentType]


def settled(finder: Finder, *planned: dict[str, Any]) -> Finding:
    (found,) = finder.pending(list(planned))
    return found


def planned(resource: Mapping[str, Any], op: str = "create") -> dict[str, Any]:
    return {"op": op, "urn": resource["urn"], "newState": resource}


HERE = f"{NETWORKS}/vnet-platform-dev0a1b2c3d"
OTHER = f"{NETWORKS}/vnet-platform-devffffffff"


def test_what_was_made_is_adopted_with_what_was_asked_for() -> None:
    found = settled(finder(pending=network(), azure=(in_azure(HERE),)))
    assert (found.verdict, found.id) == ("adopt", HERE)
    assert found.row == network(id=HERE, outputs={"__unread": True}, initErrors=[])


def test_what_was_half_made_is_adopted_for_the_next_update_to_repair() -> None:
    found = settled(finder(pending=network(), azure=(in_azure(HERE, "Failed"),)))
    assert found.verdict == "adopt"
    assert found.row is not None
    assert found.row["initErrors"] == ["Azure did not finish it; the next update repairs it."]


@pytest.mark.parametrize("state", ["Creating", "Updating", "Accepted", "Deleting"])
def test_what_is_still_being_made_is_waited_for(state: str) -> None:
    found = settled(finder(pending=network(), azure=(in_azure(HERE, state),)))
    assert (found.verdict, found.row) == ("wait", None)
    assert found.said == f"Azure says {state}: run this again when it is done"


def test_what_was_not_made_is_forgotten() -> None:
    assert settled(finder(pending=network())).verdict == "absent"


def test_what_is_in_the_state_under_its_id_is_left_alone() -> None:
    recorded = network(id=HERE.replace("resourceGroups", "resourcegroups"))
    assert settled(finder(recorded, pending=network(), azure=(in_azure(HERE),))).verdict == "recorded"


def test_what_a_later_update_made_again_is_a_persons_decision() -> None:
    again = network("vnet-platform-devffffffff", id=OTHER)
    found = settled(finder(again, pending=network(), azure=(in_azure(HERE), in_azure(OTHER))))
    assert found.verdict == "decide"
    assert found.said.endswith(f"\n  az resource delete --ids {HERE}")


def test_half_of_a_replacement_is_adopted_where_the_program_still_asks_for_it() -> None:
    old, new = network("vnet-platform-devffffffff", id=OTHER), network()
    asked = planned(network("vnet-platform-dev99999999"), "create-replacement")
    assert settled(finder(old, pending=new, azure=(in_azure(HERE),)), asked).verdict == "adopt"
    changed = network("vnet-platform-dev99999999")
    changed["inputs"]["tags"] = {}
    asked = planned(changed, "create-replacement")
    assert settled(finder(old, pending=new, azure=(in_azure(HERE),)), asked).verdict == "decide"


@pytest.mark.parametrize("operation", ["updating", "deleting", "reading"])
def test_an_operation_that_the_next_update_repeats_is_forgotten(operation: str) -> None:
    assert settled(finder(pending=network(id=HERE), operation=operation)).verdict == "recorded"


def test_a_type_without_a_known_id_is_a_persons_decision() -> None:
    unknown = row("azure-native:toys:Ball", "ball", {})
    assert settled(finder(pending=unknown)).verdict == "decide"


NAMESPACE = row(
    "kubernetes:core/v1:Namespace",
    "ns",
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "nginx-ingress"}},
)
POLICY = row(
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "netpol",
    {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "controller", "namespace": "nginx-ingress"},
    },
)


@pytest.mark.parametrize(
    ("made", "object_id"), [(NAMESPACE, "nginx-ingress"), (POLICY, "nginx-ingress/controller")]
)
def test_an_object_keeps_the_manager_that_applied_it(made: dict[str, Any], object_id: str) -> None:
    found = settled(finder(pending=made, clusters=FakeClusters("pulumi-kubernetes-0a1b2c3d")))
    assert (found.verdict, found.id) == ("adopt", object_id)
    assert found.row is not None
    assert found.row["outputs"]["__fieldManager"] == "pulumi-kubernetes-0a1b2c3d"
    assert settled(finder(pending=made)).verdict == "absent"


CHART = row(RELEASE, "helm", {"name": "nginx-ingress", "namespace": "nginx-ingress", "version": "2.6.4"})


@pytest.mark.parametrize(
    ("status", "verdict", "repairs", "ends"),
    [
        (None, "absent", None, False),
        ("deployed", "adopt", False, False),
        ("failed", "adopt", True, False),
        ("pending-install", "adopt", True, True),
    ],
)
def test_a_release_is_adopted_as_far_as_helm_came(
    status: str | None, verdict: str, repairs: bool | None, ends: bool
) -> None:
    found = settled(finder(pending=CHART, clusters=FakeClusters(status=status)))
    assert (found.verdict, found.revision is not None) == (verdict, ends)
    if repairs is not None:
        assert found.row is not None
        assert (found.row["id"], bool(found.row["initErrors"])) == ("nginx-ingress/nginx-ingress", repairs)


@pytest.mark.parametrize(("status", "ends"), [("pending-upgrade", True), ("deployed", False)])
def test_a_recorded_release_whose_upgrade_was_killed_can_be_upgraded_again(status: str, ends: bool) -> None:
    recorded = {**CHART, "id": "nginx-ingress/nginx-ingress"}
    upgrade = finder(recorded, pending=recorded, operation="updating", clusters=FakeClusters(status=status))
    found = settled(upgrade)
    assert (found.row, found.revision is not None) == (None, ends)


def test_what_no_operation_names_is_found_by_its_name_and_tags() -> None:
    previewed = network("vnet-platform-dev99999999")
    there = (in_azure(HERE), in_azure(OTHER, tags={**TAGS, "environment": "prod"}), in_azure(f"{HERE}-2"))
    (found,) = finder(azure=there).unrecorded([planned(previewed)])
    assert (found.verdict, found.id) == ("adopt", HERE)
    assert found.row is not None
    assert found.row["inputs"] == network()["inputs"], "with the name that it has, not the one of the preview"


def test_a_group_is_found_among_those_of_the_subscription() -> None:
    inputs = {"__createBeforeDelete": True, "resourceGroupName": "rg-platform-dev99999999", "tags": TAGS}
    group = row("azure-native:resources:ResourceGroup", "rg-platform-dev", inputs)
    (found,) = finder(azure=(in_azure(GROUP),)).unrecorded([planned(group)])
    assert (found.verdict, found.id) == ("adopt", GROUP)


def test_what_has_a_name_of_its_own_is_found_by_its_id() -> None:
    subnet = row(
        "azure-native:network:Subnet",
        "snet",
        {
            "resourceGroupName": "rg-platform-dev0a1b2c3d",
            "virtualNetworkName": "vnet-platform-dev0a1b2c3d",
            "subnetName": "nodes",
        },
    )
    (found,) = finder(azure=(in_azure(f"{HERE}/subnets/nodes"),)).unrecorded([planned(subnet)])
    assert (found.verdict, found.id) == ("adopt", f"{HERE}/subnets/nodes")
    assert list(finder().unrecorded([planned(subnet)])) == []
    subnet["inputs"]["virtualNetworkName"] = UNKNOWN
    assert list(finder(azure=(in_azure(HERE),)).unrecorded([planned(subnet)])) == []


def test_two_of_one_name_are_a_persons_decision() -> None:
    (found,) = finder(azure=(in_azure(HERE), in_azure(OTHER))).unrecorded([planned(network())])
    assert found.verdict == "decide"
    command = "pulumi import azure-native:network:VirtualNetwork vnet-platform-dev"
    line = f"{command} '{{}}' --parent platform-dev='{PARENT}'"
    assert found.said == "\n  ".join(
        ["2 have its name and tags. Adopt one, and delete the others:", line.format(HERE), line.format(OTHER)]
    )


def test_what_is_not_known_in_full_is_shown_with_its_import() -> None:
    asked = network()
    asked["inputs"]["addressSpace"] = UNKNOWN
    (found,) = finder(azure=(in_azure(HERE),)).unrecorded([planned(asked)])
    assert (found.verdict, found.row) == ("decide", None)
    assert "pulumi import azure-native:network:VirtualNetwork vnet-platform-dev" in found.said


def test_what_only_azure_has_is_named_but_not_what_aks_made() -> None:
    nodes = in_azure(f"/subscriptions/{SUBSCRIPTION}/resourceGroups/MC_x", managedBy=f"{GROUP}/aks")
    group = row("azure-native:resources:ResourceGroup", "rg", {}, id=GROUP)
    there = (in_azure(GROUP), in_azure(HERE), in_azure(OTHER), nodes, in_azure(f"{NETWORKS}/theirs", tags={}))
    assert finder(group, network(id=HERE), azure=there).left_over(TAGS) == [OTHER]
