"""The whole platform: what there is, who is given what, in which order, and what must not be there."""

import importlib
import inspect
import json
import re

from tests.unit.components import stacks
from tests.unit.components.azure_answers import SUBSCRIPTION, TENANT
from tests.unit.components.recording import Recording, Resource

OUTPUTS = {
    "resourceGroupName": "rg-platform-dev1a2b3c4d",
    "clusterName": "aks-platform-dev1a2b3c4d",
    "clusterId": "/ManagedCluster/aks-platform-dev1a2b3c4d",
    "nodeResourceGroup": "MC_nodes",
    "oidcIssuerUrl": "https://issuer",
    "getCredentialsCommand": (
        "az aks get-credentials --resource-group rg-platform-dev1a2b3c4d --name aks-platform-dev1a2b3c4d"
    ),
    "registryLoginServer": "registry.azurecr",
    "egressAddresses": ["203.0.113.4"],
    "monitorWorkspaceQueryEndpoint": "https://query.prometheus",
    "ingressAddress": "http://203.0.113.4",
    "ingressPublicIpAddress": "203.0.113.4",
}


def takes_tags(resource: Resource) -> bool:
    """Whether the SDK's class of this resource has an argument `tags`."""
    package, module, kind = resource.type.split(":")
    if package != "azure-native":
        return False
    found = getattr(importlib.import_module(f"pulumi_azure_native.{module}"), kind)
    return "tags" in inspect.signature(found._internal_init).parameters


def test_the_default_platform_is_made_of_these_resources_and_no_others(platform: Recording) -> None:
    assert platform.made == [
        ("azure-native:authorization:RoleAssignment", "ra-platform-dev-controlplane-ingress"),
        ("azure-native:authorization:RoleAssignment", "ra-platform-dev-controlplane-kubelet"),
        ("azure-native:authorization:RoleAssignment", "ra-platform-dev-controlplane-nodes"),
        ("azure-native:authorization:RoleAssignment", "ra-platform-dev-kubelet-acrpull"),
        ("azure-native:containerregistry:Registry", "acrplatformdev"),
        ("azure-native:containerservice:AgentPool", "np-platform-dev-general"),
        ("azure-native:containerservice:AgentPool", "np-platform-dev-system2"),
        ("azure-native:containerservice:AgentPool", "np-platform-dev-t4"),
        (
            "azure-native:containerservice:MaintenanceConfiguration",
            "mc-platform-dev-aksmanagedautoupgradeschedule",
        ),
        (
            "azure-native:containerservice:MaintenanceConfiguration",
            "mc-platform-dev-aksmanagednodeosupgradeschedule",
        ),
        ("azure-native:containerservice:ManagedCluster", "aks-platform-dev"),
        ("azure-native:managedidentity:UserAssignedIdentity", "id-platform-dev-controlplane"),
        ("azure-native:managedidentity:UserAssignedIdentity", "id-platform-dev-kubelet"),
        ("azure-native:monitor:AzureMonitorWorkspace", "amw-platform-dev"),
        ("azure-native:monitor:DataCollectionEndpoint", "dce-platform-dev"),
        ("azure-native:monitor:DataCollectionRule", "dcr-platform-dev"),
        ("azure-native:monitor:DataCollectionRuleAssociation", "dcra-platform-dev"),
        ("azure-native:network:NatGateway", "ng-platform-dev"),
        ("azure-native:network:NetworkSecurityGroup", "nsg-platform-dev-apiserver"),
        ("azure-native:network:NetworkSecurityGroup", "nsg-platform-dev-ingress"),
        ("azure-native:network:NetworkSecurityGroup", "nsg-platform-dev-nodes"),
        ("azure-native:network:NetworkSecurityGroup", "nsg-platform-dev-privateendpoints"),
        ("azure-native:network:PublicIPAddress", "pip-platform-dev-egress-1"),
        ("azure-native:network:PublicIPAddress", "pip-platform-dev-ingress"),
        ("azure-native:network:Subnet", "snet-platform-dev-apiserver"),
        ("azure-native:network:Subnet", "snet-platform-dev-ingress"),
        ("azure-native:network:Subnet", "snet-platform-dev-nodes"),
        ("azure-native:network:Subnet", "snet-platform-dev-privateendpoints"),
        ("azure-native:network:VirtualNetwork", "vnet-platform-dev"),
        ("azure-native:resources:ResourceGroup", "rg-platform-dev"),
        ("azure-native:resources:ResourceGroup", "rg-platform-dev-ingress"),
        ("kubernetes:apps/v1:DaemonSet", "ds-platform-dev-nvidia-none"),
        ("kubernetes:core/v1:Namespace", "ns-platform-dev-gpu"),
        ("kubernetes:core/v1:Namespace", "ns-platform-dev-ingress"),
        ("kubernetes:helm.sh/v3:Release", "helm-platform-dev-ingress"),
        ("pulumi:providers:kubernetes", "k8s-platform-dev"),
    ]


