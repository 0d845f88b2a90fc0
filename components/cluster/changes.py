"""Changes of a cluster that Azure refuses."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from azure_facts import versions
from components.cluster.settings import ClusterSettings
from components.refused_changes import Update, fixed, refused
from settings.rules import Refusals

FIXED_OF_POOL: Final[Mapping[str, object]] = {
    "vmSize": "",
    "availabilityZones": [],
    "maxPods": 0,
    "osDiskType": "",
    "osDiskSizeGB": 0,
    "enableEncryptionAtHost": False,
    "enableUltraSSD": False,
    "kubeletConfig": {},
    "linuxOSConfig": {},
    "proximityPlacementGroupID": "",
    "capacityReservationGroupID": "",
    "hostGroupID": "",
    "workloadRuntime": "OCIContainer",
    "creationData": {},
}
"""What a pool keeps from its creation, and what it has if it was created without.

https://learn.microsoft.com/azure/aks/manage-node-pools
"""

_OF_POOL: Final = "cluster.systemPool"
_OTHER_NODES: Final = "for other nodes, add a pool of kind: system"


def of_cluster(settings: ClusterSettings, system_pool: str) -> Callable[[Update], Refusals]:
    """What Azure refuses to change about a cluster with these settings, whose own pool is `system_pool`."""

    def check(update: Update) -> Refusals:
        was, wanted = (_pool(inputs, system_pool) for inputs in (update.old, update.new))
        yield from _of_system_pool(settings, was, wanted)
        yield from _of_version(settings.kubernetes_version, update)
        if _integrated(update.old) and not _integrated(update.new):
            place = "cluster.apiServer"
            reason = "Azure cannot take the API server out of the virtual network again"
            yield refused(f"{place}.vnetIntegration", "true", reason, "vnetIntegration: true", wanted=False)
        yield from _of_privacy(_access(update.old), _access(update.new))

    return check


def _of_privacy(was: Mapping[str, Any], wanted: Mapping[str, Any]) -> Refusals:
    """A cluster becomes private or public only with VNet integration, and its zone only becomes none.

    https://learn.microsoft.com/azure/aks/private-clusters
    """
    place = "cluster.apiServer.privateCluster"
    if not wanted.get("enableVnetIntegration"):
        yield from fixed(
            f"{place}.enabled",
            was=bool(was.get("enablePrivateCluster")),
            wanted=bool(wanted.get("enablePrivateCluster")),
            reason="Azure changes it only where the API server is inside the virtual network",
            instead="or vnetIntegration: true in an update of its own before",
        )
    zones = [each.get("privateDNSZone") for each in (was, wanted)]
    if all(zones) and zones[1] != "none":
        yield from fixed(
            f"{place}.privateDnsZone",
            was=zones[0],
            wanted=zones[1],
            reason="Azure changes it to none, and to no other",
            instead="for another one, build a new environment and move",
        )


def _pool(inputs: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The pool of this name: after a refresh the state has all pools here, in any order."""
    return next((pool for pool in inputs["agentPoolProfiles"] if pool["name"] == name), {})


def _of_system_pool(settings: ClusterSettings, was: Mapping[str, Any], wanted: Mapping[str, Any]) -> Refusals:
    reason = "a cluster keeps the pool that it was made with, and Azure cannot change this about a pool"
    for key, absent in FIXED_OF_POOL.items():
        of_stack = key == "availabilityZones" and settings.system_pool.availability_zones is None
        yield from fixed(
            key if of_stack else f"{_OF_POOL}.{key}",
            was=was.get(key) or absent,
            wanted=wanted.get(key) or absent,
            reason=reason,
            instead=_OTHER_NODES,
        )
    security = was.get("securityProfile") or {}
    if not (security.get("enableSecureBoot") or security.get("enableVTPM")):
        for key in ("enableSecureBoot", "enableVTPM"):
            yield from fixed(
                f"{_OF_POOL}.{key}",
                was=False,
                wanted=bool((wanted.get("securityProfile") or {}).get(key)),
                reason="the pool was made without an image for trusted launch",
                instead=_OTHER_NODES,
            )


def _of_version(wanted: str | None, update: Update) -> Refusals:
    """A version is never lowered, and rises by one minor version at a time.

    https://learn.microsoft.com/azure/aks/upgrade-aks-cluster#before-you-begin
    """
    runs = update.answer.get("currentKubernetesVersion") or update.old.get("kubernetesVersion")
    if wanted is None or not runs:
        return
    place, minor = "cluster.kubernetesVersion", versions.minor_of(runs)
    if versions.is_older(wanted, runs):
        reason = f"the cluster runs {runs}, and Azure never takes a version back"
        write = f'kubernetesVersion: "{minor}"'
        yield refused(place, f"{minor} or newer", reason, write, wanted=wanted)
    elif versions.minor_number(wanted) > versions.minor_number(runs) + 1:
        following = f"1.{versions.minor_number(runs) + 1}"
        reason = f"the cluster runs {runs}, and Azure upgrades by one minor version at a time"
        write = f'kubernetesVersion: "{following}", and "{versions.minor_of(wanted)}" in a later update'
        yield refused(place, f"{minor} or {following}", reason, write, wanted=wanted)


def _integrated(inputs: Mapping[str, Any]) -> bool:
    return bool(_access(inputs).get("enableVnetIntegration"))


def _access(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    return inputs.get("apiServerAccessProfile") or {}
