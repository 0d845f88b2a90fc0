"""Which network plugins, modes, dataplanes and policies a managed cluster may combine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import MANAGED_CLUSTER
from sandbox.azure.rules.pools import pools
from sandbox.azure.rules.reading import at, invalid_parameter
from sandbox.azure.rules.registry import Request, rule

_CILIUM = "https://learn.microsoft.com/azure/aks/azure-cni-powered-by-cilium"
_POLICY = "https://learn.microsoft.com/azure/aks/use-network-policies"


@rule(MANAGED_CLUSTER, source="https://learn.microsoft.com/azure/aks/azure-cni-overlay")
def overlay_mode_has_the_azure_plugin(request: Request) -> Iterator[Refusal]:
    """The overlay mode is one of the azure network plugin."""
    profile = _profile(request)
    if profile.get("networkPluginMode") == "overlay" and profile.get("networkPlugin") != "azure":
        yield invalid_parameter(
            "networkProfile.networkPluginMode",
            f"networkPluginMode overlay requires networkPlugin azure, got {profile.get('networkPlugin')}.",
        )


@rule(MANAGED_CLUSTER, source=_CILIUM)
def cilium_dataplane_has_the_azure_plugin(request: Request) -> Iterator[Refusal]:
    """The cilium dataplane is one of the azure network plugin."""
    profile = _profile(request)
    if profile.get("networkDataplane") == "cilium" and profile.get("networkPlugin") != "azure":
        yield invalid_parameter(
            "networkProfile.networkDataplane",
            f"networkDataplane cilium requires networkPlugin azure, got {profile.get('networkPlugin')}.",
        )


@rule(MANAGED_CLUSTER, source=f"{_CILIUM}#network-policy-enforcement")
def cilium_dataplane_has_the_cilium_policy(request: Request) -> Iterator[Refusal]:
    """With the cilium dataplane, network policy is cilium's."""
    profile = _profile(request)
    policy = profile.get("networkPolicy")
    if profile.get("networkDataplane") == "cilium" and policy not in (None, "cilium"):
        yield invalid_parameter(
            "networkProfile.networkPolicy",
            f"networkPolicy must be cilium when networkDataplane is cilium, got {policy}.",
        )


@rule(MANAGED_CLUSTER, source=f"{_CILIUM}#network-policy-enforcement")
def cilium_policy_has_the_cilium_dataplane(request: Request) -> Iterator[Refusal]:
    """Cilium's network policy needs the cilium dataplane."""
    profile = _profile(request)
    if profile.get("networkPolicy") == "cilium" and profile.get("networkDataplane") != "cilium":
        yield invalid_parameter(
            "networkProfile.networkPolicy",
            "networkPolicy cilium requires networkDataplane cilium, got "
            f"{profile.get('networkDataplane', 'azure')}.",
        )


@rule(MANAGED_CLUSTER, source=f"{_CILIUM}#limitations")
def cilium_dataplane_is_for_linux(request: Request) -> Iterator[Refusal]:
    """A cluster with a Windows profile has the azure dataplane."""
    if _profile(request).get("networkDataplane") == "cilium" and any(
        pool.is_windows for pool in pools(request)
    ):
        yield invalid_parameter(
            "networkProfile.networkDataplane",
            "networkDataplane cilium is not supported with Windows node pools.",
        )


@rule(MANAGED_CLUSTER, source=_POLICY)
def azure_policy_is_not_for_kubenet(request: Request) -> Iterator[Refusal]:
    """Azure's network policy needs the azure plugin."""
    profile = _profile(request)
    if profile.get("networkPolicy") == "azure" and profile.get("networkPlugin") == "kubenet":
        yield Refusal(
            400,
            "NetworkPolicyAzureNotSupportedForKubenet",
            "Network policy azure is not supported for network plugin kubenet.",
        )


@rule(MANAGED_CLUSTER, source="https://learn.microsoft.com/azure/aks/use-byo-cni")
def own_plugin_has_no_policy(request: Request) -> Iterator[Refusal]:
    """With a network plugin of the caller's, Azure enforces no network policy."""
    profile = _profile(request)
    policy = profile.get("networkPolicy")
    if profile.get("networkPlugin") == "none" and policy not in (None, "none"):
        yield Refusal(
            400,
            "NetworkPolicyNotSupportedForNone",
            f"Network policy {policy} is not supported for network plugin none.",
        )


@rule(
    MANAGED_CLUSTER,
    source="https://learn.microsoft.com/azure/aks/advanced-container-networking-services-overview",
)
def advanced_network_security_has_cilium(request: Request) -> Iterator[Refusal]:
    """Advanced network security policies need the cilium dataplane."""
    profile = _profile(request)
    if at(profile, "advancedNetworking.security.enabled") and profile.get("networkDataplane") != "cilium":
        yield invalid_parameter(
            "networkProfile.advancedNetworking.security.enabled", "Security requires networkDataplane cilium."
        )


@rule(
    MANAGED_CLUSTER,
    source="https://learn.microsoft.com/azure/aks/advanced-container-networking-services-overview",
)
def advanced_networking_is_on_for_its_parts(request: Request) -> Iterator[Refusal]:
    """Observability and security are parts of advanced networking, which is then on."""
    advanced = at(_profile(request), "advancedNetworking") or {}
    parts = [name for name in ("observability", "security") if at(advanced, f"{name}.enabled")]
    if parts and not advanced.get("enabled"):
        yield invalid_parameter(
            "networkProfile.advancedNetworking.enabled",
            f"{' and '.join(parts)} require advancedNetworking to be enabled.",
        )


def _profile(request: Request) -> dict[str, Any]:
    return dict(request.properties.get("networkProfile") or {})
