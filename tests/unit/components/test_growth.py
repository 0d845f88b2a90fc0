"""A new kind of node pool or ingress: one settings class, one component, one line in the table of kinds."""

from typing import ClassVar

import pulumi
import pytest
from pulumi_azure_native import containerservice
from pulumi_kubernetes import core

from components import platform
from components.ingress import settings as ingress
from components.ingress.ingress import IngressArgs
from components.nodepool import node_pool_profile
from components.nodepool import settings as node_pools
from components.nodepool.agent_pool import NodePoolArgs, agent_pool
from components.nodepool.settings import UserNodePoolSettings
from components.settings import Settings
from settings.model import SettingsModel
from tests.unit.components import stacks


class BatchNodePoolSettings(UserNodePoolSettings):
    """A kind that only these tests know."""


class BatchNodePool(pulumi.ComponentResource):
    def __init__(
        self, name: str, args: NodePoolArgs[BatchNodePoolSettings], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aks-platform:test:BatchNodePool", name, None, opts)
        agent_pool(
            name,
            args,
            mode=containerservice.AgentPoolMode.USER,
            profile=node_pool_profile.arguments(
                args.key, args.settings, args.availability_zones, labels={"batch": "yes"}, taints=()
            ),
            parent=self,
        )
        self.register_outputs({})


class PlainIngressSettings(SettingsModel):
    """An ingress that is an address and nothing more."""

    open_to_internet: ClassVar[bool] = True


class PlainIngress(pulumi.ComponentResource):
    def __init__(self, name: str, args: IngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:test:PlainIngress", name, None, opts)
        self.ingress_class = pulumi.Output.from_input("plain")
        core.v1.ConfigMap(
            f"cm-{name}-plain",
            metadata={"name": "plain"},
            data={"address": args.address_name, "group": args.address_resource_group_name},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"ingress_class": self.ingress_class})


def stack_with(**fields: object) -> Settings:
    """A stack that holds objects which the settings' own unions do not know."""
    return stacks.settings().model_copy(update=fields)


def test_a_new_kind_of_node_pool_is_built_from_its_line_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(platform.NODE_POOL_KINDS, BatchNodePoolSettings, BatchNodePool)
    batch = BatchNodePoolSettings(vm_size="Standard_D8ds_v5", count=1)
    recording = stacks.record_platform(stack_with(node_pools={"batch": batch}))
    pool = recording["np-platform-dev-batch"]
    assert recording.parent(pool) == "BatchNodePool"
    assert recording.parent(recording.component("BatchNodePool")) == "Platform"
    assert pool.inputs["nodeLabels"] == {"aks-platform/node-pool": "batch", "batch": "yes"}
    assert pool.inputs["resourceName"] == "aks-platform-dev1a2b3c4d"
    assert pool.inputs["tags"] == {"environment": "dev", "workload": "platform"}
    assert pool.delete_before_replace is False
    assert "aks-platform-dev" in recording.waits_for(pool)


def test_a_new_kind_of_ingress_is_built_from_its_line_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(platform.INGRESS_KINDS, PlainIngressSettings, PlainIngress)
    recording = stacks.record_platform(stack_with(ingress=PlainIngressSettings()))
    plain = recording["cm-platform-dev-plain"]
    assert recording.parent(plain) == "PlainIngress"
    assert plain.provider == "k8s-platform-dev"
    assert plain.inputs["data"] == {
        "address": "pip-platform-dev-ingress1a2b3c4d",
        "group": "rg-platform-dev-ingress1a2b3c4d",
    }
    assert "ra-platform-dev-controlplane-ingress" in recording.waits_for(plain)
    assert recording.outputs("Platform").values["ingressAddress"] == "http://203.0.113.4"
    rules = recording["nsg-platform-dev-nodes"].inputs["securityRules"]
    assert rules[0]["name"] == "AllowWebFromInternet"
    assert recording.of("Release") == [], "the default ingress is gone"


def test_every_kind_that_a_stack_file_may_name_has_a_component() -> None:
    assert set(platform.NODE_POOL_KINDS) == set(node_pools.NODE_POOL_KINDS.values())
    assert set(platform.INGRESS_KINDS) == set(ingress.INGRESS_KINDS.values()) - {ingress.NoIngressSettings}
