"""The registry that the cluster pulls its images from."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import containerregistry

from azure_facts import naming, private_link, roles
from components.context import Context
from components.identity.role_assignment import role_assignment
from components.network.private_dns_zone import PrivateDnsZone, PrivateDnsZoneArgs
from components.network.private_endpoint import PrivateEndpoint, PrivateEndpointArgs
from components.network.subnets import PRIVATE_ENDPOINTS
from components.registry.settings import RegistrySettings


@dataclass(frozen=True, kw_only=True)
class ContainerRegistryArgs:
    """The arguments of a ContainerRegistry.

    Attributes:
        settings: Tier, retention in days, ways to reach it.
        kubelet_principal_id: Entra object id (GUID) of the identity that pulls.
        virtual_network_id: ARM id of the virtual network in which it may have an address.
        subnet_ids: ARM ids of the subnets there, by name; a private endpoint goes to its own.
        caches_artifacts: Whether the nodes pull through it what AKS brings, and not from the internet.
    """

    context: Context
    settings: RegistrySettings
    kubelet_principal_id: pulumi.Input[str]
    virtual_network_id: pulumi.Input[str]
    subnet_ids: Mapping[str, pulumi.Input[str]]
    caches_artifacts: bool


class ContainerRegistry(ComponentResource):
    """An Azure container registry without admin user, and AcrPull on it, and only on it, for the kubelets.

    It spans zones wherever the region has them, and has no replica. By setting it has an address in the
    virtual network, and then none on the internet. For a network-isolated cluster it caches the images of
    AKS. No one may push until a team grants AcrPush to its pipeline.

    https://learn.microsoft.com/azure/container-registry/container-registry-skus
    """

    id: pulumi.Output[str]
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
            public_network_access=settings.public_network_access_or_default,
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

        if settings.private_endpoint.enabled:
            given = settings.private_endpoint.private_dns_zone_id
            PrivateEndpoint(
                f"{name}-registry",
                PrivateEndpointArgs(
                    context=context,
                    service=private_link.REGISTRY,
                    resource_id=registry.id,
                    subnet_id=args.subnet_ids[PRIVATE_ENDPOINTS],
                    private_dns_zone_id=given or self._private_dns_zone(f"{name}-registry", args).id,
                ),
                ResourceOptions(parent=self),
            )

        if args.caches_artifacts:
            containerregistry.CacheRule(
                f"acrc-{name}-aks",
                cache_rule_name=naming.AKS_CACHE_RULE,
                registry_name=registry.name,
                resource_group_name=context.resource_group_name,
                source_repository="mcr.microsoft.com/*",
                target_repository="aks-managed-repository/*",
                opts=ResourceOptions(parent=self),
            )

        self.id = registry.id
        self.login_server = registry.login_server
        self.register_outputs({"id": self.id, "login_server": self.login_server})

    def _private_dns_zone(self, name: str, args: ContainerRegistryArgs) -> PrivateDnsZone:
        return PrivateDnsZone(
            name,
            PrivateDnsZoneArgs(
                context=args.context,
                zone_name=private_link.REGISTRY.dns_zone,
                virtual_network_id=args.virtual_network_id,
            ),
            ResourceOptions(parent=self),
        )


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
