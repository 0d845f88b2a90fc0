"""The Node of a virtual machine in an agent pool, as AKS makes it.

Sources: https://learn.microsoft.com/azure/aks/use-labels, availability-zones, spot-node-pool and
use-node-taints; https://kubernetes.io/docs/reference/labels-annotations-taints/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Final

from sandbox.azure.cloud import key_of
from sandbox.clusters.commands import FAKE_NODE
from sandbox.clusters.managed_cluster import node_resource_group, resource_group_id
from sandbox.clusters.nodes import capacity
from sandbox.clusters.nodes.pools import Pool
from sandbox.clusters.objects import Object, annotations_of

POOL: Final = "aks-platform.sandbox/agent-pool"
"""Annotation: the Azure id of the pool that the Node stands for a machine of, in lower case."""
GENERATION: Final = "aks-platform.sandbox/created-at"
"""Annotation: when that pool was made."""
SETTINGS: Final = "aks-platform.sandbox/settings"
"""Annotation: the labels and taints that the Node has from its pool, as JSON."""
DRAINING: Final = "aks-platform.sandbox/draining"
"""Annotation of a Node that is cordoned to be drained."""

ZONE_LABEL: Final = "topology.kubernetes.io/zone"
SPOT_LABEL: Final = "kubernetes.azure.com/scalesetpriority"
_SPOT_TAINT: Final = f"{SPOT_LABEL}=spot:NoSchedule"
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_INSTANCE_DIGITS: Final = 6
_LABEL_VALUE_LIMIT: Final = 63


def name(pool: Pool, instance: int) -> str:
    """The name of the Node of a pool's instance: `aks-<pool>-<8 digits of the cluster>-vmss<instance>`."""
    digits = (_DIGITS[instance // 36**power % 36] for power in reversed(range(_INSTANCE_DIGITS)))
    return f"{scale_set(pool)}{''.join(digits)}"


def scale_set(pool: Pool) -> str:
    """The name of the pool's scale set. All pools of a cluster have the same eight digits."""
    digest = hashlib.sha256(key_of(pool.cluster.id).encode()).digest()
    return f"aks-{pool.name}-{int.from_bytes(digest[:8]) % 10**8:08}-vmss"


def labels(pool: Pool, zone: str) -> dict[str, str]:
    """The labels of every node of *pool* in *zone*: AKS' own and the pool's; not the host's name."""
    properties = pool.properties
    found = {
        "agentpool": pool.name,
        "kubernetes.azure.com/agentpool": pool.name,
        "kubernetes.azure.com/cluster": _label_value(node_resource_group(pool.cluster)),
        "kubernetes.azure.com/mode": str(properties.get("mode") or "User").lower(),
        "kubernetes.azure.com/node-image-version": str(properties.get("nodeImageVersion") or ""),
        "kubernetes.azure.com/os-sku": pool.os_sku,
        "kubernetes.azure.com/role": "agent",
        "kubernetes.io/arch": pool.architecture,
        "kubernetes.io/os": pool.os_type,
        "beta.kubernetes.io/arch": pool.architecture,
        "beta.kubernetes.io/os": pool.os_type,
        "node.kubernetes.io/instance-type": pool.size.name,
        "beta.kubernetes.io/instance-type": pool.size.name,
        "topology.kubernetes.io/region": pool.location,
        ZONE_LABEL: zone,
        "topology.disk.csi.azure.com/zone": "" if zone == "0" else zone,
    }
    if properties.get("osDiskType") == "Ephemeral":
        found["kubernetes.azure.com/storageprofile"] = "ephemeral"
    if pool.nvidia:
        found |= {"accelerator": "nvidia", "kubernetes.azure.com/accelerator": "nvidia"}
    if pool.spot:
        found[SPOT_LABEL] = "spot"
    return {**found, **{key: str(value) for key, value in (properties.get("nodeLabels") or {}).items()}}


def taints(pool: Pool) -> list[Object]:
    """The taints of every node of *pool*; spot nodes have AKS' own whether the pool names it or not."""
    wanted = [str(taint) for taint in pool.properties.get("nodeTaints") or []]
    if pool.spot and _SPOT_TAINT not in wanted:
        wanted.append(_SPOT_TAINT)
    return [_taint(text) for text in wanted]


def settings(pool: Pool, zone: str) -> str:
    """What the annotation `SETTINGS` says."""
    return json.dumps({"labels": labels(pool, zone), "taints": taints(pool)}, sort_keys=True)


def manifest(pool: Pool, instance: int, zone: str, addresses: Sequence[str]) -> Object:
    """The Node of a new machine.

    Args:
        pool: its agent pool.
        instance: its number in the scale set.
        zone: the value of its zone label.
        addresses: its internal IP addresses.
    """
    hostname = name(pool, instance)
    group = resource_group_id(pool.cluster, node_resource_group(pool.cluster).lower())
    scale_sets = f"{group}/providers/Microsoft.Compute/virtualMachineScaleSets"
    version = pool.properties.get("currentOrchestratorVersion") or pool.properties.get("orchestratorVersion")
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": hostname,
            "labels": {**labels(pool, zone), "kubernetes.io/hostname": hostname},
            "annotations": {
                **dict([FAKE_NODE]),
                POOL: key_of(pool.id),
                GENERATION: pool.created_at,
                SETTINGS: settings(pool, zone),
            },
        },
        "spec": {
            "providerID": f"azure://{scale_sets}/{scale_set(pool)}/virtualMachines/{instance}",
            "taints": taints(pool),
        },
        "status": {
            "capacity": capacity.capacity(pool),
            "allocatable": capacity.allocatable(pool),
            "addresses": [
                *({"type": "InternalIP", "address": address} for address in addresses),
                {"type": "Hostname", "address": hostname},
            ],
            "nodeInfo": {
                **dict.fromkeys(
                    ("bootID", "machineID", "systemUUID", "kernelVersion", "kubeProxyVersion"), ""
                ),
                "architecture": pool.architecture,
                "containerRuntimeVersion": "containerd://2",
                "kubeletVersion": f"v{version}" if version else "",
                "operatingSystem": pool.os_type,
                "osImage": pool.os_sku,
            },
        },
    }


def belongs(node: Object, pool: Pool) -> bool:
    """Whether a Node stands for a machine of this pool, and of no earlier pool of the same name."""
    annotations = annotations_of(node)
    return annotations.get(POOL) == key_of(pool.id) and annotations.get(GENERATION) == pool.created_at


def is_ours(node: Object) -> bool:
    """Whether a Node stands for a machine of any pool, deleted ones included."""
    return POOL in annotations_of(node)


def _taint(text: str) -> Object:
    setting, _, effect = text.rpartition(":")
    key, _, value = setting.partition("=")
    return {"key": key, "effect": effect, **({"value": value} if value else {})}


def _label_value(text: str) -> str:
    """*text* as a label holds it: AKS cuts the node resource group's name to the 63 characters of a value."""
    return text[:_LABEL_VALUE_LIMIT].rstrip("-_.")
