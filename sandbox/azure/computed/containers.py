"""Outputs of AKS clusters and node pools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.azure.cloud import parent_id
from sandbox.azure.computed.registry import Answer, computes, guid, identity_reference
from sandbox.azure.facts import facts

# The patch that Azure takes for a minor alone is the newest it has; any fixed one serves a simulation.
_PATCH = "3"
_MAX_AGENT_POOLS = 100
_MAX_PODS_OVERLAY = 250
_MAX_PODS = {"kubenet": 110, "azure": 30, "none": 250}
_ADD_ON_IDENTITIES = {
    "azurepolicy": "azurepolicy",
    "azureKeyvaultSecretsProvider": "azurekeyvaultsecretsprovider",
    "omsagent": "omsagent",
}


def full_version(version: str | None) -> str:
    """The patch version that AKS runs for a version given as ``1.36``, ``1.36.5`` or not at all."""
    known: str = version or facts("kubernetes_versions")["default"]
    return known if known.count(".") == 2 else f"{known}.{_PATCH}"


def node_resource_group(resource_group: str, cluster: str, location: str) -> str:
    """The name that AKS gives the group of a cluster's own resources."""
    return f"MC_{resource_group}_{cluster}_{location}"[:80]


def _version_now(asked: str | None, current: str | None) -> str:
    # A minor alone asks for no upgrade of what already runs it.
    if current and (asked is None or (asked.count(".") == 1 and current.startswith(f"{asked}."))):
        return current
    return full_version(asked)


@computes("Microsoft.ContainerService/managedClusters")
def managed_cluster(request: Answer) -> dict[str, Any]:
    """What the control plane gets when it is made: addresses, versions, identities, a resource group."""
    given, current = request.inputs, request.current
    version = _version_now(given.get("kubernetesVersion"), current.get("currentKubernetesVersion"))
    group = given.get("nodeResourceGroup") or node_resource_group(
        request.resource_group, request.name, request.location
    )
    outputs: dict[str, Any] = {
        "kubernetesVersion": given.get("kubernetesVersion") or version,
        "currentKubernetesVersion": version,
        "nodeResourceGroup": group,
        "maxAgentPools": _MAX_AGENT_POOLS,
        "powerState": {"code": "Running"},
        "resourceUID": guid(request.id).replace("-", ""),
        "enableRBAC": given.get("enableRBAC", True),
        "networkProfile": _network_profile(given.get("networkProfile", {})),
        **_addresses(request),
    }
    if given.get("oidcIssuerProfile", {}).get("enabled"):
        issuer = f"https://{request.location}.oic.prod-aks.azure.com/{request.tenant_id}/{guid(request.id)}/"
        outputs["oidcIssuerProfile"] = {"issuerURL": issuer}
    if given.get("addonProfiles"):
        outputs["addonProfiles"] = _add_ons(request, group)
    outputs["identityProfile"] = _identity_profile(request, group)
    if given.get("aadProfile", {}).get("managed"):
        outputs["aadProfile"] = {"tenantID": given["aadProfile"].get("tenantID", request.tenant_id)}
    outputs["agentPoolProfiles"] = [
        _pool(profile, _current_pool(current, profile), version, given.get("networkProfile", {}))
        for profile in given.get("agentPoolProfiles", [])
    ]
    return outputs


def _addresses(request: Answer) -> dict[str, str]:
    current = request.current
    prefix = request.inputs.get("dnsPrefix") or request.inputs.get("fqdnSubdomain") or request.name
    host = current.get("azurePortalFQDN") or ""
    if not host:
        host = f"{prefix}-{guid(request.id, 'fqdn')[:8]}.portal.hcp.{request.location}.azmk8s.io"
    public = host.replace(".portal.", ".")
    if request.inputs.get("apiServerAccessProfile", {}).get("enablePrivateCluster"):
        zone = f"{guid(request.id, 'zone')}.privatelink.{request.location}.azmk8s.io"
        return {"azurePortalFQDN": host, "fqdn": public, "privateFQDN": f"{public.split('.')[0]}.{zone}"}
    return {"azurePortalFQDN": host, "fqdn": public}