def test_the_platform_is_composed_of_these_components(platform: Recording) -> None:
    assert platform.components == [
        ("aks-platform:cluster:AksCluster", "platform-dev"),
        ("aks-platform:cluster:ClusterAccess", "platform-dev"),
        ("aks-platform:cluster:MaintenanceWindows", "platform-dev"),
        ("aks-platform:identity:ClusterIdentity", "platform-dev"),
        ("aks-platform:index:Platform", "platform-dev"),
        ("aks-platform:ingress:IngressAddress", "platform-dev"),
        ("aks-platform:ingress:NginxIngress", "platform-dev"),
        ("aks-platform:monitoring:MonitorWorkspace", "platform-dev"),
        ("aks-platform:network:NatGateway", "platform-dev"),
        ("aks-platform:network:Network", "platform-dev"),
        ("aks-platform:nodepool:GpuNodePool", "platform-dev-t4"),
        ("aks-platform:nodepool:NodePool", "platform-dev-general"),
        ("aks-platform:nodepool:NvidiaDevicePlugin", "platform-dev"),
        ("aks-platform:nodepool:SystemNodePool", "platform-dev-system2"),
        ("aks-platform:registry:ContainerRegistry", "platform-dev"),
    ]
    inner = {"NatGateway": "Network", "MaintenanceWindows": "AksCluster", "Platform": "Stack"}
    parents = {found.kind: platform.parent(found) for found in platform if not found.custom}
    assert parents == {kind: inner.get(kind, "Platform") for kind in parents}
    assert platform.parent(platform["rg-platform-dev"]) == "Platform"


def test_every_resource_but_the_two_groups_lies_in_the_platforms_resource_group_or_in_the_ingresses(
    platform: Recording,
) -> None:
    groups = {
        resource.name: resource.inputs["resourceGroupName"]
        for resource in platform
        if "resourceGroupName" in resource.inputs
    }
    assert groups.pop("pip-platform-dev-ingress") == "rg-platform-dev-ingress1a2b3c4d"
    assert set(groups.values()) == {"rg-platform-dev1a2b3c4d"}


def test_the_cluster_is_given_the_identities_and_the_subnet_of_this_platform(platform: Recording) -> None:
    cluster = platform["aks-platform-dev"].inputs
    assert cluster["identity"]["userAssignedIdentities"] == [
        "/UserAssignedIdentity/id-platform-dev-controlplane1a2b3c4d"
    ]
    kubelet = "id-platform-dev-kubelet1a2b3c4d"
    assert cluster["identityProfile"] == {
        "kubeletidentity": {
            "resourceId": f"/UserAssignedIdentity/{kubelet}",
            "clientId": f"client-of-{kubelet}",
            "objectId": f"principal-of-{kubelet}",
        }
    }
    assert cluster["aadProfile"]["tenantID"] == TENANT
    subnets = [pool.inputs["vnetSubnetID"] for pool in platform.of("AgentPool")]
    subnets.append(cluster["agentPoolProfiles"][0]["vnetSubnetID"])
    assert set(subnets) == {"/Subnet/snet-platform-dev-nodes1a2b3c4d"}


