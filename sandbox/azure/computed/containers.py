"""Outputs of AKS clusters, node pools and container registries that have to be computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.azure.cloud import parent_id
from sandbox.azure.computed.identifiers import guid, identity_reference
from sandbox.azure.facts import facts
from sandbox.azure.request import Request

# The patch that Azure takes for a minor alone is the newest it has; any fixed one serves a simulation.
_PATCH = "3"
_OUTBOUND_BY_LOAD_BALANCER = "loadBalancer"
_POD_RANGE = facts("networks")["defaults"]["podCidr"]
_SPOT_KEY, _SPOT_VALUE = "kubernetes.azure.com/scalesetpriority", "spot"
# Azure answers all of them as soon as one is given.
_AUTOSCALER_DEFAULTS = {
    "balanceSimilarNodeGroups": "false",
    "expander": "random",
    "maxEmptyBulkDelete": "10",
    "maxGracefulTerminationSec": "600",
    "maxNodeProvisionTime": "15m",
    "maxTotalUnreadyPercentage": "45",
    "newPodScaleUpDelay": "0s",
    "okTotalUnreadyCount": "3",
    "scaleDownDelayAfterAdd": "10m",
    "scaleDownDelayAfterDelete": "10s",
    "scaleDownDelayAfterFailure": "3m",
    "scaleDownUnneededTime": "10m",
    "scaleDownUnreadyTime": "20m",
    "scaleDownUtilizationThreshold": "0.5",
    "scanInterval": "10s",
    "skipNodesWithLocalStorage": "false",
    "skipNodesWithSystemPods": "true",
}
_MAX_PODS = {"kubenet": 110, "azure": 30, "none": 250, "overlay": 250}
_RANGES = "authorizedIPRanges"
_ADD_ON_IDENTITIES = {
    "azurepolicy": "azurepolicy",
    "azureKeyvaultSecretsProvider": "azurekeyvaultsecretsprovider",
    "omsagent": "omsagent",
}


def registry(request: Request) -> dict[str, Any]:
    """The network rules of a Premium registry, which lets everybody in unless it says otherwise.

    No request changes its zone redundancy, which every registry in a region with zones has:
    https://learn.microsoft.com/azure/container-registry/zone-redundancy#understand-the-zoneredundancy-property
    """
    outputs: dict[str, Any] = {
        name: request.current[name] for name in ("zoneRedundancy",) if name in request.current
    }
    if request.properties.get("sku", {}).get("name") == "Premium":
        rules = {"defaultAction": "Allow", "ipRules": [], **request.properties.get("networkRuleSet", {})}
        outputs["networkRuleSet"] = rules
    return outputs


def managed_cluster(request: Request) -> dict[str, Any]:
    """What the control plane gets when it is made: addresses, versions, identities, a resource group."""
    given = request.properties
    version = _version_now(given.get("kubernetesVersion"), request.current.get("currentKubernetesVersion"))
    own_group = request.id.split("/")[4]
    default_group = f"MC_{own_group}_{request.name}_{request.location}"[:80]
    group = given.get("nodeResourceGroup") or default_group
    outputs: dict[str, Any] = {
        "kubernetesVersion": given.get("kubernetesVersion")
        or request.current.get("kubernetesVersion")
        or _minor(version),
        "currentKubernetesVersion": version,
        "nodeResourceGroup": group,
        "networkProfile": _network_profile(
            given.get("networkProfile") or request.current.get("networkProfile", {})
        ),
        "identityProfile": _identity_profile(request, group),
        **_addresses(request),
        **_kept(request, "tags"),
    }
    # https://github.com/hashicorp/terraform-provider-azurerm/issues/20085
    asked, current = (each.get("apiServerAccessProfile") or {} for each in (given, request.current))
    if asked.get(_RANGES) is None and current.get(_RANGES):
        outputs["apiServerAccessProfile"] = {_RANGES: current[_RANGES]}
    if given.get("oidcIssuerProfile", {}).get("enabled"):
        issuer = f"https://{request.location}.oic.prod-aks.azure.com/{request.tenant_id}/{guid(request.id)}/"
        outputs["oidcIssuerProfile"] = {"issuerURL": issuer}
    if given.get("autoScalerProfile"):
        outputs["autoScalerProfile"] = {**_AUTOSCALER_DEFAULTS, **given["autoScalerProfile"]}
    if given.get("apiServerAccessProfile", {}).get("enablePrivateCluster"):
        outputs["apiServerAccessProfile"] = {
            "privateDNSZone": given["apiServerAccessProfile"].get("privateDNSZone", "system")
        }
        outputs["privateLinkResources"] = [
            {"name": "management", "groupId": "management", "requiredMembers": ["management"]}
        ]
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
    """What a pool gets when it is made: version, node image, size, subnet, what spot nodes have."""
    kept = _kept(request, "tags", "nodeLabels", "nodeTaints")
    given = {**request.properties, **kept}
    running = request.current.get("currentOrchestratorVersion")
    found = request.cloud.get(parent_id(request.id))
    cluster = found.properties if found else {}
    asked = given.get("orchestratorVersion")
    if asked:
        version = _version_now(asked, running)
    else:
        version = running or cluster.get("currentKubernetesVersion") or _default_version()
    network = cluster.get("networkProfile", {})
    plugin = network.get("networkPluginMode") or network.get("networkPlugin")
    subnet = given.get("vnetSubnetID") or _subnet_of_the_others(cluster)
    outputs = {
        "count": _count(given, request.current),
        "currentOrchestratorVersion": version,
        "orchestratorVersion": asked or request.current.get("orchestratorVersion") or _minor(version),
        "nodeImageVersion": request.current.get("nodeImageVersion") or _node_image(given),
        "maxPods": given.get("maxPods", _MAX_PODS.get(plugin, 30)),
        "osDiskSizeGB": given.get("osDiskSizeGB") or 128,
        **({"vnetSubnetID": subnet} if subnet else {}),
        **kept,
    }
    return outputs | (_spot_settings(given) if given.get("scaleSetPriority") == "Spot" else _surge(given))


def dropped_of_cluster(outputs: Mapping[str, Any]) -> Iterator[str]:
    """The properties that Azure takes with a cluster and does not answer."""
    if not outputs.get("addonProfiles"):
        yield "addonProfiles"
    if not outputs.get("apiServerAccessProfile", {}).get("authorizedIPRanges"):
        yield "apiServerAccessProfile.authorizedIPRanges"


def dropped_of_pool(outputs: Mapping[str, Any]) -> Iterator[str]:
    """The properties that Azure takes with a pool and does not answer."""
    for name in ("nodeLabels", "nodeTaints", "tags"):
        if not outputs.get(name):
            yield name
    if outputs.get("scaleSetPriority") != "Spot":
        yield from ("scaleSetPriority", "scaleSetEvictionPolicy", "spotMaxPrice")


def _kept(request: Request, *names: str) -> dict[str, Any]:
    """The properties that stay as they were, because the request leaves them out and does not empty them.

    https://github.com/Azure/azure-service-operator/issues/3522
    """
    return {
        name: request.current[name]
        for name in names
        if request.properties.get(name) is None and name in request.current
    }


def _surge(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"upgradeSettings": {"maxSurge": "10%", "maxUnavailable": "0", **given.get("upgradeSettings", {})}}


def _spot_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    taints, own = given.get("nodeTaints") or [], f"{_SPOT_KEY}={_SPOT_VALUE}:NoSchedule"
    return {
        "nodeLabels": {_SPOT_KEY: _SPOT_VALUE},
        "nodeTaints": taints if own in taints else [*taints, own],
        "scaleSetEvictionPolicy": given.get("scaleSetEvictionPolicy", "Delete"),
        "spotMaxPrice": given.get("spotMaxPrice", -1),
    }


def _subnet_of_the_others(cluster: Mapping[str, Any]) -> str | None:
    subnets = (pool.get("vnetSubnetID") for pool in cluster.get("agentPoolProfiles") or ())
    return next((subnet for subnet in subnets if subnet), None)


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


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
    addresses = {"azurePortalFQDN": host}
    access = given.get("apiServerAccessProfile") or {}
    if not access.get("enablePrivateCluster") or access.get("enablePrivateClusterPublicFQDN", True):
        addresses["fqdn"] = host.replace(".portal.", ".")
    if access.get("enablePrivateCluster") and (zone := _private_zone(request, access)):
        addresses["privateFQDN"] = f"{given.get('fqdnSubdomain') or host.split('.')[0]}.{zone}"
    return addresses


def _private_zone(request: Request, access: Mapping[str, Any]) -> str | None:
    """The private DNS zone that has the API server's name: one of AKS's own unless told."""
    given = access.get("privateDNSZone", "system")
    own = f"{guid(request.id, 'zone')}.privatelink.{request.location}.azmk8s.io"
    return {"system": own, "none": None}.get(given.lower(), given.rpartition("/")[2])


def _network_profile(given: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from what is given. A cluster that names no plugin is an overlay of azure's."""
    plugin = given.get("networkPlugin", "azure")
    mode = given.get("networkPluginMode", None if "networkPlugin" in given else "overlay")
    profile: dict[str, Any] = {"networkPlugin": plugin}
    if mode:
        profile["networkPluginMode"] = mode
    if plugin == "azure":
        profile["networkDataplane"] = given.get("networkDataplane", "azure")
        default_policy = "cilium" if profile["networkDataplane"] == "cilium" else "none"
        profile["networkPolicy"] = given.get("networkPolicy", default_policy)
    families = given.get("ipFamilies") or ["IPv4"]
    ipv6 = facts("networks")["ipv6Defaults"] if "IPv6" in families else {}
    profile["ipFamilies"] = families
    services = given.get("serviceCidr", "10.0.0.0/16")
    profile["serviceCidrs"] = given.get("serviceCidrs", [services, *_ipv6(ipv6, "serviceCidr")])
    pods = given.get("podCidr", _POD_RANGE if mode == "overlay" or plugin == "kubenet" else None)
    if pods:
        profile |= {"podCidr": pods, "podCidrs": given.get("podCidrs", [pods, *_ipv6(ipv6, "podCidr")])}
    if given.get("outboundType", _OUTBOUND_BY_LOAD_BALANCER) == _OUTBOUND_BY_LOAD_BALANCER:
        profile["loadBalancerProfile"] = _load_balancer(given.get("loadBalancerProfile", {}), bool(ipv6))
    elif given["outboundType"] == "managedNATGateway":
        profile["loadBalancerProfile"] = {}
    return profile


def _ipv6(defaults: Mapping[str, str], which: str) -> list[str]:
    return [defaults[which]] if defaults else []


def _load_balancer(given: Mapping[str, Any], dual_stack: bool) -> dict[str, Any]:
    own = given.get("outboundIPs") or given.get("outboundIPPrefixes")
    defaults = {"count": 1, **({"countIPv6": 1} if dual_stack else {})}
    managed = {} if own else {"managedOutboundIPs": {**defaults, **given.get("managedOutboundIPs", {})}}
    return {"backendPoolType": given.get("backendPoolType", "nodeIPConfiguration"), **managed}


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
