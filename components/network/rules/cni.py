"""CNI: data plane and network policies."""

from components.network.cni_settings import AzureCniBase
from settings.rules import Refusals, refuse, rule, warn


@rule
def policies_are_enforced_by_what_the_data_plane_has(cni: AzureCniBase) -> Refusals:
    """Network policy is cilium's with the data plane cilium, and azure, calico or none with azure."""
    plane, policy = cni.network_dataplane, cni.network_policy
    if policy is None or (plane == "cilium") == (policy == "cilium"):
        return
    if plane == "cilium":
        limit = "cilium with networkDataplane cilium"
        reason = "Cilium enforces policies itself, and AKS installs no second policy engine"
        instead = "networkPolicy: cilium, or networkDataplane: azure"
    else:
        limit = "azure, calico or none with networkDataplane azure"
        reason = "Cilium enforces policies in its own data plane"
        instead = "networkDataplane: cilium, or networkPolicy: calico"
    yield refuse("networkPolicy", limit, reason, instead)


@rule
def a_policy_engine_that_ends_is_known_to_end(cni: AzureCniBase) -> Refusals:
    """Warns of Azure Network Policy Manager, which ends in 2028."""
    if cni.network_policy == "azure" and cni.network_dataplane == "azure":
        reason = "Azure Network Policy Manager ends on 30 September 2028"
        yield warn("networkPolicy", "cilium or calico", reason, "networkDataplane: cilium")


@rule
def policies_by_name_need_cilium(cni: AzureCniBase) -> Refusals:
    """Policies by domain name or request need the data plane cilium."""
    if cni.advanced_networking.security.enabled and cni.network_dataplane != "cilium":
        limit, reason = "false with networkDataplane azure", "only Cilium understands names and requests"
        instead = "networkDataplane: cilium, or enabled: false"
        yield refuse("advancedNetworking.security.enabled", limit, reason, instead)
