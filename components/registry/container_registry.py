"""The registry that the cluster pulls its images from."""

from dataclasses import dataclass

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import containerregistry

from azure_facts import naming, roles
from components.context import Context
from components.identity.role_assignment import role_assignment
from components.registry.settings import RegistrySettings


@dataclass(frozen=True, kw_only=True)
class ContainerRegistryArgs:
    """The arguments of a ContainerRegistry.

    Attributes:
        settings: Tier, retention in days.
        kubelet_principal_id: Entra object id (GUID) of the identity that pulls.
    """

    context: Context
    settings: RegistrySettings
    kubelet_principal_id: pulumi.Input[str]


class ContainerRegistry(ComponentResource):
    """An Azure container registry without admin user, and AcrPull on it, and only on it, for the kubelets.

    It spans zones wherever the region has them. It has no private endpoint and no replica. No one may push
    until a team grants AcrPush to its pipeline.

    https://learn.microsoft.com/azure/container-registry/container-registry-skus
    """

    login_server: pulumi.Output[str]

    def __init__(self, name: str, args: ContainerRegistryArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:registry:ContainerRegistry", name, None, opts)
        context, settings = args.context, args.settings

        registry = containerregistry.Registry(
            naming.registry_name(name),
            resource_group_name=context.resource_group_name,
            sku=containerregistry.SkuArgs(name=settings.sku),
            admin_user_enabled=False,
            anonymous_pull_enabled=False,
            policies=_policies(settings),
            tags=context.tags,
            # It has no effect. The SDK always sends Disabled, and Azure may come to answer Enabled.
            # https://learn.microsoft.com/azure/container-registry/zone-redundancy
            opts=ResourceOptions(parent=self, ignore_changes=["zoneRedundancy"]),
        )
        role_assignment(
            f"ra-{name}-kubelet-acrpull",
            scope=registry.id,
            principal_id=args.kubelet_principal_id,
            role=roles.ACR_PULL,
            subscription_id=context.subscription_id,
            parent=self,
        )

        self.login_server = registry.login_server
        self.register_outputs({"login_server": self.login_server})


def _policies(settings: RegistrySettings) -> containerregistry.PoliciesArgs | None:
    """Retention where the tier has it; off is said too, for leaving it out could keep it."""
    if settings.sku != "Premium":
        return None
    status = containerregistry.PolicyStatus
    return containerregistry.PoliciesArgs(
        retention_policy=containerregistry.RetentionPolicyArgs(
            days=settings.retention_days,
            status=status.DISABLED if settings.retention_days is None else status.ENABLED,
        )
    )
