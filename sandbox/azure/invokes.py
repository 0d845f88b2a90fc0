"""The functions of azure-native that a program may call: reading what exists, and credentials."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from sandbox.azure.cloud import Resource
from sandbox.azure.computed import CALLER, guid
from sandbox.azure.refusal import Refusal
from sandbox.azure.resource_manager import ResourceManager
from sandbox.azure.resource_types import ResourceType, UnknownResourceType, resource_type
from sandbox.clusters.endpoint import Endpoint

CLIENT_ID = "00000000-0000-0000-0000-000000000004"
# The application ids of every AKS cluster's Entra server and client, the same in all of Azure.
_AKS_SERVER_ID = "6dae42f8-4368-4678-94ff-3960e28e3630"
_AKS_CLIENT_ID = "80faf920-1908-4b52-b5ef-a8e7bedfc67a"

Arguments = Mapping[str, Any]
Result = dict[str, Any]


class UnknownInvoke(Exception):  # noqa: N818 - says what it is
    """The sandbox does not know the function."""


def invoke(token: str, arguments: Arguments, manager: ResourceManager) -> Result:
    """Answer a function call.

    Raises:
        UnknownInvoke: the sandbox does not know the function.
        Refusal: Azure would not answer; what is asked about may not exist.
        KeyError: an argument is missing.
    """
    known = _INVOKES.get(token.removeprefix("azure-native:"))
    if known is not None:
        return known(arguments, manager)
    _, module, name = token.split(":")
    if not name.startswith("get"):
        raise UnknownInvoke(
            f"The sandbox does not know the function {token}: add it to sandbox/azure/invokes.py."
        )
    try:
        type_ = resource_type(f"azure-native:{module}:{name.removeprefix('get')}")
    except UnknownResourceType as error:
        raise UnknownInvoke(f"The sandbox does not know the function {token}: {error}") from error
    return {"azureApiVersion": type_.api_version, **_existing(type_, arguments, manager).properties}


def not_found(type_: ResourceType, resource_id: str) -> Refusal:
    """Azure's answer to a request for what does not exist."""
    name, segments = resource_id.rpartition("/")[2], resource_id.split("/")
    if type_.arm_type == "Microsoft.Resources/resourceGroups":
        return Refusal(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")
    if type_.arm_type == "Microsoft.Authorization/roleAssignments":
        return Refusal(404, "RoleAssignmentNotFound", f"The role assignment '{name}' is not found.")
    if type_.arm_type == "Microsoft.ContainerService/managedClusters/agentPools":
        _, _, subscription, _, group, *_, cluster, _, _ = segments
        return Refusal(
            404,
            "NotFound",
            f"Could not find the agentpool: {name} in subscription: {subscription}, resourceGroup: {group}, "
            f"resourceName: {cluster}.",
        )
    group = segments[4] if len(segments) > 4 else "<null>"
    full_name = resource_id.rpartition("/providers/")[2]
    return Refusal(
        404,
        "ResourceNotFound",
        f"The Resource '{full_name}' under resource group '{group}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    )


def _existing(type_: ResourceType, arguments: Arguments, manager: ResourceManager) -> Resource:
    resource_id = type_.id_of(dict(arguments), manager.subscription_id)
    found = manager.get(resource_id)
    if found is None:
        raise not_found(type_, resource_id)
    return found


def _client_config(_arguments: Arguments, manager: ResourceManager) -> Result:
    return {
        "clientId": CLIENT_ID,
        "objectId": CALLER,
        "subscriptionId": manager.subscription_id,
        "tenantId": manager.tenant_id,
    }


def _client_token(_arguments: Arguments, _manager: ResourceManager) -> Result:
    raise UnknownInvoke(
        "The sandbox has no login, so azure-native:authorization:getClientToken has no token to give."
    )


def _cluster(arguments: Arguments, manager: ResourceManager) -> Resource:
    return _existing(resource_type("azure-native:containerservice:ManagedCluster"), arguments, manager)


def _user_credentials(arguments: Arguments, manager: ResourceManager) -> Result:
    cluster = _cluster(arguments, manager)
    login = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "kubelogin",
            "args": [
                "get-token", "--environment", "AzurePublicCloud", "--server-id", _AKS_SERVER_ID,
                "--client-id", _AKS_CLIENT_ID, "--tenant-id", manager.tenant_id, "--login", "devicecode",
            ],
            "env": None,
            "installHint": "kubelogin is needed to log in with Entra, see https://aka.ms/aks/kubelogin",
            "provideClusterInfo": False,
        }
    }  # fmt: skip
    endpoint = None if manager.is_outside(cluster) else manager.switch_on(cluster)
    return _kubeconfigs("clusterUser", cluster, login, endpoint)


def _admin_credentials(arguments: Arguments, manager: ResourceManager) -> Result:
    cluster = _cluster(arguments, manager)
    if cluster.properties.get("disableLocalAccounts"):
        raise Refusal(
            400,
            "BadRequest",
            "Getting static credential is not allowed because this cluster is set to disable local accounts.",
        )
    endpoint = manager.switch_on(cluster)
    token = endpoint.token if endpoint else guid(cluster.id, "admin").replace("-", "")
    return _kubeconfigs("clusterAdmin", cluster, {"token": token}, endpoint)


def _kubeconfigs(role: str, cluster: Resource, login: Result, endpoint: Endpoint | None) -> Result:
    """A kubeconfig for the API server; for the name that Azure has for it where none runs or is reached."""
    host = cluster.properties.get("privateFQDN") or cluster.properties["fqdn"]
    user = f"{role}_{cluster.id.split('/')[4]}_{cluster.name}"
    authority = endpoint.certificate_authority.read_bytes() if endpoint else b""
    reached = {
        "certificate-authority-data": base64.b64encode(authority).decode(),
        "server": endpoint.server if endpoint else f"https://{host}:443",
    }
    config = {
        "apiVersion": "v1",
        "clusters": [{"cluster": reached, "name": cluster.name}],
        "contexts": [{"context": {"cluster": cluster.name, "user": user}, "name": cluster.name}],
        "current-context": cluster.name,
        "kind": "Config",
        "preferences": {},
        "users": [{"name": user, "user": login}],
    }
    text = yaml.safe_dump(config, sort_keys=False, width=math.inf)
    return {"kubeconfigs": [{"name": role, "value": base64.b64encode(text.encode()).decode()}]}


def _registry_credentials(arguments: Arguments, manager: ResourceManager) -> Result:
    registry = _existing(resource_type("azure-native:containerregistry:Registry"), arguments, manager)
    if not registry.properties.get("adminUserEnabled"):
        raise Refusal(
            400,
            "UnauthorizedForCredentialOperations",
            f"Cannot perform credential operations for {registry.id} as admin user is disabled. Kindly "
            "enable admin user as per docs: https://docs.microsoft.com/en-us/azure/container-registry/"
            "container-registry-authentication#admin-account",
        )
    names = ("password", "password2")
    return {
        "username": registry.name,
        "passwords": [{"name": n, "value": guid(registry.id, n).replace("-", "")} for n in names],
    }


_INVOKES: dict[str, Callable[[Arguments, ResourceManager], Result]] = {
    "authorization:getClientConfig": _client_config,
    "authorization:getClientToken": _client_token,
    "containerregistry:listRegistryCredentials": _registry_credentials,
    "containerservice:listManagedClusterAdminCredentials": _admin_credentials,
    "containerservice:listManagedClusterUserCredentials": _user_credentials,
}
