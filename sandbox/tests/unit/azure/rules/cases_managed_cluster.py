"""Requests for the rules of managed clusters."""

from sandbox.tests.unit.azure.rules.world import (
    ABSENT,
    API_SERVER,
    CLUSTER,
    CLUSTER_INPUTS,
    CONTROL_PLANE_PRINCIPAL,
    GROUP,
    KUBELET,
    NAT,
    NODES,
    OTHER_PRINCIPAL,
    PLATFORM,
    SYSTEM_PROFILE,
    VNET,
    Case,
    assignment,
    changed,
    in_group,
    new_cluster,
    new_pool,
    update_cluster,
)

_PREMIUM = {"sku.tier": "Premium", "supportPlan": "AKSLongTermSupport"}
_OLD = {CLUSTER: changed(CLUSTER_INPUTS, {"kubernetesVersion": "1.35"})}
_AZURE = {"networkProfile.networkDataplane": "azure", "networkProfile.networkPolicy": "azure"}
_KUBENET = {
    "networkProfile.networkPlugin": "kubenet",
    "networkProfile.networkPluginMode": ABSENT,
    "networkProfile.networkDataplane": ABSENT,
    "networkProfile.networkPolicy": ABSENT,
}
_NO_SUBNET = {"agentPoolProfiles.0.vnetSubnetID": ABSENT, "apiServerAccessProfile": ABSENT}
_ROUTING = {"networkProfile.outboundType": "userDefinedRouting"}
_ROUTED = {NODES: {**PLATFORM[NODES], "routeTable": {"id": in_group("Microsoft.Network/routeTables/routes")}}}
_RESERVED = {
    VNET: changed(PLATFORM[VNET], {"addressSpace.addressPrefixes": ["10.224.0.0/16", "172.30.0.0/16"]}),
    f"{VNET}/subnets/far": {"addressPrefix": "172.30.0.0/24", "natGateway": {"id": NAT}},
    assignment(VNET, 9): {
        "principalId": CONTROL_PLANE_PRINCIPAL,
        "roleDefinitionId": PLATFORM[assignment(NODES, 1)]["roleDefinitionId"],
        "scope": VNET,
    },
}
_ACCESS = "apiServerAccessProfile"
_UNDELEGATED = {API_SERVER: {"addressPrefix": "10.224.128.0/28"}}
_TINY = {API_SERVER: changed(PLATFORM[API_SERVER], {"addressPrefix": "10.224.128.0/29"})}
_PRIVATE = {f"{_ACCESS}.enablePrivateCluster": True}
_PLAIN_CLUSTER = {CLUSTER: changed(CLUSTER_INPUTS, {_ACCESS: ABSENT})}
_OTHER_VNET = in_group("Microsoft.Network/virtualNetworks/other")
_OTHER_API = f"{_OTHER_VNET}/subnets/api-server"
_ELSEWHERE = {
    _OTHER_VNET: PLATFORM[VNET],
    _OTHER_API: PLATFORM[API_SERVER],
    assignment(_OTHER_API, 8): {**PLATFORM[assignment(API_SERVER, 2)], "scope": _OTHER_API},
}
_INHERITED = {
    assignment(NODES, 1): ABSENT,
    assignment(GROUP, 7): {**PLATFORM[assignment(NODES, 1)], "scope": GROUP},
}
_INHERITED_OPERATOR = {
    assignment(KUBELET, 3): ABSENT,
    assignment(GROUP, 7): {**PLATFORM[assignment(KUBELET, 3)], "scope": GROUP},
}

