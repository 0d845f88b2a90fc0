"""Requests for the rules of node pools."""

from sandbox.tests.unit.azure.rules.world import (
    ABSENT,
    API_SERVER,
    CLUSTER,
    CLUSTER_INPUTS,
    ENDPOINTS,
    NAT,
    NEW_CLUSTER,
    NODES,
    PLATFORM,
    POOL,
    POOL_INPUTS,
    SYSTEM_PROFILE,
    VNET,
    Case,
    changed,
    delete,
    in_group,
    new_cluster,
    new_pool,
    update_cluster,
    update_pool,
)

_SPOT = {"scaleSetPriority": "Spot", "upgradeSettings": ABSENT}
_WINDOWS = {"osType": "Windows", "osSKU": "Windows2022"}
_FIXED = {"enableAutoScaling": False, "minCount": ABSENT, "maxCount": ABSENT, "count": 3}
_TWO_POOLS = [SYSTEM_PROFILE, {**SYSTEM_PROFILE, "name": "second"}]
_SEPARATE_SYSTEM = {
    CLUSTER: {**CLUSTER_INPUTS, "agentPoolProfiles": []},
    POOL: {**POOL_INPUTS, "mode": "System"},
}
_SECOND_SYSTEM = {**_SEPARATE_SYSTEM, f"{CLUSTER}/agentPools/other": {**POOL_INPUTS, "mode": "System"}}
_OTHER_VNET = in_group("Microsoft.Network/virtualNetworks/other")
_OTHER_SUBNET = f"{_OTHER_VNET}/subnets/nodes"
_ELSEWHERE = {_OTHER_VNET: PLATFORM[VNET], _OTHER_SUBNET: PLATFORM[NODES]}
_SMALL = {NODES: {**PLATFORM[NODES], "addressPrefix": "10.224.0.0/28"}}
_NO_WINDOWS_PROFILE = {CLUSTER: changed(CLUSTER_INPUTS, {"networkProfile.networkDataplane": "azure"})}
_WINDOWS_CLUSTER = {
    CLUSTER: changed(
        CLUSTER_INPUTS, {"networkProfile.networkDataplane": "azure", "windowsProfile.adminUsername": "azure"}
    )
}
_WINDOWS_CILIUM = {CLUSTER: changed(CLUSTER_INPUTS, {"windowsProfile.adminUsername": "azure"})}
_LARGE = {CLUSTER: changed(CLUSTER_INPUTS, {"networkProfile.podCidr": "10.232.0.0/13"})}
_REGIONAL = {"location": "westus", "agentPoolProfiles.0.availabilityZones": ABSENT}

