"""The default stack of these tests, and what Pulumi is asked for when it, or a part of it, is built."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pulumi
import pulumi_kubernetes

from components.azure_account import AzureAccount
from components.cluster.aks_cluster import AksCluster, AksClusterArgs
from components.context import Context
from components.network.cni import pod_addresses
from components.nodepool.agent_pool import NodePoolArgs
from components.nodepool.kinds import NODE_POOL_KINDS
from components.platform import Platform, PlatformArgs
from components.settings import Settings
from tests.unit.components.azure_answers import SUBSCRIPTION, TENANT
from tests.unit.components.recorder import record
from tests.unit.components.recording import Recording, Resource
from tests.unit.settings.stack import settings

GROUP: Final = "rg-of-the-test"
TAGS: Final = {"team": "blue"}
CONTEXT: Final = Context(
    environment="dev",
    subscription_id=SUBSCRIPTION,
    tenant_id=TENANT,
    location="westeurope",
    availability_zones=("1", "2", "3"),
    resource_group_name=GROUP,
    tags=TAGS,
    protect=True,
)
GENERAL: Final = {"vmSize": "Standard_D8ds_v5", "minCount": 1, "maxCount": 3}
T4: Final = {"kind": "gpu", "vmSize": "Standard_NC4as_T4_v3", "minCount": 0, "maxCount": 2}
A100: Final = {"kind": "gpu", "vmSize": "Standard_NC24ads_A100_v4", "minCount": 0, "maxCount": 1}
SYSTEM: Final = {"kind": "system", "vmSize": "Standard_D8ds_v5", "count": 1}
EVERY_KIND: Final = {"general": GENERAL, "t4": T4, "system2": SYSTEM}


def record_platform(stack: Settings | None = None, *, preview: bool = False, **keys: Any) -> Recording:
    """What the whole platform asks for."""
    chosen = stack or settings(**keys)
    account = AzureAccount(subscription_id=SUBSCRIPTION, tenant_id=TENANT)

    def program() -> None:
        Platform("platform-dev", PlatformArgs(settings=chosen, account=account))

    return record(program, preview=preview)


def record_component(
    component: Callable[..., object],
    args: object,
    name: str = "platform-dev",
    *,
    kubernetes: bool = False,
    **how: Any,
) -> Recording:
    """What one component asks for; with `kubernetes` it is given the provider `k8s`, as the platform does."""

    def program() -> None:
        provider = pulumi_kubernetes.Provider("k8s", kubeconfig="{}") if kubernetes else None
        component(name, args, pulumi.ResourceOptions(providers=[provider] if provider else None))

    return record(program, **how)


def record_cluster(
    *, dedicated: bool = False, egress_addresses: Sequence[str] = ("203.0.113.4",), **keys: Any
) -> Recording:
    """What the cluster asks for whose stack file holds these sections."""
    stack = settings(**keys)
    return record_component(
        AksCluster,
        AksClusterArgs(
            context=CONTEXT,
            settings=stack.cluster,
            network=stack.network,
            access=stack.access,
            monitoring=stack.monitoring,
            dedicated_system_pool=dedicated,
            control_plane_identity_id="/identities/controlplane",
            kubelet_identity_id="/identities/kubelet",
            kubelet_client_id="client-of-kubelet",
            kubelet_principal_id="principal-of-kubelet",
            node_subnet_id="/subnets/nodes",
            api_server_subnet_id="/subnets/apiserver",
            egress_addresses=[*egress_addresses],
            artifact_registry_id="/registries/acr",
            pods=pod_addresses(stack.network, {"pods": pulumi.Output.from_input("/subnets/pods")}),
        ),
    )


def agent_pool(
    pool: Mapping[str, Any],
    *,
    key: str = "pool",
    version: str | None = "1.36",
    subnet: str = "/subnets/nodes",
    cni: Mapping[str, Any] | None = None,
    **context: Any,
) -> Resource:
    """The AgentPool of the pool `key`, of any kind, whose entry in the stack file is `pool`."""
    stack = settings(nodePools={key: pool}, network={"cni": cni or {}})
    entry = stack.node_pools[key]
    args = NodePoolArgs(
        context=replace(CONTEXT, **context),
        key=key,
        settings=entry,
        kubernetes_version=version,
        cluster_name="aks-of-the-test",
        subnet_id=subnet,
        pods=pod_addresses(stack.network, {"pods": pulumi.Output.from_input("/subnets/pods")}),
    )
    recording = record_component(NODE_POOL_KINDS[type(entry)], args, f"platform-dev-{key}")
    found = recording[f"np-platform-dev-{key}"]
    assert recording.names == {found.name}, "a pool is one AgentPool and nothing else"
    assert recording.outputs(recording.parent(found)).values == {"azure_name": found.inputs["agentPoolName"]}
    return found


def but(inputs: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    """`inputs` with some of them changed; None takes one away."""
    return {key: value for key, value in {**inputs, **changed}.items() if value is not None}
