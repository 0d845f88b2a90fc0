"""Nodes of a pool: kubelet, Linux, DNS proxy, where they run, and how they are upgraded."""

from typing import Final

from components.nodepool.local_dns_profile import (
    CLUSTER,
    ROOT,
    LocalDnsProfileSettings,
)
from components.nodepool.settings import NodePoolBase, UpgradeSettings, WorkloadNodePoolBase
from components.settings import Settings
from settings.rules import Refusals, refuse, rule, unused

_HIGH_THRESHOLD: Final = 85
_LOW_THRESHOLD: Final = 80
"""The kubelet's own. https://learn.microsoft.com/azure/aks/custom-node-configuration-reference"""

_FIRST_PORTS: Final = (1024, 60999)
_LAST_PORTS: Final = (32768, 65535)
_FEWEST_VCPUS_OF_LOCAL_DNS: Final = 4


@rule
def images_are_deleted_down_to_a_lower_threshold(pool: NodePoolBase) -> Refusals:
    """The kubelet's imageGcLowThreshold is below its imageGcHighThreshold."""
    kubelet = pool.kubelet_config
    if kubelet.image_gc_high_threshold is None and kubelet.image_gc_low_threshold is None:
        return
    high = _HIGH_THRESHOLD if kubelet.image_gc_high_threshold is None else kubelet.image_gc_high_threshold
    low = _LOW_THRESHOLD if kubelet.image_gc_low_threshold is None else kubelet.image_gc_low_threshold
    if low < high:
        return
    reason = (
        f"images are deleted from {high}% on until the disk is {low}% full, and the kubelet would not start"
    )
    if kubelet.image_gc_low_threshold is None or high == 0:
        least = low + 1
        yield refuse(
            "kubeletConfig.imageGcHighThreshold",
            f"{least} to 100 with imageGcLowThreshold {low}",
            reason,
            f"imageGcHighThreshold: {least}",
        )
    else:
        most = high - 1
        yield refuse(
            "kubeletConfig.imageGcLowThreshold",
            f"0 to {most} with imageGcHighThreshold {high}",
            reason,
            f"imageGcLowThreshold: {most}",
        )


@rule
def kubelets_start_on_nodes_with_swap_space(pool: NodePoolBase) -> Refusals:
    """Nodes with swap space have kubelets that start there."""
    linux, kubelet = pool.linux_os_config, pool.kubelet_config
    if linux.swap_file_size_mb and kubelet.fail_swap_on is not False:
        reason = "a kubelet does not start on a node with swap space unless it is told so"
        instead = "kubeletConfig: {failSwapOn: false}, or remove swapFileSizeMB"
        yield refuse("linuxOSConfig.swapFileSizeMB", "not without failSwapOn: false", reason, instead)


@rule
def swap_space_is_on_the_local_disk(pool: NodePoolBase) -> Refusals:
    """Nodes with swap space have a local disk for it."""
    linux, size = pool.linux_os_config, pool.size
    if linux.swap_file_size_mb and size.lacks_local_disk:
        reason = f"the swap file is on the local disk, and {size.name} has none"
        instead = "vmSize: Standard_D4ds_v5, or remove swapFileSizeMB"
        yield refuse("linuxOSConfig.swapFileSizeMB", "a size with a local disk", reason, instead)


@rule
def local_ports_are_a_range(pool: NodePoolBase) -> Refusals:
    """The local port range begins at 1024 to 60999 and ends, above that, at 32768 to 65535."""
    ports = pool.linux_os_config.sysctls.net_ipv4_ip_local_port_range
    if ports is None:
        return
    first, last = (int(port) for port in ports.split())
    limit = "a first port from 1024 to 60999 and a last one, above it, from 32768 to 65535"
    if not (_within(first, _FIRST_PORTS) and _within(last, _LAST_PORTS) and first < last):
        yield refuse(
            "linuxOSConfig.sysctls.netIpv4IpLocalPortRange",
            limit,
            "AKS takes no other ports",
            'netIpv4IpLocalPortRange: "32768 60999"',
        )