CASES = [
    Case(
        "kubernetes_version_is_supported",
        new_cluster({"kubernetesVersion": "1.31"}),
        new_cluster({"kubernetesVersion": "1.37.1"}),
        400,
        "K8sVersionNotSupported",
        "Managed cluster aks2 is on version 1.31, which is not supported in this region. Please use [az "
        "aks get-versions] command to get the supported version list in this region. For more information, "
        "please check https://aka.ms/supported-version-list",
    ),
    Case(
        "kubernetes_version_is_supported",
        new_cluster({"kubernetesVersion": "1.34"}),
        new_cluster({"kubernetesVersion": "1.34", **_PREMIUM}),
        400,
        "K8sVersionNotSupported",
        "Managed cluster aks2 is on version 1.34, which is only available for Long-Term Support (LTS). If "
        "you intend to onboard to LTS, please ensure the cluster is in Premium tier and LTS support plan. "
        "For more information, please check https://aka.ms/supported-version-list",
    ),
    Case(
        "kubernetes_version_goes_up_by_one_minor",
        update_cluster({"kubernetesVersion": "1.35"}),
        update_cluster({"kubernetesVersion": "1.37"}),
        400,
        "OperationNotAllowed",
        "Upgrading Kubernetes version 1.36.5 to 1.35 is not allowed. Please see "
        "https://aka.ms/aks-supported-k8s-ver for version details.",
    ),
    Case(
        "kubernetes_version_goes_up_by_one_minor",
        update_cluster({"kubernetesVersion": "1.36.4"}),
        update_cluster({"kubernetesVersion": "1.36.5"}),
        400,
        "OperationNotAllowed",
        "Upgrading Kubernetes version 1.36.5 to 1.36.4 is not allowed. Please see "
        "https://aka.ms/aks-supported-k8s-ver for version details.",
    ),
    Case(
        "long_term_support_is_premium",
        new_cluster({"supportPlan": "AKSLongTermSupport"}),
        new_cluster(_PREMIUM),
        400,
        "InvalidParameter",
        "The value of parameter supportPlan is invalid. Error details: AKSLongTermSupport requires the "
        "Premium tier, the cluster's tier is Standard. Please see https://aka.ms/aks-naming-rules for more "
        "details.",
    ),
    Case(
        "long_term_support_upgrades_patches_only",
        new_cluster({**_PREMIUM, "autoUpgradeProfile.upgradeChannel": "stable"}),
        new_cluster({"autoUpgradeProfile.upgradeChannel": "stable"}),
        400,
        "InvalidParameter",
        "The value of parameter autoUpgradeProfile.upgradeChannel is invalid. Error details: "
        "AKSLongTermSupport supports the patch channel only, got stable. Please see "
        "https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "node_image_channels_agree",
        new_cluster(
            {"autoUpgradeProfile": {"upgradeChannel": "node-image", "nodeOSUpgradeChannel": "SecurityPatch"}}
        ),
        new_cluster(
            {"autoUpgradeProfile": {"upgradeChannel": "node-image", "nodeOSUpgradeChannel": "NodeImage"}}
        ),
        400,
        "InvalidParameter",
        "The value of parameter autoUpgradeProfile.nodeOSUpgradeChannel is invalid. Error details: "
        "nodeOSUpgradeChannel must be NodeImage when upgradeChannel is node-image, got SecurityPatch. "
        "Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "cost_analysis_is_paid_for",
        new_cluster({"sku.tier": "Free", "metricsProfile.costAnalysis.enabled": True}),
        new_cluster({"metricsProfile.costAnalysis.enabled": True}),
        400,
        "InvalidParameter",
        "The value of parameter metricsProfile.costAnalysis.enabled is invalid. Error details: Cost "
        "analysis requires the Standard or the Premium tier. Please see https://aka.ms/aks-naming-rules "
        "for more details.",
    ),
    Case(
        "automatic_cluster_is_standard",
        new_cluster({"sku": {"name": "Automatic", "tier": "Free"}}),
        new_cluster({"sku": {"name": "Automatic", "tier": "Standard"}}),
        400,
        "InvalidParameter",
        "The value of parameter sku.tier is invalid. Error details: The sku Automatic requires the "
        "Standard tier, got Free. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "workload_identity_has_an_issuer",
        new_cluster({"oidcIssuerProfile": ABSENT}),
        new_cluster({"oidcIssuerProfile": ABSENT, "securityProfile.workloadIdentity": ABSENT}),
        400,
        "InvalidParameter",
        "The value of parameter securityProfile.workloadIdentity.enabled is invalid. Error details: "
        "Workload identity requires the OIDC issuer to be enabled. Please see "
        "https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "oidc_issuer_stays_on",
        update_cluster({"oidcIssuerProfile.enabled": False, "securityProfile.workloadIdentity": ABSENT}),
        update_cluster(),
        400,
        "OIDCIssuerCannotBeDisabled",
        "OIDC issuer feature cannot be disabled.",
    ),
    Case(
        "cluster_without_local_accounts_has_entra",
        new_cluster({"aadProfile": ABSENT}),
        new_cluster({"aadProfile": ABSENT, "disableLocalAccounts": False}),
        400,
        "InvalidParameter",
        "The value of parameter disableLocalAccounts is invalid. Error details: Local accounts can only be "
        "disabled in clusters with a managed aadProfile. Please see https://aka.ms/aks-naming-rules for "
        "more details.",
    ),
    Case(
        "azure_rbac_has_managed_entra",
        new_cluster({"aadProfile.managed": False, "disableLocalAccounts": False}),
        new_cluster(
            {"aadProfile.managed": False, "aadProfile.enableAzureRBAC": False, "disableLocalAccounts": False}
        ),
        400,
        "InvalidParameter",
        "The value of parameter aadProfile.enableAzureRBAC is invalid. Error details: Azure RBAC requires "
        "aadProfile.managed to be true. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "entra_has_kubernetes_rbac",
        new_cluster({"enableRBAC": False}),
        new_cluster({"enableRBAC": ABSENT}),
        400,
        "RBACNotEnabledForAAD",
        "RBAC must be enabled when aadProfile is set.",
    ),
    Case(
        "entra_stays_on",
        update_cluster({"aadProfile": ABSENT, "disableLocalAccounts": False}),
        update_cluster({"aadProfile.enableAzureRBAC": False}),
        400,
        "PropertyChangeNotAllowed",
        "Changing property 'properties.aadProfile' is not allowed.",
    ),
    Case(
        "image_cleaner_interval_is_in_range",
        new_cluster({"securityProfile.imageCleaner.intervalHours": 23}),
        new_cluster({"securityProfile.imageCleaner.intervalHours": 24}),
        400,
        "InvalidParameter",
        "The value of parameter securityProfile.imageCleaner.intervalHours is invalid. Error details: "
        "intervalHours 23 must be between 24 and 2160. Please see https://aka.ms/aks-naming-rules for more "
        "details.",
    ),
    Case(
        "node_resource_group_is_new",
        new_cluster({"nodeResourceGroup": "RG"}),
        new_cluster({"nodeResourceGroup": "rg-nodes"}),
        400,
        "NodeResourceGroupSameAsResourceGroup",
        "The node resource group RG cannot be the same as the resource group of the managed cluster.",
    ),
    Case(
        "node_resource_group_is_new",
        new_cluster({"nodeResourceGroup": "MC_rg_aks_swedencentral"}),
        new_cluster({"nodeResourceGroup": "MC_rg_aks2_swedencentral"}),
        400,
        "NodeResourceGroupAlreadyExists",
        "The node resource group MC_rg_aks_swedencentral already exists.",
    ),
    Case(
        "cluster_has_one_dns_name",
        new_cluster({"dnsPrefix": ABSENT}),
        new_cluster({"dnsPrefix": ABSENT, "fqdnSubdomain": "aks"}),
        400,
        "InvalidParameter",
        "The value of parameter dnsPrefix is invalid. Error details: Exactly one of dnsPrefix and "
        "fqdnSubdomain must be set, got none. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "immutable_cluster_properties_stay",
        update_cluster({"networkProfile.serviceCidr": "10.1.0.0/16", "networkProfile.dnsServiceIP": ABSENT}),
        update_cluster({"networkProfile.serviceCidr": ABSENT}),
        400,
        "PropertyChangeNotAllowed",
        "Changing property 'networkProfile.serviceCidr' is not allowed.",
    ),
    Case(
        "network_choices_are_one_way",
        update_cluster({"networkProfile.networkDataplane": "azure", "networkProfile.networkPolicy": "none"}),
        update_cluster(given={CLUSTER: changed(CLUSTER_INPUTS, _AZURE)}),
        400,
        "PropertyChangeNotAllowed",
        "Changing property 'networkProfile.networkDataplane' is not allowed.",
    ),
    Case(
        "network_plugin_stays",
        update_cluster({"networkProfile.networkPlugin": "none"}),
        update_cluster(given={CLUSTER: changed(CLUSTER_INPUTS, _KUBENET)}),
        400,
        "PropertyChangeNotAllowed",
        "Changing property 'networkProfile.networkPlugin' is not allowed.",
    ),
    Case(
        "private_cluster_setting_stays",
        update_cluster(_PRIVATE, given=_PLAIN_CLUSTER),
        update_cluster(_PRIVATE),
        400,
        "PropertyChangeNotAllowed",
        "Changing property 'apiServerAccessProfile.enablePrivateCluster' is not allowed.",
    ),
    Case(
        "cluster_ranges_are_cidr",
        new_cluster({"networkProfile.podCidr": "10.244.0.1/16"}),
        new_cluster(),
        400,
        "CidrStringParseError",
        "networkProfile.podCidr 10.244.0.1/16 is not a valid CIDR.",
    ),
    Case(
        "service_range_is_smaller_than_12",
        new_cluster({"networkProfile.serviceCidr": "10.0.0.0/12"}),
        new_cluster({"networkProfile.serviceCidr": "10.0.0.0/13"}),
        400,
        "InvalidParameter",
        "The value of parameter networkProfile.serviceCidr is invalid. Error details: Service CIDR "
        "10.0.0.0/12 must be smaller than /12. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "service_range_is_apart_from_subnets",
        new_cluster(
            {"networkProfile.serviceCidr": "10.224.129.0/24", "networkProfile.dnsServiceIP": "10.224.129.10"}
        ),
        new_cluster(
            {"networkProfile.serviceCidr": "10.224.131.0/24", "networkProfile.dnsServiceIP": "10.224.131.10"}
        ),
        400,
        "ServiceCidrOverlapExistingSubnetsCidr",
        "The specified service CIDR 10.224.129.0/24 is conflicted with an existing subnet CIDR "
        "10.224.129.0/24",
    ),
    Case(
        "pod_range_is_apart_from_subnets",
        new_cluster({"networkProfile.podCidr": "10.224.129.0/24"}),
        new_cluster({"networkProfile.podCidr": "10.224.192.0/18"}),
        400,
        "PodCidrOverlapExistingSubnetsCidr",
        "The specified pod CIDR 10.224.129.0/24 is conflicted with an existing subnet CIDR 10.224.129.0/24",
    ),
    Case(
        "pod_range_is_apart_from_services",
        new_cluster({"networkProfile.podCidr": "10.0.0.0/16"}),
        new_cluster({"networkProfile.podCidr": "10.1.0.0/16"}),
        400,
        "PodCidrOverlapServiceCidr",
        "The specified pod CIDR 10.0.0.0/16 is conflicted with the service CIDR 10.0.0.0/16",
    ),
    Case(
        "ranges_leave_what_azure_reserves",
        new_cluster(
            {"networkProfile.serviceCidr": "172.30.0.0/16", "networkProfile.dnsServiceIP": "172.30.0.10"}
        ),
        new_cluster(
            {"networkProfile.serviceCidr": "172.29.0.0/16", "networkProfile.dnsServiceIP": "172.29.0.10"}
        ),
        400,
        "ServiceCidrOverlapping",
        "The specified service CIDR 172.30.0.0/16 overlaps with reserved CIDR 172.30.0.0/16",
    ),
    Case(
        "ranges_leave_what_azure_reserves",
        new_cluster({"networkProfile.podCidr": "172.31.0.0/16"}),
        new_cluster({"networkProfile.podCidr": "172.28.0.0/16"}),
        400,
        "InvalidNetworkingConfig",
        "The specified pod CIDR 172.31.0.0/16 overlaps with reserved CIDR 172.31.0.0/16",
    ),
    Case(
        "ranges_leave_what_azure_reserves",
        new_cluster({"agentPoolProfiles.0.vnetSubnetID": f"{VNET}/subnets/far"}, given=_RESERVED),
        new_cluster(),
        400,
        "SubnetCidrOverlapping",
        "The specified subnet CIDR 172.30.0.0/24 overlaps with reserved CIDR 172.30.0.0/16",
    ),
    Case(
        "dns_service_ip_is_in_the_service_range",
        new_cluster({"networkProfile.serviceCidr": "10.200.0.0/16", "networkProfile.dnsServiceIP": ABSENT}),
        new_cluster(
            {"networkProfile.serviceCidr": "10.200.0.0/16", "networkProfile.dnsServiceIP": "10.200.0.10"}
        ),
        400,
        "DnsServiceIpOutOfServiceCidr",
        "The DNS service IP 10.0.0.10 is out of the range defined by service CIDR 10.200.0.0/16.",
    ),
    Case(
        "dns_service_ip_is_in_the_service_range",
        new_cluster({"networkProfile.dnsServiceIP": "10.0.0"}),
        new_cluster(),
        400,
        "DnsServiceIpParseError",
        "The DNS service IP 10.0.0 is not a valid IPv4 address.",
    ),
    Case(
        "dns_service_ip_is_neither_first_nor_last",
        new_cluster({"networkProfile.dnsServiceIP": "10.0.0.1"}),
        new_cluster({"networkProfile.dnsServiceIP": "10.0.0.2"}),
        400,
        "DnsServiceIpConflicting",
        "The DNS service IP 10.0.0.1 is conflicted with the API server IP 10.0.0.1.",
    ),
    Case(
        "dns_service_ip_is_neither_first_nor_last",
        new_cluster({"networkProfile.dnsServiceIP": "10.0.255.255"}),
        new_cluster({"networkProfile.dnsServiceIP": "10.0.255.254"}),
        400,
        "DnsBroadcastAddressConflicting",
        "The DNS service IP 10.0.255.255 is conflicted with the broadcast address of service CIDR "
        "10.0.0.0/16.",
    ),
    Case(
        "nat_gateway_kind_fits_the_virtual_network",
        new_cluster({"networkProfile.outboundType": "managedNATGateway"}),
        new_cluster({**_NO_SUBNET, "networkProfile.outboundType": "managedNATGateway"}),
        400,
        "ManagedNATGatewayWithCustomVNetNotAllowed",
        "Outbound type managedNATGateway cannot be used with agent pools in a custom virtual network.",
    ),
    Case(
        "nat_gateway_kind_fits_the_virtual_network",
        new_cluster(_NO_SUBNET),
        new_cluster(),
        400,
        "UserAssignedNATGatewayWithManagedVNetNotAllowed",
        "Outbound type userAssignedNATGateway requires agent pools in a custom virtual network.",
    ),
    Case(
        "user_defined_routing_has_a_route_table",
        new_cluster(_ROUTING),
        new_cluster(_ROUTING, given=_ROUTED),
        400,
        "ExistingRouteTableNotAssociatedWithSubnet",
        "Outbound type userDefinedRouting requires a route table associated with the subnet of agent pool "
        "system.",
    ),
    Case(
        "load_balancer_is_standard",
        new_cluster({"networkProfile.loadBalancerSku": "Basic"}),
        new_cluster({"networkProfile.loadBalancerSku": "Standard"}),
        400,
        "InvalidLoadBalancerSku",
        "Load balancer SKU basic is retired; use standard.",
    ),
    Case(
        "overlay_mode_has_the_azure_plugin",
        new_cluster({**_KUBENET, "networkProfile.networkPluginMode": "overlay"}),
        new_cluster(_KUBENET),
        400,
        "InvalidParameter",
        "The value of parameter networkProfile.networkPluginMode is invalid. Error details: "
        "networkPluginMode overlay requires networkPlugin azure, got kubenet. Please see "
        "https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "cilium_dataplane_has_the_azure_plugin",
        new_cluster({**_KUBENET, "networkProfile.networkDataplane": "cilium"}),
        new_cluster(_KUBENET),
        400,
        "InvalidParameter",
        "The value of parameter networkProfile.networkDataplane is invalid. Error details: "
        "networkDataplane cilium requires networkPlugin azure, got kubenet. Please see "
        "https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "cilium_dataplane_has_the_cilium_policy",
        new_cluster({"networkProfile.networkPolicy": "calico"}),
        new_cluster({"networkProfile.networkPolicy": ABSENT}),
        400,
        "InvalidParameter",
        "The value of parameter networkProfile.networkPolicy is invalid. Error details: networkPolicy must "
        "be cilium when networkDataplane is cilium, got calico. Please see https://aka.ms/aks-naming-rules "
        "for more details.",
    ),
    Case(
        "cilium_policy_has_the_cilium_dataplane",
        new_cluster({"networkProfile.networkDataplane": ABSENT}),
        new_cluster(_AZURE),
        400,
        "InvalidParameter",
        "The value of parameter networkProfile.networkPolicy is invalid. Error details: networkPolicy "
        "cilium requires networkDataplane cilium, got azure. Please see https://aka.ms/aks-naming-rules "
        "for more details.",
    ),
    Case(
        "cilium_dataplane_is_for_linux",
        new_cluster(
            {
                "agentPoolProfiles": [
                    SYSTEM_PROFILE,
                    {
                        **SYSTEM_PROFILE,
                        "name": "win",
                        "mode": "User",
                        "osType": "Windows",
                        "osSKU": "Windows2022",
                    },
                ],
                "windowsProfile.adminUsername": "azure",
            }
        ),
        new_cluster(
            {
                **_AZURE,
                "agentPoolProfiles": [
                    SYSTEM_PROFILE,
                    {
                        **SYSTEM_PROFILE,
                        "name": "win",
                        "mode": "User",
                        "osType": "Windows",
                        "osSKU": "Windows2022",
                    },
                ],
                "windowsProfile.adminUsername": "azure",
            }
        ),
        400,
        "InvalidParameter",
        "The value of parameter networkProfile.networkDataplane is invalid. Error details: "
        "networkDataplane cilium is not supported with Windows node pools. Please see "
        "https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "azure_policy_is_not_for_kubenet",
        new_cluster({**_KUBENET, "networkProfile.networkPolicy": "azure"}),
        new_cluster({**_KUBENET, "networkProfile.networkPolicy": "calico"}),
        400,
        "NetworkPolicyAzureNotSupportedForKubenet",
        "Network policy azure is not supported for network plugin kubenet.",
    ),
    Case(
        "own_plugin_has_no_policy",
        new_cluster(
            {**_KUBENET, "networkProfile.networkPlugin": "none", "networkProfile.networkPolicy": "calico"}
        ),
        new_cluster({**_KUBENET, "networkProfile.networkPlugin": "none"}),
        400,
        "NetworkPolicyNotSupportedForNone",
        "Network policy calico is not supported for network plugin none.",
    ),
    Case(
        "advanced_network_security_has_cilium",
        new_cluster(
            {**_AZURE, "networkProfile.advancedNetworking": {"enabled": True, "security": {"enabled": True}}}
        ),
        new_cluster({"networkProfile.advancedNetworking": {"enabled": True, "security": {"enabled": True}}}),
        400,
        "InvalidParameter",
        "The value of parameter networkProfile.advancedNetworking.security.enabled is invalid. Error "
        "details: Security requires networkDataplane cilium. Please see https://aka.ms/aks-naming-rules "
        "for more details.",
    ),
    Case(
        "advanced_networking_is_on_for_its_parts",
        new_cluster({"networkProfile.advancedNetworking": {"observability": {"enabled": True}}}),
        new_cluster(
            {"networkProfile.advancedNetworking": {"enabled": True, "observability": {"enabled": True}}}
        ),
        400,
        "InvalidParameter",
        "The value of parameter networkProfile.advancedNetworking.enabled is invalid. Error details: "
        "observability require advancedNetworking to be enabled. Please see "
        "https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "own_kubelet_identity_has_an_own_control_plane_identity",
        new_cluster({"identity": {"type": "SystemAssigned"}}),
        new_cluster(),
        400,
        "CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster",
        "Custom kubelet identity is only supported on user assigned MSI cluster.",
    ),
    Case(
        "control_plane_may_assign_the_kubelet_identity",
        new_cluster(given={assignment(KUBELET, 3): ABSENT}),
        new_cluster(given=_INHERITED_OPERATOR),
        400,
        "CustomKubeletIdentityMissingPermissionError",
        "The cluster using user-assigned managed identity must be granted 'Managed Identity Operator' role "
        "to assign kubelet identity. You can run 'az role assignment create --assignee "
        "<control-plane-identity-principal-id> --role 'Managed Identity Operator' --scope "
        "<kubelet-identity-resource-id>' to grant the permission. See "
        "https://learn.microsoft.com/en-us/azure/aks/use-managed-identity#add-role-assignment",
    ),
    Case(
        "control_plane_may_assign_the_kubelet_identity",
        new_cluster(
            given={
                assignment(KUBELET, 3): {**PLATFORM[assignment(KUBELET, 3)], "principalId": OTHER_PRINCIPAL}
            }
        ),
        new_cluster(),
        400,
        "CustomKubeletIdentityMissingPermissionError",
        "The cluster using user-assigned managed identity must be granted 'Managed Identity Operator' role "
        "to assign kubelet identity. You can run 'az role assignment create --assignee "
        "<control-plane-identity-principal-id> --role 'Managed Identity Operator' --scope "
        "<kubelet-identity-resource-id>' to grant the permission. See "
        "https://learn.microsoft.com/en-us/azure/aks/use-managed-identity#add-role-assignment",
    ),
    Case(
        "kubelet_identity_is_one_identity",
        new_cluster({"identityProfile.kubeletidentity.objectId": CONTROL_PLANE_PRINCIPAL}),
        new_cluster(),
        400,
        "CustomKubeletIdentityPropertyError",
        "The objectId 11111111-1111-1111-1111-111111111111 of the kubelet identity is not that of "
        f"{KUBELET}, 22222222-2222-2222-2222-222222222222.",
    ),
    Case(
        "control_plane_may_join_the_api_server_subnet",
        new_cluster(given={assignment(API_SERVER, 2): ABSENT}),
        new_cluster(),
        400,
        "ResourceMissingPermissionError",
        "Service principal or user-assigned identity must be given certain permissions to resource "
        f"{API_SERVER}. Check access result not allowed for action "
        "Microsoft.Network/virtualNetworks/subnets/joinLoadBalancer/action.",
    ),
    Case(
        "control_plane_may_join_the_node_subnet",
        new_pool(given={assignment(NODES, 1): ABSENT}),
        new_pool(given=_INHERITED),
        403,
        "AuthorizationFailed",
        "The client '11111111-1111-1111-1111-111111111111' with object id "
        "'11111111-1111-1111-1111-111111111111' does not have authorization to perform action "
        f"'Microsoft.Network/virtualNetworks/subnets/read' over scope '{NODES}' or the scope is invalid. If "
        "access was recently granted, please refresh your credentials.",
    ),
    Case(
        "authorized_ranges_are_for_public_api_servers",
        new_cluster({**_PRIVATE, f"{_ACCESS}.authorizedIPRanges": ["203.0.114.0/24"]}),
        new_cluster({f"{_ACCESS}.authorizedIPRanges": ["203.0.114.0/24"]}),
        400,
        "InvalidParameter",
        "The value of parameter apiServerAccessProfile.authorizedIPRanges is invalid. Error details: "
        "Authorized IP ranges are not supported in private clusters. Please see "
        "https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "authorized_ranges_are_at_most_200",
        new_cluster({f"{_ACCESS}.authorizedIPRanges": [f"20.0.0.{number}/32" for number in range(201)]}),
        new_cluster({f"{_ACCESS}.authorizedIPRanges": [f"20.0.0.{number}/32" for number in range(200)]}),
        400,
        "InvalidParameter",
        "The value of parameter apiServerAccessProfile.authorizedIPRanges is invalid. Error details: At "
        "most 200 authorized IP ranges are supported, got 201. Please see https://aka.ms/aks-naming-rules "
        "for more details.",
    ),
    Case(
        "authorized_ranges_are_public",
        new_cluster({f"{_ACCESS}.authorizedIPRanges": ["10.0.0.0/8"]}),
        new_cluster({f"{_ACCESS}.authorizedIPRanges": ["0.0.0.0/32"]}),
        400,
        "InvalidParameter",
        "The value of parameter apiServerAccessProfile.authorizedIPRanges is invalid. Error details: "
        "Authorized IP range 10.0.0.0/8 is not allowed: it is not a public address range. Please see "
        "https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "authorized_ranges_are_public",
        new_cluster({f"{_ACCESS}.authorizedIPRanges": ["20.0.0.1/24"]}),
        new_cluster({f"{_ACCESS}.authorizedIPRanges": ["20.0.0.0/24"]}),
        400,
        "InvalidParameter",
        "The value of parameter apiServerAccessProfile.authorizedIPRanges is invalid. Error details: "
        "Authorized IP range 20.0.0.1/24 is not allowed: it is not a valid IP address or CIDR. Please see "
        "https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "api_server_subnet_comes_with_own_virtual_network",
        new_cluster({_ACCESS: {"enableVnetIntegration": True}}),
        new_cluster({_ACCESS: ABSENT}),
        400,
        "ApiserverSubnetConfigError",
        "apiServerAccessProfile.subnetId is required when agent pools use a custom virtual network.",
    ),
    Case(
        "api_server_subnet_comes_with_own_virtual_network",
        new_cluster({f"{_ACCESS}.enableVnetIntegration": False}),
        new_cluster(),
        400,
        "ApiserverSubnetConfigError",
        "apiServerAccessProfile.subnetId requires enableVnetIntegration.",
    ),
    Case(
        "api_server_subnet_is_delegated",
        new_cluster(given=_UNDELEGATED),
        new_cluster(),
        400,
        "ApiserverSubnetConfigError",
        f"API server subnet {API_SERVER} must be delegated to Microsoft.ContainerService/managedClusters.",
    ),
    Case(
        "api_server_subnet_is_at_least_28",
        new_cluster(given=_TINY),
        new_cluster(),
        400,
        "ApiserverSubnetConfigError",
        f"API server subnet {API_SERVER} with CIDR 10.224.128.0/29 must be /28 or larger.",
    ),
    Case(
        "api_server_subnet_is_its_own",
        new_cluster({f"{_ACCESS}.subnetId": _OTHER_API}, given=_ELSEWHERE),
        new_cluster(),
        400,
        "ApiserverSubnetConfigError",
        f"API server subnet {GROUP}/providers/Microsoft.Network/virtualNetworks/other/subnets/api-server "
        "must be in the virtual network of the agent pools.",
    ),
    Case(
        "api_server_subnet_is_its_own",
        new_cluster({f"{_ACCESS}.subnetId": NODES}),
        new_cluster(),
        400,
        "ApiserverSubnetConfigError",
        f"API server subnet {NODES} cannot be used by agent pools.",
    ),
    Case(
        "private_cluster_has_a_name_somewhere",
        new_cluster(
            {
                **_PRIVATE,
                f"{_ACCESS}.privateDNSZone": "none",
                f"{_ACCESS}.enablePrivateClusterPublicFQDN": False,
            }
        ),
        new_cluster(
            {
                **_PRIVATE,
                f"{_ACCESS}.privateDNSZone": "none",
                f"{_ACCESS}.enablePrivateClusterPublicFQDN": True,
            }
        ),
        400,
        "NonePrivateDNSZonePublicFQDNDisabledError",
        "Private DNS zone none requires the public FQDN of the private cluster to be enabled.",
    ),
    Case(
        "private_dns_zone_is_for_private_clusters",
        new_cluster({f"{_ACCESS}.privateDNSZone": "system"}),
        new_cluster({**_PRIVATE, f"{_ACCESS}.privateDNSZone": "system"}),
        400,
        "InvalidPrivateDNSZoneMode",
        "apiServerAccessProfile.privateDNSZone can only be set when enablePrivateCluster is true.",
    ),
]
