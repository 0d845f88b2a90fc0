"""What it takes to add a kind or a trait: its settings, its component or function, its line in a table."""

from typing import Any, ClassVar, get_args

import pulumi
import pytest
from pulumi_kubernetes import core

from components.ingress import kinds as ingress_kinds
from components.ingress.ingress_args import IngressArgs
from components.ingress.settings import IngressSettings, NoIngressSettings
from components.network import egress
from components.network.settings import EgressSettings
from components.nodepool import kinds as node_pool_kinds
from components.nodepool import node_pool_profile
from components.nodepool.agent_pool import NodePoolArgs, agent_pool
from components.nodepool.settings import NodePoolBase, NodePoolSettings, UserNodePoolSettings
from components.nodepool.traits import TRAITS, Trait
from settings.model import SettingsModel
from tests.unit.components import stacks


class BatchNodePoolSettings(UserNodePoolSettings):
    """A kind that only these tests know."""

    kind_taints: ClassVar[tuple[str, ...]] = ("workload=batch:NoSchedule",)


class BatchNodePool(pulumi.ComponentResource):
    def __init__(
        self, name: str, args: NodePoolArgs[BatchNodePoolSettings], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aks-platform:test:BatchNodePool", name, None, opts)
        agent_pool(name, args, parent=self)
        self.register_outputs({})


class PlainIngressSettings(SettingsModel):
    """An ingress that is an address and nothing more."""

    open_to_internet: ClassVar[bool] = True


class PlainIngress(pulumi.ComponentResource):
    def __init__(self, name: str, args: IngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:test:PlainIngress", name, None, opts)
        core.v1.ConfigMap(
            f"cm-{name}-plain",
            metadata={"name": "plain"},
            data={"address": args.address_name, "group": args.address_resource_group_name},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def test_a_new_kind_of_node_pool_is_built_from_its_line_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(node_pool_kinds.NODE_POOL_KINDS, BatchNodePoolSettings, BatchNodePool)
    batch = BatchNodePoolSettings(vm_size="Standard_D8ds_v5", count=1)
    recording = stacks.record_platform(stacks.settings().model_copy(update={"node_pools": {"batch": batch}}))
    pool = recording["np-platform-dev-batch"]
    assert recording.parent(pool) == "BatchNodePool"
    assert recording.parent(recording.component("BatchNodePool")) == "Platform"
    assert pool.inputs["nodeTaints"] == ["workload=batch:NoSchedule"]
    assert pool.inputs["resourceName"] == "aks-platform-dev1a2b3c4d"


def test_a_new_trait_reaches_pools_of_every_kind_that_have_it_and_renames_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fips(pool: NodePoolBase) -> Trait | None:
        if pool.node_labels.get("fips") != "yes":
            return None
        return Trait(labels={"secure": "yes"}, immutable={"fips": True})

    plain: dict[str, dict[str, Any]] = {"user": stacks.GENERAL, "gpu": stacks.T4, "system": stacks.SYSTEM}
    before = {kind: stacks.agent_pool(pool).inputs for kind, pool in plain.items()}
    monkeypatch.setattr(node_pool_profile, "TRAITS", (*TRAITS, fips))
    for kind, pool in plain.items():
        assert stacks.agent_pool(pool).inputs == before[kind]
        secure = stacks.agent_pool({**pool, "nodeLabels": {"fips": "yes"}}).inputs
        assert secure["nodeLabels"] == {**before[kind]["nodeLabels"], "secure": "yes", "fips": "yes"}
        assert secure["agentPoolName"] != before[kind]["agentPoolName"]


def test_a_new_kind_of_ingress_is_built_from_its_line_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ingress_kinds.INGRESS_KINDS, PlainIngressSettings, PlainIngress)
    settings = stacks.settings().model_copy(update={"ingress": PlainIngressSettings()})
    recording = stacks.record_platform(settings)
    plain = recording["cm-platform-dev-plain"]
    assert recording.parent(plain) == "PlainIngress"
    assert plain.provider == "k8s-platform-dev"
    assert plain.inputs["data"] == {
        "address": "pip-platform-dev-ingress1a2b3c4d",
        "group": "rg-platform-dev-ingress1a2b3c4d",
    }
    assert "ra-platform-dev-controlplane-ingress" in recording.waits_for(plain)
    assert recording.outputs("Platform").values["ingressAddress"] == "http://203.0.113.4"
    assert recording.of("Release") == [], "the default ingress is gone"


@pytest.mark.parametrize(
    ("said", "built"),
    [
        (NodePoolSettings, node_pool_kinds.NODE_POOL_KINDS.keys()),
        (IngressSettings, {*ingress_kinds.INGRESS_KINDS, NoIngressSettings}),
        (EgressSettings, egress.EGRESS_KINDS.keys()),
    ],
)
def test_every_kind_that_a_stack_file_may_name_is_built(said: Any, built: set[type]) -> None:
    assert kinds_of(said) == set(built)


def kinds_of(said: Any) -> set[type]:
    """The classes of a union, however it is annotated."""
    members = get_args(said)
    if not members:
        return {said}
    if hasattr(said, "__metadata__"):
        return kinds_of(members[0])
    return {kind for member in members for kind in kinds_of(member)}