@rule
def local_dns_has_four_vcpus(pool: NodePoolBase) -> Refusals:
    """LocalDNS runs on nodes with at least 4 vCPUs."""
    profile, size = pool.local_dns_profile, pool.size
    if profile.mode != "Disabled" and size.vcpus < _FEWEST_VCPUS_OF_LOCAL_DNS:
        reason = f"LocalDNS needs {_FEWEST_VCPUS_OF_LOCAL_DNS}, and {size.name} has {size.vcpus}"
        instead = "vmSize: Standard_D4ds_v5, or remove localDNSProfile"
        yield refuse("localDNSProfile.mode", "a size with at least 4 vCPUs", reason, instead)


@rule
def local_dns_is_on_where_it_is_configured(profile: LocalDnsProfileSettings) -> Refusals:
    """LocalDNS has overrides only where its mode is not Disabled."""
    if "mode" not in profile.model_fields_set:
        keys = ["vnetDNSOverrides", "kubeDNSOverrides"]
        yield from unused(profile, keys, "mode Disabled, the default", "mode: Required")


@rule
def local_dns_forwards_to_those_who_know(profile: LocalDnsProfileSettings) -> Refusals:
    """LocalDNS asks the cluster for cluster.local, and the virtual network for what pods outside DNS ask."""
    for domain, override in profile.vnet_dns_overrides.items():
        if not _of_cluster(domain) and override.forward_destination == "ClusterCoreDNS":
            at = ("vnetDNSOverrides", domain, "forwardDestination")
            reason = (
                "these queries come from pods that do not use the cluster's DNS, and from the node itself"
            )
            yield refuse(at, "VnetDNS, but for cluster.local", reason, "forwardDestination: VnetDNS")
    given = {"vnetDNSOverrides": profile.vnet_dns_overrides, "kubeDNSOverrides": profile.kube_dns_overrides}
    for kind, overrides in given.items():
        for domain, override in overrides.items():
            if _of_cluster(domain) and override.forward_destination == "VnetDNS":
                at = (kind, domain, "forwardDestination")
                reason = "only the cluster's DNS knows names of the cluster"
                yield refuse(at, f"ClusterCoreDNS for {domain}", reason, "forwardDestination: ClusterCoreDNS")


@rule
def local_dns_verifies_over_udp(profile: LocalDnsProfileSettings) -> Refusals:
    """LocalDNS does not verify stale answers where it asks by TCP only."""
    whole = {
        "vnetDNSOverrides": profile.whole_vnet_dns_overrides,
        "kubeDNSOverrides": profile.whole_kube_dns_overrides,
    }
    for kind, overrides in whole.items():
        for domain, override in overrides.items():
            if override.protocol == "ForceTCP" and override.serve_stale == "Verify":
                reason = "Azure takes Verify only where queries may go by UDP"
                limit = "Immediate or Disabled with ForceTCP"
                yield refuse((kind, domain, "serveStale"), limit, reason, "serveStale: Immediate")


@rule
def an_upgrade_adds_nodes_or_takes_them_away(pool: NodePoolBase) -> Refusals:
    """An upgrade adds nodes, or takes as many away as maxUnavailable says."""
    upgrade = pool.upgrade_settings
    adds = upgrade.max_surge != "0"
    if not adds and upgrade.max_unavailable is None:
        reason = "with no node added and none taken away, none could be replaced"
        instead = 'maxUnavailable: "1"' if pool.mode == "User" else 'maxSurge: "1"'
        yield refuse("upgradeSettings.maxSurge", "not 0 without maxUnavailable", reason, instead)
    elif adds and upgrade.max_unavailable is not None and not pool.spot:
        reason = "an upgrade adds nodes or takes them away; both together are a preview of Azure's"
        instead = 'maxSurge: "0", or remove maxUnavailable'
        yield refuse("upgradeSettings.maxUnavailable", 'only with maxSurge: "0"', reason, instead)


@rule
def a_system_pool_keeps_its_nodes_in_an_upgrade(pool: NodePoolBase) -> Refusals:
    """A pool of mode System has no maxUnavailable."""
    if pool.mode == "System" and pool.upgrade_settings.max_unavailable is not None:
        reason = "AKS replaces system nodes one by one, each after a new one is there"
        instead = f'upgradeSettings: {{maxSurge: "{UpgradeSettings().max_surge}"}}'
        yield refuse("upgradeSettings", "no maxUnavailable on pools of mode System", reason, instead)


