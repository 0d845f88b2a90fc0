"""Who may use the cluster."""

from typing import Annotated, Literal

from pydantic import Field

from settings.model import Required, See, SettingsModel
from settings.values import Guid


class AccessSettings(SettingsModel):
    """Microsoft Entra ID is the only way in: local accounts are off and Azure RBAC decides."""

    admin_group_object_ids: Annotated[
        tuple[Guid, ...],
        Field(min_length=1),
        Required(
            "local accounts are off, so without an administrators' group nobody could use the cluster",
            "[<object id of an Entra group>]",
        ),
        See("aks/enable-authentication-microsoft-entra-id"),
    ]
    """Object ids of the Entra groups that administer the cluster. Without one nobody would get in."""

    kubelogin_mode: Annotated[
        Literal["azurecli", "workloadidentity", "spn", "msi", "devicecode", "interactive"],
        See("https://azure.github.io/kubelogin/concepts/login-modes.html"),
    ] = "azurecli"
    """How kubelogin signs Pulumi in to the cluster: azurecli for people, workloadidentity for most CI."""