def test_each_role_goes_to_its_identity_at_its_scope(platform: Recording) -> None:
    control_plane = "principal-of-id-platform-dev-controlplane1a2b3c4d"
    kubelet = "principal-of-id-platform-dev-kubelet1a2b3c4d"
    grants = {
        grant.name: (grant.inputs["principalId"], grant.inputs["scope"])
        for grant in platform.of("RoleAssignment")
    }
    assert grants == {
        "ra-platform-dev-controlplane-ingress": (control_plane, platform["rg-platform-dev-ingress"].id),
        "ra-platform-dev-controlplane-kubelet": (control_plane, platform["id-platform-dev-kubelet"].id),
        "ra-platform-dev-controlplane-nodes": (control_plane, platform["snet-platform-dev-nodes"].id),
        "ra-platform-dev-kubelet-acrpull": (kubelet, platform["acrplatformdev"].id),
    }
    definitions = {grant.inputs["roleDefinitionId"].split("/")[2] for grant in platform.of("RoleAssignment")}
    assert definitions == {SUBSCRIPTION}


def test_pools_metrics_and_access_are_given_this_cluster(platform: Recording) -> None:
    for pool in platform.of("AgentPool"):
        assert pool.inputs["resourceName"] == "aks-platform-dev1a2b3c4d"
    cluster_id = platform["aks-platform-dev"].id
    assert platform["dcra-platform-dev"].inputs["resourceUri"] == cluster_id
    assert platform["k8s-platform-dev"].inputs["clusterIdentifier"] == cluster_id


def test_the_cluster_waits_for_every_right_that_it_needs(platform: Recording) -> None:
    waits_for = platform.waits_for(platform["aks-platform-dev"])
    assert {"ra-platform-dev-controlplane-nodes", "ra-platform-dev-controlplane-kubelet"} <= waits_for


def test_pools_wait_for_the_cluster_because_none_may_be_newer_than_it(platform: Recording) -> None:
    for pool in platform.of("AgentPool"):
        assert "aks-platform-dev" in platform.waits_for(pool), pool.name


def test_the_ingress_waits_for_the_pools_that_it_can_run_on(platform: Recording) -> None:
    waits_for = platform.waits_for(platform["helm-platform-dev-ingress"])
    assert "np-platform-dev-general" in waits_for, "on tainted nodes alone Helm would time out"
    assert {"np-platform-dev-t4", "np-platform-dev-system2"}.isdisjoint(waits_for), "nothing of it runs there"


def test_every_kubernetes_resource_goes_through_the_clusters_own_provider(platform: Recording) -> None:
    through = {found.name: found.provider for found in platform if found.type.startswith("kubernetes:")}
    assert len(through) == 4
    assert set(through.values()) == {"k8s-platform-dev"}


def test_every_resource_that_takes_tags_has_those_of_the_stack(platform: Recording) -> None:
    expected = {"environment": "dev", "workload": "platform"}
    taggable = [resource for resource in platform if resource.custom and takes_tags(resource)]
    assert {resource.name: resource.inputs.get("tags") for resource in taggable} == {
        resource.name: expected for resource in taggable
    }
    kinds = {resource.kind for resource in taggable}
    assert {"ManagedCluster", "AgentPool", "ResourceGroup", "Registry"} <= kinds
    assert "Subnet" not in kinds


def test_the_tags_of_the_stack_join_and_may_overrule_ours() -> None:
    platform = stacks.record_platform(tags={"team": "blue", "environment": "sandbox"}, workload="ml")
    assert platform["rg-platform-dev"].inputs["tags"] == {
        "team": "blue",
        "environment": "sandbox",
        "workload": "ml",
    }