CASES = [
    Case(
        "pool_name_is_short_lower_case",
        new_pool(id=f"{CLUSTER}/agentPools/gpuT4"),
        new_pool(id=f"{CLUSTER}/agentPools/gput4"),
        400,
        "InvalidParameter",
        "The value of parameter agentPoolProfile.name is invalid. Error details: Agent pool name 'gpuT4' "
        "must begin with a lowercase letter, contain only lowercase letters and numbers and have at most "
        "12 characters. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "pool_name_is_short_lower_case",
        new_pool(id=f"{CLUSTER}/agentPools/abcdefghijklm"),
        new_pool(id=f"{CLUSTER}/agentPools/abcdefghijkl"),
        400,
        "InvalidParameter",
        "The value of parameter agentPoolProfile.name is invalid. Error details: Agent pool name "
        "'abcdefghijklm' must begin with a lowercase letter, contain only lowercase letters and numbers "
        "and have at most 12 characters. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "windows_pool_name_has_six_characters",
        new_pool(_WINDOWS, id=f"{CLUSTER}/agentPools/windows", given=_WINDOWS_CLUSTER),
        new_pool(_WINDOWS, id=f"{CLUSTER}/agentPools/window", given=_WINDOWS_CLUSTER),
        400,
        "WindowsAgentPoolNameTooLong",
        "Windows agent pool name can not be longer than 6 characters. Nodepool name: windows.",
    ),
    Case(
        "inline_pools_have_different_names",
        new_cluster({"agentPoolProfiles": [SYSTEM_PROFILE, SYSTEM_PROFILE]}),
        new_cluster({"agentPoolProfiles": _TWO_POOLS}),
        400,
        "InvalidParameter",
        "The value of parameter agentPoolProfile.name is invalid. Error details: Agent pool name 'system' "
        "is used more than once. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "separate_pool_is_not_inline_too",
        new_pool(id=f"{CLUSTER}/agentPools/system"),
        new_pool(),
        409,
        "Conflict",
        "Agent pool 'system' already exists in managed cluster 'aks'.",
    ),
    Case(
        "cluster_update_introduces_no_pool",
        update_cluster({"agentPoolProfiles": _TWO_POOLS}),
        update_cluster(),
        400,
        "BadRequest",
        "A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed through "
        "managed cluster operations. For agent pool specific change, please use per agent pool operations: "
        "https://aka.ms/agent-pool-rest-api",
    ),
    Case(
        "pool_counts_are_in_range",
        new_cluster({"agentPoolProfiles.0.minCount": 0}),
        new_cluster({"agentPoolProfiles.0.minCount": 1}),
        400,
        "InvalidParameter",
        "The value of parameter agentPoolProfile.minCount is invalid. Error details: System node pool "
        "'system' must have minCount between 1 and 1000, got 0. Please see https://aka.ms/aks-naming-rules "
        "for more details.",
    ),
    Case(
        "pool_counts_are_in_range",
        new_pool({"maxCount": 1001}),
        new_pool({"maxCount": 1000}, given=_LARGE),
        400,
        "InvalidParameter",
        "The value of parameter properties.maxCount is invalid. Error details: User node pool 'more' must "
        "have maxCount between 1 and 1000, got 1001. Please see https://aka.ms/aks-naming-rules for more "
        "details.",
    ),
    Case(
        "autoscaled_pool_has_both_bounds",
        new_pool({"minCount": ABSENT}),
        new_pool(),
        400,
        "InvalidParameter",
        "The value of parameter properties.minCount is invalid. Error details: minCount is required when "
        "enableAutoScaling is true. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "only_autoscaled_pool_has_bounds",
        new_pool({**_FIXED, "maxCount": 3}),
        new_pool(_FIXED),
        400,
        "AutoScalingNotEnabled",
        "maxCount cannot be set when enableAutoScaling is false. Nodepool name: more.",
    ),
    Case(
        "pool_bounds_hold_the_count",
        new_pool({"minCount": 11, "count": 11}),
        new_pool({"minCount": 10, "count": 10}),
        400,
        "InvalidParameter",
        "The value of parameter properties.minCount is invalid. Error details: minCount 11 must not be "
        "greater than maxCount 10. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "pool_bounds_hold_the_count",
        new_pool({"count": 11}),
        new_pool({"count": 10}),
        400,
        "InvalidParameter",
        "The value of parameter properties.count is invalid. Error details: count 11 must be between "
        "minCount 0 and maxCount 10. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "max_pods_is_in_range",
        new_pool({"maxPods": 251}),
        new_pool({"maxPods": 250}),
        400,
        "MaxPodsLimitExceeded",
        "The maxPods 251 of node pool more must be at most 250.",
    ),
    Case(
        "max_pods_is_in_range",
        new_pool({**_FIXED, "count": 5, "maxPods": 9}),
        new_pool({**_FIXED, "maxPods": 10}),
        400,
        "InsufficientMaxPods",
        "The maxPods 9 of node pool more must be at least 10.",
    ),
    Case(
        "pool_holds_thirty_pods",
        new_pool({**_FIXED, "count": 2, "maxPods": 10}),
        new_pool({**_FIXED, "maxPods": 10}),
        400,
        "InsufficientAgentPoolMaxPodsPerAgentPool",
        "The total number of pods of node pool more must be at least 30, but 2 node(s) with maxPods 10 "
        "hold 20.",
    ),
    Case(
        "new_cluster_has_a_system_pool",
        new_cluster({"agentPoolProfiles.0.mode": "User"}),
        new_cluster(),
        400,
        "MustDefineAtLeastOneSystemPool",
        "Must define at least one system pool.",
    ),
    Case(
        "last_system_pool_stays",
        delete(POOL, _SEPARATE_SYSTEM),
        delete(POOL, _SECOND_SYSTEM),
        400,
        "MustDefineAtLeastOneSystemPool",
        "There has to be at least one system agent pool.",
    ),
    Case(
        "last_system_pool_stays",
        update_pool({"mode": "User"}, given=_SEPARATE_SYSTEM),
        update_pool({"mode": "User"}, given=_SECOND_SYSTEM),
        400,
        "MustDefineAtLeastOneSystemPool",
        "There has to be at least one system agent pool.",
    ),
    Case(
        "inline_system_pool_stays",
        update_cluster({"agentPoolProfiles.0.mode": "User"}),
        update_cluster({"agentPoolProfiles.0.mode": "User"}, given={POOL: {**POOL_INPUTS, "mode": "System"}}),
        400,
        "MustDefineAtLeastOneSystemPool",
        "There has to be at least one system agent pool.",
    ),
    Case(
        "system_pool_is_regular",
        new_cluster({f"agentPoolProfiles.0.{key}": value for key, value in _SPOT.items()}),
        new_cluster(),
        400,
        "SystemPoolMustBeRegular",
        "System node pool must be of regular priority, spot is not supported. Nodepool name: system.",
    ),
    Case(
        "system_pool_is_linux",
        new_pool(
            {**_WINDOWS, "mode": "System", "minCount": 1, "count": 1},
            id=f"{CLUSTER}/agentPools/win",
            given=_WINDOWS_CLUSTER,
        ),
        new_pool(_WINDOWS, id=f"{CLUSTER}/agentPools/win", given=_WINDOWS_CLUSTER),
        400,
        "SystemPoolMustBeLinux",
        "System node pool must be of OS type Linux. Nodepool name: win.",
    ),
    Case(
        "system_pool_has_two_vcpus",
        new_cluster(
            {"agentPoolProfiles.0.vmSize": "Standard_DS1_v2", "agentPoolProfiles.0.osDiskType": "Managed"}
        ),
        new_cluster(
            {"agentPoolProfiles.0.vmSize": "Standard_D2ds_v5", "agentPoolProfiles.0.osDiskType": "Managed"}
        ),
        400,
        "SystemPoolSkuTooLow",
        "System node pool must use VM sku with more than 2 cores and 4GB memory. Nodepool name: system.",
    ),
    Case(
        "system_pool_is_not_burstable",
        new_cluster(
            {"agentPoolProfiles.0.vmSize": "Standard_B4ms", "agentPoolProfiles.0.osDiskType": "Managed"}
        ),
        new_cluster(
            {"agentPoolProfiles.0.vmSize": "Standard_D4s_v5", "agentPoolProfiles.0.osDiskType": "Managed"}
        ),
        400,
        "SystemPoolSkuTooLow",
        "System node pool must not use the burstable VM sku Standard_B4ms. Nodepool name: system.",
    ),
    Case(
        "system_pool_has_no_other_hard_taint",
        new_cluster({"agentPoolProfiles.0.nodeTaints": ["sku=gpu:NoSchedule"]}),
        new_cluster({"agentPoolProfiles.0.nodeTaints": ["sku=gpu:PreferNoSchedule"]}),
        400,
        "SystemPoolHasRestrictedTaint",
        "Placing custom taint sku=gpu:NoSchedule on system pool system is not supported(except "
        "'CriticalAddonsOnly' taint or taint effect is 'PreferNoSchedule'). Please refer to "
        "https://aka.ms/aks/system-taints for detail",
    ),
    Case(
        "spot_pool_is_a_scale_set",
        new_pool({**_SPOT, "type": "VirtualMachines", "availabilityZones": ABSENT}),
        new_pool(_SPOT),
        400,
        "InvalidParameter",
        "The value of parameter properties.scaleSetPriority is invalid. Error details: Spot pools must be "
        "of type VirtualMachineScaleSets. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "only_spot_pool_has_spot_settings",
        new_pool({"scaleSetEvictionPolicy": "Delete"}),
        new_pool({**_SPOT, "scaleSetEvictionPolicy": "Delete"}),
        400,
        "InvalidParameter",
        "The value of parameter properties.scaleSetEvictionPolicy is invalid. Error details: "
        "scaleSetEvictionPolicy can only be set when scaleSetPriority is Spot. Please see "
        "https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "only_spot_pool_has_spot_settings",
        new_pool({"spotMaxPrice": 0.5}),
        new_pool({"spotMaxPrice": -1}),
        400,
        "InvalidParameter",
        "The value of parameter properties.spotMaxPrice is invalid. Error details: spotMaxPrice can only "
        "be set when scaleSetPriority is Spot. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "spot_max_price_is_a_price",
        new_pool({**_SPOT, "spotMaxPrice": 0}),
        new_pool({**_SPOT, "spotMaxPrice": 0.12345}),
        400,
        "InvalidParameter",
        "The value of parameter properties.spotMaxPrice is invalid. Error details: spotMaxPrice 0 must be "
        "-1 or greater than 0 with at most 5 decimals. Please see https://aka.ms/aks-naming-rules for more "
        "details.",
    ),
    Case(
        "spot_max_price_is_a_price",
        new_pool({**_SPOT, "spotMaxPrice": 0.123456}),
        new_pool({**_SPOT, "spotMaxPrice": -1}),
        400,
        "InvalidParameter",
        "The value of parameter properties.spotMaxPrice is invalid. Error details: spotMaxPrice 0.123456 "
        "must be -1 or greater than 0 with at most 5 decimals. Please see https://aka.ms/aks-naming-rules "
        "for more details.",
    ),
    Case(
        "spot_pool_has_no_max_surge",
        new_pool({"scaleSetPriority": "Spot"}),
        new_pool(_SPOT),
        400,
        "InvalidParameter",
        "The value of parameter properties.upgradeSettings.maxSurge is invalid. Error details: Spot pools "
        "can't set max surge. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "vm_size_is_a_size",
        new_pool({"vmSize": "Standard_4D"}),
        new_pool(),
        400,
        "VMSizeNotSupported",
        "Virtual Machine size: 'Standard_4D' is not supported for subscription "
        "00000000-0000-0000-0000-000000000001 in location 'swedencentral'. Please refer to "
        "aka.ms/aks-vm-sizes for the available VM sizes.",
    ),
    Case(
        "vm_size_is_not_retired",
        new_pool({"vmSize": "Standard_NC6s_v3", "osDiskType": "Managed"}),
        new_pool({"vmSize": "Standard_NC4as_T4_v3"}),
        400,
        "VMSizeNotSupported",
        "Virtual Machine size: 'Standard_NC6s_v3' is not supported for subscription "
        "00000000-0000-0000-0000-000000000001 in location 'swedencentral'. Please refer to "
        "aka.ms/aks-vm-sizes for the available VM sizes.",
    ),
    Case(
        "vm_size_has_two_vcpus",
        new_pool({"vmSize": "Standard_DS1_v2", "osDiskType": "Managed"}),
        new_pool({"vmSize": "Standard_DS2_v2", "osDiskType": "Managed"}),
        400,
        "VMSizeNotSupported",
        "Virtual Machine size Standard_DS1_v2 is not supported: node pools need VM sizes with at least 2 "
        "vCPUs. Nodepool name: more.",
    ),
    Case(
        "os_disk_size_is_in_range",
        new_pool({"osDiskType": "Managed", "osDiskSizeGB": 29}),
        new_pool({"osDiskSizeGB": 30}),
        400,
        "InvalidParameter",
        "The value of parameter properties.osDiskSizeGB is invalid. Error details: osDiskSizeGB 29 must be "
        "0 or between 30 and 2048. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "ephemeral_os_disk_has_a_local_disk",
        new_pool({"vmSize": "Standard_D4s_v5"}),
        new_pool({"vmSize": "Standard_D4s_v5", "osDiskType": "Managed"}),
        400,
        "VMSizeDoesNotSupportEphemeralOS",
        "The virtual machine size Standard_D4s_v5 does not support ephemeral OS. Nodepool name: more.",
    ),
    Case(
        "ephemeral_os_disk_fits_the_local_disk",
        new_pool({"osDiskSizeGB": 151}),
        new_pool({"osDiskSizeGB": 150}),
        400,
        "VMCacheSizeTooSmall",
        "The virtual machine size Standard_D4ds_v5 has a cache size of 161061273600 bytes, but the OS disk "
        "requires 162135015424 bytes. Use a VM size with larger cache or disable ephemeral OS.",
    ),
    Case(
        "pool_zones_exist_in_the_region",
        new_cluster({"location": "westus"}),
        new_cluster(_REGIONAL, given={VNET: {**PLATFORM[VNET], "location": "westus"}}),
        400,
        "AvailabilityZoneNotSupported",
        "Availability zone is not supported in region westus. Nodepool name: system.",
    ),
    Case(
        "pool_zones_are_numbers",
        new_pool({"availabilityZones": ["1", "4"]}),
        new_pool({"availabilityZones": ["1", "3"]}),
        400,
        "InvalidAvailabilityZoneFormat",
        "Availability zone 4 of node pool more is not one of 1, 2, 3.",
    ),
    Case(
        "only_scale_sets_have_zones",
        new_pool({"type": "VirtualMachines"}),
        new_pool({"type": "VirtualMachines", "availabilityZones": ABSENT}),
        400,
        "VMSSRequiredForAvailabilityZone",
        "Virtual Machine Scale Set is required for availability zone. Nodepool name: more.",
    ),
    Case(
        "availability_sets_are_retired",
        new_pool({"type": "AvailabilitySet", "availabilityZones": ABSENT}),
        new_pool(),
        400,
        "InvalidParameter",
        "The value of parameter properties.type is invalid. Error details: Availability sets are retired; "
        "use VirtualMachineScaleSets. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "gpu_driver_has_a_gpu",
        new_pool({"gpuProfile.driver": "None"}),
        new_pool({"gpuProfile.driver": "None", "vmSize": "Standard_NC4as_T4_v3"}),
        400,
        "InvalidParameter",
        "The value of parameter properties.gpuProfile.driver is invalid. Error details: gpuProfile can "
        "only be set for GPU VM sizes, got Standard_D4ds_v5. Please see https://aka.ms/aks-naming-rules "
        "for more details.",
    ),
    Case(
        "nvidia_driver_has_an_nvidia_gpu",
        new_pool(
            {"gpuProfile.driver": "Install", "vmSize": "Standard_ND96isr_MI300X_v5", "osDiskType": "Managed"}
        ),
        new_pool(
            {"gpuProfile.driver": "None", "vmSize": "Standard_ND96isr_MI300X_v5", "osDiskType": "Managed"}
        ),
        400,
        "InvalidParameter",
        "The value of parameter properties.gpuProfile.driver is invalid. Error details: Driver "
        "installation is not supported for the AMD GPU VM size Standard_ND96isr_MI300X_v5; use None. "
        "Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "gpu_instance_profile_has_a_mig_size",
        new_pool({"gpuInstanceProfile": "MIG1g", "vmSize": "Standard_NC4as_T4_v3"}),
        new_pool(
            {"gpuInstanceProfile": "MIG1g", "vmSize": "Standard_NC24ads_A100_v4", "osDiskType": "Managed"}
        ),
        400,
        "VMSizeDoesNotSupportMIG",
        "The virtual machine size Standard_NC4as_T4_v3 does not support multi-instance GPU. Nodepool name: "
        "more.",
    ),
    Case(
        "gpu_instance_profile_is_known",
        new_pool(
            {"gpuInstanceProfile": "MIG5g", "vmSize": "Standard_NC24ads_A100_v4", "osDiskType": "Managed"}
        ),
        new_pool(
            {"gpuInstanceProfile": "MIG7g", "vmSize": "Standard_NC24ads_A100_v4", "osDiskType": "Managed"}
        ),
        400,
        "UnsupportedGPUInstanceProfile",
        "GPU instance profile MIG5g is not supported. Supported profiles: MIG1g, MIG2g, MIG3g, MIG4g, MIG7g.",
    ),
    Case(
        "gpu_instance_profile_is_for_linux",
        new_pool(
            {
                **_WINDOWS,
                "gpuInstanceProfile": "MIG1g",
                "vmSize": "Standard_NC24ads_A100_v4",
                "osDiskType": "Managed",
            },
            id=f"{CLUSTER}/agentPools/win",
            given=_WINDOWS_CLUSTER,
        ),
        new_pool(
            {"gpuInstanceProfile": "MIG1g", "vmSize": "Standard_NC24ads_A100_v4", "osDiskType": "Managed"},
            given=_WINDOWS_CLUSTER,
        ),
        400,
        "InvalidParameter",
        "The value of parameter properties.gpuInstanceProfile is invalid. Error details: Multi-instance "
        "GPU is not supported on Windows node pools. Please see https://aka.ms/aks-naming-rules for more "
        "details.",
    ),
    Case(
        "node_labels_are_kubernetes_labels",
        new_pool({"nodeLabels": {"team": "web shop"}}),
        new_pool({"nodeLabels": {"example.com/team": "web-shop"}}),
        400,
        "InvalidParameter",
        "The value of parameter properties.nodeLabels is invalid. Error details: Node label team=web shop "
        "is not a valid Kubernetes label. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "node_labels_leave_the_reserved_prefix",
        new_pool({"nodeLabels": {"kubernetes.azure.com/scalesetpriority": "spot"}}),
        new_pool({**_SPOT, "nodeLabels": {"kubernetes.azure.com/scalesetpriority": "spot"}}),
        400,
        "NodeLabelKeyNotAllowed",
        "Invalid node label key kubernetes.azure.com/scalesetpriority, kubernetes.azure.com prefix is "
        "reserved.",
    ),
    Case(
        "node_taints_are_kubernetes_taints",
        new_pool({"nodeTaints": ["sku=gpu:Never"]}),
        new_pool({"nodeTaints": ["sku=gpu:NoSchedule"]}),
        400,
        "InvalidParameter",
        "The value of parameter properties.nodeTaints is invalid. Error details: Node taint sku=gpu:Never "
        "is not of the form key=value:effect with an effect of NoSchedule, NoExecute, PreferNoSchedule. "
        "Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "node_taints_leave_the_reserved_prefix",
        new_pool({"nodeTaints": ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]}),
        new_pool({**_SPOT, "nodeTaints": ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]}),
        400,
        "InvalidParameter",
        "The value of parameter properties.nodeTaints is invalid. Error details: Node taint "
        "kubernetes.azure.com/scalesetpriority=spot:NoSchedule has the reserved prefix "
        "kubernetes.azure.com. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "max_surge_is_a_number_or_a_percentage",
        new_pool({"upgradeSettings.maxSurge": "101%"}),
        new_pool({"upgradeSettings.maxSurge": "100%"}),
        400,
        "InvalidParameter",
        "The value of parameter properties.upgradeSettings.maxSurge is invalid. Error details: maxSurge "
        "'101%' must be a positive integer such as '5' or a percentage such as '50%', at most 100%. Please "
        "see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "max_surge_is_a_number_or_a_percentage",
        new_pool({"upgradeSettings.maxSurge": "some"}),
        new_pool({"upgradeSettings.maxSurge": "5"}),
        400,
        "InvalidParameter",
        "The value of parameter properties.upgradeSettings.maxSurge is invalid. Error details: maxSurge "
        "'some' must be a positive integer such as '5' or a percentage such as '50%', at most 100%. Please "
        "see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "max_surge_is_a_number_or_a_percentage",
        new_pool({"upgradeSettings": {"maxSurge": "0"}}),
        new_pool({"upgradeSettings": {"maxSurge": "0", "maxUnavailable": "1"}}),
        400,
        "InvalidParameter",
        "The value of parameter properties.upgradeSettings.maxSurge is invalid. Error details: maxSurge "
        "'0' must be a positive integer such as '5' or a percentage such as '50%', at most 100%. Please "
        "see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "windows_pool_has_a_windows_profile",
        new_pool(_WINDOWS, id=f"{CLUSTER}/agentPools/win", given=_NO_WINDOWS_PROFILE),
        new_pool(_WINDOWS, id=f"{CLUSTER}/agentPools/win", given=_WINDOWS_CLUSTER),
        400,
        "WindowsProfileMissing",
        "Windows agent pools are only supported in clusters with a windowsProfile. Nodepool name: win.",
    ),
    Case(
        "windows_pool_has_azure_cni",
        new_pool(_WINDOWS, id=f"{CLUSTER}/agentPools/win", given=_WINDOWS_CILIUM),
        new_pool(_WINDOWS, id=f"{CLUSTER}/agentPools/win", given=_WINDOWS_CLUSTER),
        400,
        "AzureCNIOnlyForWindows",
        "Windows agent pools can only be added to clusters with the Azure CNI network plugin and the azure "
        "network dataplane. Nodepool name: win.",
    ),
    Case(
        "os_sku_is_of_the_os_type",
        new_pool({"osSKU": "Windows2022"}),
        new_pool({"osSKU": "AzureLinux"}),
        400,
        "InvalidOSSKU",
        "OSSKU='Windows2022' is invalid for OSType='Linux'. Nodepool name: more.",
    ),
    Case(
        "pool_subnet_is_not_delegated",
        new_pool({"vnetSubnetID": API_SERVER}),
        new_pool(),
        400,
        "SubnetIsDelegated",
        f"AgentPoolProfile subnet with id {API_SERVER} cannot be used as it's a delegated subnet. Please "
        "check https://aka.ms/adv-network-prerequest for more details.",
    ),
    Case(
        "pools_share_one_virtual_network",
        new_pool({"vnetSubnetID": _OTHER_SUBNET}, given=_ELSEWHERE),
        new_pool(given=_ELSEWHERE),
        400,
        "InvalidParameter",
        "The value of parameter properties.vnetSubnetID is invalid. Error details: All agent pools of a "
        "cluster must be in the same virtual network. Nodepool name: more. Please see "
        "https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "pools_all_have_a_subnet_or_none",
        new_pool({"vnetSubnetID": ABSENT}),
        new_pool(),
        400,
        "AgentPoolsWithEmptySubnetError",
        "Agent pool 'more' has no vnetSubnetID while other agent pools of the cluster have one.",
    ),
    Case(
        "pool_subnet_is_in_the_clusters_region",
        new_cluster({"location": "northeurope"}),
        new_cluster({"location": "Sweden Central"}),
        400,
        "InvalidResourceReference",
        f"Resource {NODES} referenced by resource {NEW_CLUSTER} was not found. Please make sure that the "
        "referenced resource exists, and that both resources are in the same region.",
    ),
    Case(
        "nat_gateway_is_on_the_pool_subnet",
        new_pool({"vnetSubnetID": ENDPOINTS}),
        new_pool(),
        400,
        "SubnetNotAssociatedWithNATGateway",
        f"Subnet '{ENDPOINTS}' must have a NAT gateway associated for outbound connection",
    ),
    Case(
        "nat_gateway_is_on_the_pool_subnet",
        new_pool(given={NAT: changed(PLATFORM[NAT], {"publicIpAddresses": []})}),
        new_pool(),
        400,
        "NATGatewayNotAssociatedWithPublicIPOrIPPrefix",
        f"NAT gateway '{NAT}' must be associated with at least one public IP or public IP prefix",
    ),
    Case(
        "overlay_pool_has_no_pod_subnet",
        new_pool({"podSubnetID": ENDPOINTS}),
        new_pool(),
        400,
        "InvalidParameter",
        "The value of parameter properties.podSubnetID is invalid. Error details: podSubnetID cannot be "
        "set when networkPluginMode is overlay. Please see https://aka.ms/aks-naming-rules for more "
        "details.",
    ),
    Case(
        "node_subnet_holds_all_nodes",
        update_pool({"maxCount": 7}, given=_SMALL),
        update_pool({"maxCount": 6}, given=_SMALL),
        400,
        "InsufficientSubnetSize",
        "Pre-allocated IPs 12 exceeds IPs available 11 in Subnet Cidr 10.224.0.0/28, Subnet Name nodes. If "
        "Autoscaler is enabled, the max-count from each nodepool is counted towards this total (which "
        "means that pre-allocated IPs count represents a theoretical max value, not the actual number of "
        "IPs requested). http://aka.ms/aks/insufficientsubnetsize",
    ),
    Case(
        "overlay_pod_range_holds_all_nodes",
        update_pool({"maxCount": 252}),
        update_pool({"maxCount": 251}),
        400,
        "InsufficientPodCidr",
        "Pod CIDR 10.244.0.0/16 has room for 256 nodes, the agent pools may grow to 257.",
    ),
    Case(
        "immutable_pool_properties_stay",
        update_pool({"vmSize": "Standard_D8ds_v5"}),
        update_pool({"maxCount": 20}),
        400,
        "PropertyChangeNotAllowed",
        "Changing property 'properties.vmSize' is not allowed.",
    ),
    Case(
        "immutable_pool_properties_stay",
        update_pool({"availabilityZones": ABSENT}),
        update_pool({"availabilityZones": ["3", "2", "1"]}),
        400,
        "PropertyChangeNotAllowed",
        "Changing property 'properties.availabilityZones' is not allowed.",
    ),
    Case(
        "immutable_pool_properties_stay",
        update_cluster({"agentPoolProfiles.0.maxPods": 110}),
        update_cluster({"agentPoolProfiles.0.maxPods": ABSENT}),
        400,
        "PropertyChangeNotAllowed",
        "Changing property 'agentPoolProfile.maxPods' is not allowed.",
    ),
    Case(
        "os_sku_stays_on_its_os",
        update_pool(_WINDOWS | {"osType": "Linux"}),
        update_pool({"osSKU": "AzureLinux"}),
        400,
        "PropertyChangeNotAllowed",
        "Changing property 'properties.osSKU' is not allowed.",
    ),
    Case(
        "pool_version_is_not_above_the_control_plane",
        new_pool({"orchestratorVersion": "1.37"}),
        new_pool({"orchestratorVersion": "1.36"}),
        400,
        "NodePoolMcVersionIncompatible",
        "Node pool version 1.37 and control plane version 1.36.5 are incompatible. Minor version of node "
        "pool 37 is bigger than control plane version 36. For more information, please check "
        "https://aka.ms/aks/UpgradeVersionRules",
    ),
    Case(
        "pool_version_is_not_above_the_control_plane",
        new_pool({"orchestratorVersion": "1.32.9"}),
        new_pool({"orchestratorVersion": "1.33.9"}),
        400,
        "NodePoolMcVersionIncompatible",
        "Node pool version 1.32.9 and control plane version 1.36.5 are incompatible. Minor version of node "
        "pool 32 is more than 3 versions less than control plane version 36. For more information, please "
        "check https://aka.ms/aks/UpgradeVersionRules",
    ),
    Case(
        "pool_version_is_not_lowered",
        update_pool({"orchestratorVersion": "1.36.4"}),
        update_pool({"orchestratorVersion": "1.36"}),
        400,
        "AgentPoolUpgradeVersionNotAllowed",
        "Upgrading agent pool 'work' from Kubernetes version 1.36.5 to 1.36.4 is not allowed. Downgrading "
        "is not supported. See https://aka.ms/aks/UpgradeVersionRules",
    ),
]
