"""A cluster with one node pool, as a program writes it without components."""

import os

import pulumi
from pulumi_azure_native import authorization, containerservice, managedidentity, network, resources

size = os.environ.get("NODE_SIZE", "Standard_D4ds_v5")
group = resources.ResourceGroup("rg")
vnet = network.VirtualNetwork(
    "vnet", resource_group_name=group.name, address_space={"address_prefixes": ["10.224.0.0/16"]}
)
subnet = network.Subnet(
    "nodes", resource_group_name=group.name, virtual_network_name=vnet.name, address_prefix="10.224.0.0/17"
)
identity = managedidentity.UserAssignedIdentity("id", resource_group_name=group.name)
account = authorization.get_client_config_output()
role = authorization.RoleAssignment(
    "network-contributor",
    scope=subnet.id,
    principal_id=identity.principal_id,
    principal_type="ServicePrincipal",
    role_definition_id=pulumi.Output.format(
        "/subscriptions/{0}/providers/Microsoft.Authorization/roleDefinitions/{1}",
        account.subscription_id,
        "4d97b98b-1d4f-4787-a291-c67834d212e7",
    ),
)
cluster = containerservice.ManagedCluster(
    "aks",
    resource_group_name=group.name,
    dns_prefix="aks",
    kubernetes_version="1.36",
    identity=containerservice.ManagedClusterIdentityArgs(
        type=containerservice.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[identity.id]
    ),
    oidc_issuer_profile={"enabled": True},
    network_profile={
        "network_plugin": "azure",
        "network_plugin_mode": "overlay",
        "pod_cidr": "10.244.0.0/16",
    },
    agent_pool_profiles=[
        {
            "name": "system",
            "mode": "System",
            "count": 3,
            "vm_size": "Standard_D4ds_v5",
            "vnet_subnet_id": subnet.id,
            "os_type": "Linux",
            "type": "VirtualMachineScaleSets",
        }
    ],
    opts=pulumi.ResourceOptions(depends_on=[role]),
)
containerservice.AgentPool(
    "user",
    resource_group_name=group.name,
    resource_name_=cluster.name,
    vm_size=size,
    count=int(os.environ.get("NODE_COUNT", "1")),
    vnet_subnet_id=subnet.id,
    mode="User",
    os_type="Linux",
    type="VirtualMachineScaleSets",
)
pulumi.export("issuer", cluster.oidc_issuer_profile.apply(lambda profile: profile and profile.issuer_url))