def test_names_begin_with_what_they_are_and_the_platforms_name(platform: Recording) -> None:
    named = re.compile(
        r"(rg|vnet|snet|nsg|pip|ng|id|ra|aks|mc|np|amw|dce|dcr|dcra|k8s|ns|ds|helm)-platform-dev(-|$)"
    )
    others = {name for name in platform.names if named.match(name) is None}
    assert others == {"acrplatformdev"}, "a registry's name holds letters and digits only"


def test_what_is_durable_is_protected_and_nothing_else_is(platform: Recording) -> None:
    protected = {found.name for found in platform if found.custom and found.protect}
    assert protected == {
        "rg-platform-dev",
        "vnet-platform-dev",
        *(f"nsg-platform-dev-{role}" for role in ("nodes", "apiserver", "privateendpoints", "ingress")),
        *(f"snet-platform-dev-{role}" for role in ("nodes", "apiserver", "privateendpoints", "ingress")),
        "ng-platform-dev",
        "pip-platform-dev-egress-1",
        "acrplatformdev",
        "ra-platform-dev-kubelet-acrpull",
        "aks-platform-dev",
        "mc-platform-dev-aksmanagedautoupgradeschedule",
        "mc-platform-dev-aksmanagednodeosupgradeschedule",
        "amw-platform-dev",
        "dce-platform-dev",
        "dcr-platform-dev",
        "dcra-platform-dev",
        "rg-platform-dev-ingress",
        "pip-platform-dev-ingress",
        "ra-platform-dev-controlplane-ingress",
    }


def test_what_azure_cannot_change_and_azure_native_does_not_know_is_announced_as_replaced(
    platform: Recording,
) -> None:
    told = {found.name: found.replace_on_changes for found in platform if found.replace_on_changes}
    assert told == {
        "pip-platform-dev-egress-1": ("zones",),
        "ng-platform-dev": ("zones",),
        "pip-platform-dev-ingress": ("zones",),
        "acrplatformdev": ("zoneRedundancy",),
    }


def test_a_stack_that_may_go_protects_nothing() -> None:
    platform = stacks.record_platform(protect=False)
    assert [found.name for found in platform if found.protect] == []


def test_outputs_are_a_promise(platform: Recording) -> None:
    outputs = platform.outputs("Platform")
    values = dict(outputs.values)
    kubeconfig = json.loads(values.pop("kubeconfig"))
    assert values == OUTPUTS
    assert kubeconfig["clusters"][0]["cluster"]["server"] == "https://aks-platform-dev1a2b3c4d.hcp:443"


def test_the_kubeconfig_is_the_one_secret_output(platform: Recording) -> None:
    assert platform.outputs("Platform").secret == {"kubeconfig"}


def test_only_what_reaches_the_cluster_holds_a_secret(platform: Recording) -> None:
    assert {found.name: found.secret_inputs for found in platform if found.secret_inputs} == {
        "k8s-platform-dev": {"kubeconfig"}
    }


def test_in_the_preview_of_an_update_every_input_is_known() -> None:
    # azure-native knows a resource's id, name and location then. A wire of any other kind would be announced
    # as a change, and as a replacement where Azure allows no change.
    pools = {"general": stacks.GENERAL, "t4": stacks.T4, "system2": stacks.SYSTEM}
    api_server = {"vnetIntegration": True, "authorizedIpRanges": ["198.51.100.7/32"]}
    preview = stacks.record_platform(preview=True, nodePools=pools, cluster={"apiServer": api_server})
    assert {found.name: found.unknown_inputs for found in preview if found.unknown_inputs} == {}
    assert len(preview.made) == 37


def test_no_input_of_the_platform_opens_a_way_past_entra(platform: Recording) -> None:
    assert platform["aks-platform-dev"].inputs["disableLocalAccounts"] is True
    assert platform["acrplatformdev"].inputs["adminUserEnabled"] is False
    asked = {token.rpartition(":")[2] for token, _ in platform.invokes}
    assert asked == {
        "getPublicIPAddress",
        "getUserAssignedIdentity",
        "listManagedClusterUserCredentials",
    }