@rule
def deallocated_nodes_keep_their_disk(pool: NodePoolBase) -> Refusals:
    """Nodes that are deallocated have no ephemeral OS disk."""
    if pool.scale_down_mode == "Deallocate" and pool.os_disk_type == "Ephemeral":
        reason = "an ephemeral OS disk goes with the node's host, so a deallocated node would lose it"
        instead = "osDiskType: Managed, or scaleDownMode: Delete"
        yield refuse("osDiskType", "Managed with scaleDownMode Deallocate", reason, instead)


@rule
def fips_has_an_image(pool: NodePoolBase) -> Refusals:
    """Nodes under FIPS are Azure Linux if they are Arm64, and have neither secure boot nor vTPM."""
    if not pool.enable_fips:
        return
    if pool.size.arm64 and pool.os_sku == "Ubuntu":
        reason = "AKS has no image of Ubuntu for Arm64 with modules that are validated"
        yield refuse("osSKU", f"AzureLinux for FIPS on {pool.size.name}", reason, "osSKU: AzureLinux")
    yield from _without_trusted_launch(pool, "enableFIPS", "AKS has no image for both on every size")


@rule
def ultra_disks_are_in_a_zone(pool: NodePoolBase, stack: Settings) -> Refusals:
    """Nodes to which Ultra Disks can be attached are in availability zones."""
    if pool.enable_ultra_ssd and not stack.zones_of(pool):
        reason = "Ultra Disks are in a zone, and only nodes of that zone can have them"
        instead = 'availabilityZones: ["1"], or remove enableUltraSSD'
        yield refuse("enableUltraSSD", "only with availabilityZones", reason, instead)


@rule
def nodes_near_each_other_are_in_one_zone(pool: NodePoolBase, stack: Settings) -> Refusals:
    """The nodes of a proximity placement group are in one zone, or in none."""
    zones = stack.zones_of(pool)
    if pool.proximity_placement_group_id and len(zones) > 1:
        reason = "a proximity placement group is in one zone"
        yield refuse(
            "proximityPlacementGroupID",
            f"one zone; the pool has {len(zones)}",
            reason,
            f'availabilityZones: ["{zones[0]}"]',
        )


@rule
def spot_nodes_are_on_spare_capacity(pool: WorkloadNodePoolBase) -> Refusals:
    """Spot nodes are neither on reserved capacity nor on dedicated hosts."""
    groups = {
        "capacityReservationGroupID": pool.capacity_reservation_group_id,
        "hostGroupID": pool.host_group_id,
    }
    for key in [key for key, group in groups.items() if group and pool.spot]:
        reason = "spot nodes run on spare capacity only"
        yield refuse(
            key, "not with scaleSetPriority Spot", reason, f"scaleSetPriority: Regular, or remove {key}"
        )


@rule
def sandboxed_pods_have_a_hypervisor(pool: NodePoolBase) -> Refusals:
    """Nodes for sandboxed pods are Azure Linux on x86-64, without GPUs, secure boot and vTPM."""
    if not pool.sandboxed:
        return
    if pool.os_sku != "AzureLinux":
        reason = "only Azure Linux brings the hypervisor"
        yield refuse("osSKU", "AzureLinux with workloadRuntime KataVmIsolation", reason, "osSKU: AzureLinux")
    if pool.size.arm64 or pool.size.gpus:
        reason = f"{pool.size.name} cannot run virtual machines of its own"
        instead = "vmSize: Standard_D4s_v5, or remove workloadRuntime"
        yield refuse("vmSize", "a size that supports nested virtualization", reason, instead)
    yield from _without_trusted_launch(pool, "workloadRuntime", "AKS has no image for both")


def _without_trusted_launch(pool: NodePoolBase, key: str, reason: str) -> Refusals:
    for given in pool.asked_of_trusted_launch:
        yield refuse(given, f"not with {key}", reason, f"remove {given}, or remove {key}")


def _of_cluster(domain: str) -> bool:
    return domain != ROOT and f".{domain}".endswith(f".{CLUSTER}")


def _within(port: int, limits: tuple[int, int]) -> bool:
    return limits[0] <= port <= limits[1]
