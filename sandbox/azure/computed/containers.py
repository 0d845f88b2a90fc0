"""Outputs of AKS clusters and node pools that have to be computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.azure.cloud import parent_id
from sandbox.azure.computed.identifiers import guid, identity_reference
from sandbox.azure.facts import facts
from sandbox.azure.request import Request

# The patch that Azure takes for a minor alone is the newest it has; any fixed one serves a simulation.
_PATCH = "3"
_MAX_PODS = {"kubenet": 110, "azure": 30, "none": 250, "overlay": 250}
_ADD_ON_IDENTITIES = {
    "azurepolicy": "azurepolicy",
    "azureKeyvaultSecretsProvider": "azurekeyvaultsecretsprovider",
    "omsagent": "omsagent",
}


def managed_cluster(request: Request) -> dict[str, Any]:
    """What the control plane gets when it is made: addresses, versions, identities, a resource group."""
    given = request.properties
    version = _version_now(given.get("kubernetesVersion"), request.current.get("currentKubernetesVersion"))
    own_group = request.id.split("/")[4]
    default_group = f"MC_{own_group}_{request.name}_{request.location}"[:80]
    group = given.get("nodeResourceGroup") or default_group
    outputs: dict[str, Any] = {
        "kubernetesVersion": given.get("kubernetesVersion") or version,
        "currentKubernetesVersion": version,
        "nodeResourceGroup": group,
        "networkProfile": _address_ranges(given.get("networkProfile", {})),
        "identityProfile": _identity_profile(request, group),
        **_addresses(request),
    }
    if given.get("oidcIssuerProfile", {}).get("enabled"):
        issuer = f"https://{request.location}.oic.prod-aks.azure.com/{request.tenant_id}/{guid(request.id)}/"
        outputs["oidcIssuerProfile"] = {"issuerURL": issuer}
    if given.get("addonProfiles"):
        outputs["addonProfiles"] = {
            name: {"identity": _managed_identity(request, group, f"{identity}-{request.name}")}
            for name, identity in _ADD_ON_IDENTITIES.items()
            if given["addonProfiles"].get(name, {}).get("enabled")
        }
    if given.get("aadProfile", {}).get("managed"):
        outputs["aadProfile"] = {"tenantID": given["aadProfile"].get("tenantID", request.tenant_id)}
    return outputs


def agent_pool(request: Request) -> dict[str, Any]:
    """What a pool gets when it is made: version, node image and size."""
    given, running = request.properties, request.current.get("currentOrchestratorVersion")
    found = request.cloud.get(parent_id(request.id))
    cluster = found.properties if found else {}
    asked = given.get("orchestratorVersion")
    if asked:
        version = _version_now(asked, running)
    else:
        version = running or cluster.get("currentKubernetesVersion") or _default_version()
    network = cluster.get("networkProfile", {})
    plugin = network.get("networkPluginMode") or network.get("networkPlugin")
    return {
        "count": _count(given, request.current),
        "currentOrchestratorVersion": version,
        "orchestratorVersion": asked or version,
        "nodeImageVersion": request.current.get("nodeImageVersion") or _node_image(given),
        "maxPods": given.get("maxPods", _MAX_PODS.get(plugin, 30)),
        "osDiskSizeGB": given.get("osDiskSizeGB") or 128,
    }


def _count(given: Mapping[str, Any], current: Mapping[str, Any]) -> int:
    """The count that is asked for, else the pool's, else one; of an autoscaled pool at least its minimum.

    A pool that is written without a count keeps its size:
    https://github.com/kubernetes-sigs/cluster-api-provider-azure/issues/1991. The API's default is 1, and a
    count below the minimum is raised to it, as recorded answers show.
    """
    count = given.get("count", current.get("count", 1))
    return max(count, given.get("minCount") or 0) if given.get("enableAutoScaling") else count


def _version_now(asked: str | None, running: str | None) -> str:
    # A minor alone asks for no upgrade of what already runs it.
    if running and (asked is None or (asked.count(".") == 1 and running.startswith(f"{asked}."))):
        return running
    asked = asked or _default_version()
    return asked if asked.count(".") == 2 else f"{asked}.{_PATCH}"


def _default_version() -> str:
    return facts("kubernetes_versions")["default"]


def _addresses(request: Request) -> dict[str, str]:
    given = request.properties
    host = request.current.get("azurePortalFQDN")
    if not host:
        prefix = given.get("dnsPrefix") or given.get("fqdnSubdomain") or request.name
        host = f"{prefix}-{guid(request.id, 'fqdn')[:8]}.portal.hcp.{request.location}.azmk8s.io"
    addresses = {"azurePortalFQDN": host, "fqdn": host.replace(".portal.", ".")}
    if given.get("apiServerAccessProfile", {}).get("enablePrivateCluster"):
        zone = f"{guid(request.id, 'zone')}.privatelink.{request.location}.azmk8s.io"
        addresses["privateFQDN"] = f"{host.split('.')[0]}.{zone}"
    return addresses


def _address_ranges(given: Mapping[str, Any]) -> dict[str, Any]:
    ranges = {"serviceCidrs": given.get("serviceCidrs", [given.get("serviceCidr", "10.0.0.0/16")])}
    if given.get("podCidr"):
        ranges["podCidrs"] = given.get("podCidrs", [given["podCidr"]])
    return ranges


def _identity_profile(request: Request, group: str) -> dict[str, Any]:
    given = request.properties.get("identityProfile")
    if not given:
        return {"kubeletidentity": _managed_identity(request, group, f"{request.name}-agentpool")}
    return {
        name: {**profile, **_ids(request, str(profile.get("resourceId", "")))}
        for name, profile in given.items()
    }


def _managed_identity(request: Request, group: str, name: str) -> dict[str, str]:
    resource_id = (
        f"/subscriptions/{request.subscription_id}/resourcegroups/{group}"
        f"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
    )
    return {"resourceId": resource_id, **_ids(request, resource_id)}


def _ids(request: Request, resource_id: str) -> dict[str, str]:
    reference = identity_reference(request.cloud, resource_id)
    return {"clientId": reference["clientId"], "objectId": reference["principalId"]}


def _node_image(given: Mapping[str, Any]) -> str:
    if given.get("osSKU") == "AzureLinux":
        return "AKSAzureLinux-V3gen2-202601.13.0"
    architecture = "arm64" if "p" in str(given.get("vmSize", "")).split("_")[1:2] else "containerd"
    return f"AKSUbuntu-2204gen2{architecture}-202601.13.0"
