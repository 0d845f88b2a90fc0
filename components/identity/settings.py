"""Who may use the cluster."""

from typing import Annotated, Literal

from pydantic import Field

from settings.model import Matching, Required, SettingsModel
from settings.values import ListOf

Guid = Annotated[
    str,
    Matching(
        r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        limit="an object id (GUID)",
        reason="Microsoft Entra ID knows groups by object id, not by name",
        write="the Object Id that `az ad group show --group <name> --query id` prints",
    ),
]


class AccessSettings(SettingsModel):
    """Microsoft Entra ID is the only way in: local accounts are off and Azure RBAC decides."""

    admin_group_object_ids: Annotated[
        ListOf[Guid],
        Field(min_length=1),
        Required(
            "local accounts are off, so without an administrators' group no one could use the cluster",
            "[<object id of an Entra group>]",
        ),
    ]
    """Object ids of the Entra groups that administer the cluster. Without one, no one could sign in.
    https://learn.microsoft.com/azure/aks/enable-authentication-microsoft-entra-id"""

    kubelogin_mode: Literal["azurecli", "workloadidentity", "spn", "msi", "devicecode", "interactive"] = (
        "azurecli"
    )
    """How kubelogin signs Pulumi in to the cluster: azurecli for people, workloadidentity for most CI.
    https://azure.github.io/kubelogin/concepts/login-modes.html"""
