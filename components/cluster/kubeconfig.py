"""The kubeconfig that the program itself uses, as text."""

import base64
import json
from dataclasses import dataclass
from typing import Any, Final

import yaml

AKS_ENTRA_SERVER_ID: Final = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The Entra application that every AKS API server trusts.
https://learn.microsoft.com/azure/aks/kubelogin-authentication"""

_INTERACTIVE: Final = frozenset({"devicecode", "interactive"})


@dataclass(frozen=True, kw_only=True)
class ApiServer:
    """Where a cluster's API server is, and the certificate authority (base64 PEM) that vouches for it."""

    url: str
    certificate_authority_data: str


def api_server(credentials: str) -> ApiServer:
    """Read the API server out of what Azure answers to listClusterUserCredential, a base64 kubeconfig."""
    kubeconfig: dict[str, Any] = yaml.safe_load(base64.b64decode(credentials))
    cluster = kubeconfig["clusters"][0]["cluster"]
    return ApiServer(url=cluster["server"], certificate_authority_data=cluster["certificate-authority-data"])


def render(cluster_name: str, server: ApiServer, *, tenant_id: str, login_mode: str) -> str:
    """A kubeconfig, as JSON, that signs in with kubelogin in the given mode.

    Azure's own kubeconfig signs in by device code, which would hang a pipeline; this one prompts only in the
    two interactive modes.

    Args:
        cluster_name: Names cluster, user and context.
        server: Where the API server is.
        tenant_id: Entra tenant (GUID).
        login_mode: One of kubelogin's `--login` modes, such as azurecli or workloadidentity.
    """
    user = f"{cluster_name}-{login_mode}"
    sign_in = f"get-token --login {login_mode} --server-id {AKS_ENTRA_SERVER_ID} --tenant-id {tenant_id}"
    cluster = {"server": server.url, "certificate-authority-data": server.certificate_authority_data}
    command = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "kubelogin",
        "args": sign_in.split(),
        "interactiveMode": "IfAvailable" if login_mode in _INTERACTIVE else "Never",
        "provideClusterInfo": False,
        "installHint": "Install kubelogin: az aks install-cli",
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": cluster_name, "cluster": cluster}],
            "users": [{"name": user, "user": {"exec": command}}],
            "contexts": [{"name": cluster_name, "context": {"cluster": cluster_name, "user": user}}],
            "current-context": cluster_name,
        }
    )