def _network_profile(given: Mapping[str, Any]) -> dict[str, Any]:
    service_cidr = given.get("serviceCidr", "10.0.0.0/16")
    profile: dict[str, Any] = {
        "networkPlugin": given.get("networkPlugin", "azure"),
        "networkDataplane": given.get("networkDataplane", "azure"),
        "loadBalancerSku": given.get("loadBalancerSku", "standard"),
        "outboundType": given.get("outboundType", "loadBalancer"),
        "serviceCidr": service_cidr,
        "serviceCidrs": given.get("serviceCidrs", [service_cidr]),
        "dnsServiceIP": given.get("dnsServiceIP", "10.0.0.10"),
        "ipFamilies": given.get("ipFamilies", ["IPv4"]),
    }
    if given.get("podCidr"):
        profile["podCidrs"] = given.get("podCidrs", [given["podCidr"]])
    return profile


def _add_ons(request: Answer, group: str) -> dict[str, Any]:
    result = {}
    for name, profile in request.inputs["addonProfiles"].items():
        identity_name = _ADD_ON_IDENTITIES.get(name)
        if profile.get("enabled") and identity_name:
            result[name] = {"identity": _managed_identity(request, group, f"{identity_name}-{request.name}")}
    return result


def _identity_profile(request: Answer, group: str) -> dict[str, Any]:
    given = request.inputs.get("identityProfile", {})
    if not given:
        return {"kubeletidentity": _managed_identity(request, group, f"{request.name}-agentpool")}
    return {
        name: {**profile, **_ids(request, str(profile.get("resourceId", "")))}
        for name, profile in given.items()
    }


def _managed_identity(request: Answer, group: str, name: str) -> dict[str, str]:
    resource_id = (
        f"/subscriptions/{request.subscription_id}/resourcegroups/{group}"
        f"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
    )
    return {"resourceId": resource_id, **_ids(request, resource_id)}


def _ids(request: Answer, resource_id: str) -> dict[str, str]:
    reference = identity_reference(request.cloud.get(resource_id), resource_id)
    return {"clientId": reference["clientId"], "objectId": reference["principalId"]}


def _current_pool(current: Mapping[str, Any], profile: Mapping[str, Any]) -> Mapping[str, Any]:
    pools = {pool.get("name"): pool for pool in current.get("agentPoolProfiles", [])}
    return pools.get(profile.get("name"), {})


@computes("Microsoft.ContainerService/managedClusters/agentPools")
def agent_pool(request: Answer) -> dict[str, Any]:
    """What a pool gets when it is made: version, node image, size and network defaults."""
    cluster = request.cloud.get(parent_id(request.id))
    properties = cluster.properties if cluster else {}
    version = str(properties.get("currentKubernetesVersion") or full_version(None))
    return _pool(request.inputs, request.current, version, properties.get("networkProfile", {}))


def _pool(
    given: Mapping[str, Any], current: Mapping[str, Any], cluster_version: str, network: Mapping[str, Any]
) -> dict[str, Any]:
    asked = given.get("orchestratorVersion")
    running = current.get("currentOrchestratorVersion")
    version = _version_now(asked, running) if asked else str(running or cluster_version)
    autoscaled = given.get("enableAutoScaling")
    count = given.get("count", given.get("minCount") if autoscaled else None)
    default_pods = (
        _MAX_PODS_OVERLAY
        if network.get("networkPluginMode") == "overlay"
        else _MAX_PODS.get(str(network.get("networkPlugin", "azure")), 30)
    )
    os_sku = given.get("osSKU", "Ubuntu")
    filled = {
        "count": 1 if count is None else count,
        "currentOrchestratorVersion": version,
        "orchestratorVersion": asked or version,
        "nodeImageVersion": current.get("nodeImageVersion") or _node_image(os_sku, given),
        "powerState": {"code": "Running"},
        "provisioningState": "Succeeded",
        "maxPods": given.get("maxPods", default_pods),
        "mode": given.get("mode", "User"),
        "osType": given.get("osType", "Linux"),
        "osSKU": os_sku,
        "osDiskType": given.get("osDiskType", "Managed"),
        "osDiskSizeGB": given.get("osDiskSizeGB") or 128,
        "kubeletDiskType": given.get("kubeletDiskType", "OS"),
        "scaleDownMode": given.get("scaleDownMode", "Delete"),
        "enableAutoScaling": bool(autoscaled),
        "enableFIPS": given.get("enableFIPS", False),
        "type": given.get("type", "VirtualMachineScaleSets"),
    }
    return {**given, **filled}


def _node_image(os_sku: str, given: Mapping[str, Any]) -> str:
    if os_sku == "AzureLinux":
        return "AKSAzureLinux-V3gen2-202601.13.0"
    architecture = "arm64" if "p" in str(given.get("vmSize", "")).split("_")[1:2] else "containerd"
    return f"AKSUbuntu-2204gen2{architecture}-202601.13.0"
