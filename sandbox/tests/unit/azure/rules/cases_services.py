"""Requests for the rules of role assignments, registries, monitoring and maintenance."""

from sandbox.tests.unit.azure.rules.world import (
    ABSENT,
    ACR_PULL,
    ASSOCIATION,
    CLUSTER,
    ENDPOINT,
    GROUP,
    IDENTITY_OPERATOR,
    KUBELET_PRINCIPAL,
    NETWORK_ROLE,
    NODES,
    OTHER_GROUP,
    OTHER_PRINCIPAL,
    PIP,
    PLATFORM,
    REGISTRY,
    ROLE_DEFINITIONS,
    RULE,
    RULE_INPUTS,
    VNET,
    WINDOW,
    WORKSPACE,
    Case,
    assignment,
    changed,
    delete,
    in_group,
    write,
)

_assign = write("create", NETWORK_ROLE, assignment(PIP, 9))
_assign_nodes = write("create", NETWORK_ROLE, assignment(NODES, 9))
_update_assignment = write("update", {**NETWORK_ROLE, "scope": NODES}, assignment(NODES, 1))
_pull = write("create", PLATFORM[assignment(REGISTRY, 4)], assignment(VNET, 9))
_registry = write("create", PLATFORM[REGISTRY], in_group("Microsoft.ContainerRegistry/registries/acrnew"))
_update_registry = write("update", changed(PLATFORM[REGISTRY], {"sku.name": "Premium"}), REGISTRY)
_private_endpoint = write(
    "create",
    {"privateLinkServiceConnections": [{"name": "acr", "privateLinkServiceId": REGISTRY}]},
    in_group("Microsoft.Network/privateEndpoints/new"),
)
_PREMIUM = {REGISTRY: changed(PLATFORM[REGISTRY], {"sku.name": "Premium"})}
_workspace = write("create", PLATFORM[WORKSPACE], in_group("Microsoft.Monitor/accounts/new"))
_endpoint = write("create", PLATFORM[ENDPOINT], in_group("Microsoft.Insights/dataCollectionEndpoints/new"))
_rule = write("create", RULE_INPUTS, in_group("Microsoft.Insights/dataCollectionRules/new"))
_associate = write(
    "create",
    {"dataCollectionRuleId": RULE},
    f"{CLUSTER}/providers/Microsoft.Insights/dataCollectionRuleAssociations/new",
)
_CONFIGURATION = (
    f"{CLUSTER}/providers/Microsoft.Insights/dataCollectionRuleAssociations/configurationAccessEndpoint"
)
_maintain = write(
    "create",
    {"maintenanceWindow": WINDOW},
    f"{CLUSTER}/maintenanceConfigurations/aksManagedNodeOSUpgradeSchedule",
)
_NORTH = {"location": "northeurope"}
_CUSTOM = f"{ROLE_DEFINITIONS}/99999999-9999-9999-9999-999999999999"

CASES = [
    Case(
        "role_assignment_name_is_a_guid",
        _assign(id=f"{PIP}/providers/Microsoft.Authorization/roleAssignments/mine"),
        _assign(),
        400,
        "InvalidRoleAssignmentId",
        "The role assignment ID 'mine' is not valid. The role assignment ID must be a GUID.",
    ),
    Case(
        "principal_id_is_a_guid",
        _assign({"principalId": "control-plane"}),
        _assign(),
        400,
        "InvalidPrincipalId",
        "A valid principal ID must be provided for role assignment: control-plane",
    ),
    Case(
        "role_is_assigned_once",
        _assign_nodes(),
        _assign_nodes({"roleDefinitionId": IDENTITY_OPERATOR}),
        409,
        "RoleAssignmentExists",
        "The role assignment already exists. The ID of the existing role assignment is "
        "00000000000040008000000000000001.",
    ),
    Case(
        "role_assignment_stays",
        _update_assignment({"principalId": KUBELET_PRINCIPAL}),
        _update_assignment({"description": "why"}),
        403,
        "RoleAssignmentUpdateNotPermitted",
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
    ),
    Case(
        "role_assignment_stays",
        _update_assignment({"roleDefinitionId": ACR_PULL}),
        _update_assignment(),
        403,
        "RoleAssignmentUpdateNotPermitted",
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
    ),
    Case(
        "role_assignment_stays",
        _update_assignment({"scope": VNET}),
        _update_assignment({"scope": NODES.upper()}),
        403,
        "RoleAssignmentUpdateNotPermitted",
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
    ),
    Case(
        "role_definition_exists",
        _assign({"roleDefinitionId": _CUSTOM}),
        _assign({"roleDefinitionId": _CUSTOM}, given={_CUSTOM: {"roleName": "Ours"}}),
        400,
        "RoleDefinitionDoesNotExist",
        "The specified role definition with ID '99999999999999999999999999999999' does not exist.",
    ),
    Case(
        "principal_without_a_type_exists",
        _assign({"principalId": OTHER_PRINCIPAL, "principalType": ABSENT}),
        _assign({"principalType": ABSENT}),
        400,
        "PrincipalNotFound",
        "Principal 33333333333333333333333333333333 does not exist in the directory "
        "00000000-0000-0000-0000-000000000002. Check that you have the correct principal ID. If you are "
        "creating this principal and then immediately assigning a role, this error might be related to a "
        "replication delay. In this case, set the role assignment principalType property to a value, such "
        "as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
    ),
    Case(
        "principal_without_a_type_exists",
        _assign({"principalId": OTHER_PRINCIPAL, "principalType": ABSENT}),
        _assign({"principalId": OTHER_PRINCIPAL}),
        400,
        "PrincipalNotFound",
        "Principal 33333333333333333333333333333333 does not exist in the directory "
        "00000000-0000-0000-0000-000000000002. Check that you have the correct principal ID. If you are "
        "creating this principal and then immediately assigning a role, this error might be related to a "
        "replication delay. In this case, set the role assignment principalType property to a value, such "
        "as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
    ),
    Case(
        "principal_type_is_the_principals",
        _assign({"principalType": "User"}),
        _assign({"principalType": "User", "principalId": OTHER_PRINCIPAL}),
        400,
        "UnmatchedPrincipalType",
        "The PrincipalId '11111111111111111111111111111111' has type 'ServicePrincipal' , which is "
        "different from specified PrinciaplType 'User'.",
    ),
    Case(
        "acr_pull_is_assigned_where_it_works",
        _pull(),
        _pull(id=assignment(GROUP, 9)),
        400,
        "RoleAssignmentScopeNotAssignableToRoleDefinition",
        f"The role assignment scope '{VNET}' is not assignable to role definition "
        "'7f951dda4ed34680a7ca43fe172d538d': AcrPull grants nothing there. Assign it at the container "
        "registry.",
    ),
    Case(
        "registry_name_is_alphanumeric",
        _registry(id=in_group("Microsoft.ContainerRegistry/registries/acr-new")),
        _registry(),
        400,
        "InvalidResourceName",
        "The resource name 'acr-new' is not valid: a registry name contains 5 to 50 alphanumeric characters.",
    ),
    Case(
        "registry_name_is_free_everywhere",
        _registry(id=in_group("Microsoft.ContainerRegistry/registries/ACRplatform", OTHER_GROUP)),
        _registry(id=in_group("Microsoft.ContainerRegistry/registries/acrother", OTHER_GROUP)),
        409,
        "AlreadyInUse",
        "The registry DNS name acrplatform.azurecr.io is already in use. You can check if the name is "
        "already claimed using following API: "
        "https://docs.microsoft.com/en-us/rest/api/containerregistry/registries/checknameavailability",
    ),
    Case(
        "registry_features_are_premium",
        _registry({"zoneRedundancy": "Enabled"}),
        _registry({"zoneRedundancy": "Enabled", "sku.name": "Premium"}),
        400,
        "UnsupportedSku",
        "The operation is not supported for the registry SKU Standard: zoneRedundancy requires Premium.",
    ),
    Case(
        "registry_features_are_premium",
        _registry({"policies.retentionPolicy": {"status": "enabled", "days": 7}}),
        _registry({"policies.retentionPolicy": {"status": "disabled"}}),
        400,
        "UnsupportedSku",
        "The operation is not supported for the registry SKU Standard: policies.retentionPolicy requires "
        "Premium.",
    ),
    Case(
        "registry_features_are_premium",
        _registry({"networkRuleSet.defaultAction": "Deny"}),
        _registry({"networkRuleSet.defaultAction": "Deny", "sku.name": "Premium"}),
        400,
        "UnsupportedSku",
        "The operation is not supported for the registry SKU Standard: networkRuleSet requires Premium.",
    ),
    Case(
        "registry_features_are_premium",
        _registry({"publicNetworkAccess": "Disabled"}),
        _registry({"publicNetworkAccess": "Enabled"}),
        400,
        "UnsupportedSku",
        "The operation is not supported for the registry SKU Standard: publicNetworkAccess requires Premium.",
    ),
    Case(
        "registry_features_are_premium",
        _registry({"dataEndpointEnabled": True}),
        _registry({"dataEndpointEnabled": False}),
        400,
        "UnsupportedSku",
        "The operation is not supported for the registry SKU Standard: dataEndpointEnabled requires Premium.",
    ),
    Case(
        "registry_features_are_premium",
        _registry({"encryption.status": "enabled"}),
        _registry({"encryption.status": "disabled"}),
        400,
        "UnsupportedSku",
        "The operation is not supported for the registry SKU Standard: encryption requires Premium.",
    ),
    Case(
        "anonymous_pull_is_not_basic",
        _registry({"anonymousPullEnabled": True, "sku.name": "Basic"}),
        _registry({"anonymousPullEnabled": True}),
        400,
        "UnsupportedSku",
        "The operation is not supported for the registry SKU Basic: anonymousPullEnabled requires Standard "
        "or Premium.",
    ),
    Case(
        "zone_redundant_registry_is_in_a_region_with_zones",
        _registry({"location": "westus", "sku.name": "Premium", "zoneRedundancy": "Enabled"}),
        _registry({"location": "westus2", "sku.name": "Premium", "zoneRedundancy": "Enabled"}),
        400,
        "ZoneRedundancyNotSupported",
        "Zone redundancy is not supported in location westus.",
    ),
    Case(
        "zone_redundancy_stays",
        _update_registry({"zoneRedundancy": "Enabled"}),
        _update_registry({"zoneRedundancy": "Disabled"}),
        400,
        "PropertyChangeNotAllowed",
        "Changing property 'properties.zoneRedundancy' is not allowed.",
    ),
    Case(
        "retention_is_at_most_a_year",
        _registry({"policies.retentionPolicy": {"status": "disabled", "days": 366}}),
        _registry({"policies.retentionPolicy": {"status": "disabled", "days": 365}}),
        400,
        "InvalidRetentionDays",
        "Retention days 366 must be between 0 and 365.",
    ),
    Case(
        "private_endpoint_is_to_a_premium_registry",
        _private_endpoint(),
        _private_endpoint(given=_PREMIUM),
        400,
        "UnsupportedSku",
        "The operation is not supported for the registry SKU Standard: privateEndpointConnections requires "
        "Premium.",
    ),
    Case(
        "workspace_region_offers_workspaces",
        _workspace({"location": "northcentralus"}),
        _workspace({"location": "centralus"}),
        400,
        "LocationNotAvailableForResourceType",
        "The provided location 'northcentralus' is not available for resource type "
        "'Microsoft.Monitor/accounts'. List of available regions for the resource type is "
        "'australiacentral,australiacentral2,australiaeast,australiasoutheast,brazilsouth,brazilsoutheast,canadacentral,canadaeast,centralindia,centralus,chinaeast3,chinanorth3,eastasia,eastus,eastus2,francecentral,francesouth,germanywestcentral,israelcentral,italynorth,japaneast,japanwest,koreacentral,koreasouth,northeurope,norwayeast,norwaywest,southafricanorth,southcentralus,southeastasia,southindia,spaincentral,swedencentral,swedensouth,switzerlandnorth,switzerlandwest,uaecentral,uaenorth,uksouth,ukwest,usgovtexas,usgovvirginia,westcentralus,westeurope,westus,westus2,westus3'.",
    ),
    Case(
        "data_collection_names_are_short",
        _endpoint(id=in_group(f"Microsoft.Insights/dataCollectionEndpoints/{'e' * 45}")),
        _endpoint(id=in_group(f"Microsoft.Insights/dataCollectionEndpoints/{'e' * 44}")),
        400,
        "InvalidPayload",
        "The resource name 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee' is longer than 44 characters.",
    ),
    Case(
        "rule_and_endpoint_share_a_region",
        _rule(given={ENDPOINT: _NORTH}),
        _rule(),
        400,
        "InvalidPayload",
        f"Data collection endpoint {ENDPOINT} in northeurope must be in the same region as the data "
        "collection rule, swedencentral.",
    ),
    Case(
        "prometheus_rule_has_an_endpoint",
        _rule({"dataCollectionEndpointId": ABSENT}),
        _rule(),
        400,
        "InvalidPayload",
        "Data source prometheusForwarder requires dataCollectionEndpointId.",
    ),
    Case(
        "prometheus_rule_is_in_the_workspace_region",
        _rule(given={WORKSPACE: _NORTH}),
        _rule(),
        400,
        "InvalidPayload",
        f"Monitoring account {WORKSPACE} in northeurope must be in the same region as the data collection "
        "rule, swedencentral.",
    ),
    Case(
        "data_flows_name_their_destinations",
        _rule({"dataFlows.0.destinations": ["elsewhere"]}),
        _rule(),
        400,
        "InvalidPayload",
        "Data flow destination 'elsewhere' is not among the destinations of the rule.",
    ),
    Case(
        "prometheus_flows_have_a_source",
        _rule({"dataSources": ABSENT}),
        _rule(),
        400,
        "InvalidPayload",
        "Data flow stream 'Microsoft-PrometheusMetrics' has no data source.",
    ),
    Case(
        "association_names_a_rule_or_an_endpoint",
        _associate({"dataCollectionRuleId": ABSENT}),
        _associate(),
        400,
        "InvalidPayload",
        "Exactly one of dataCollectionRuleId and dataCollectionEndpointId must be set, got none.",
    ),
    Case(
        "endpoint_association_has_the_fixed_name",
        _associate({"dataCollectionRuleId": ABSENT, "dataCollectionEndpointId": ENDPOINT}),
        _associate({"dataCollectionRuleId": ABSENT, "dataCollectionEndpointId": ENDPOINT}, id=_CONFIGURATION),
        400,
        "InvalidPayload",
        "The association name 'new' is not valid: an association with a data collection endpoint, and only "
        "such, must be named configurationAccessEndpoint.",
    ),
    Case(
        "endpoint_in_use_is_not_deleted",
        delete(ENDPOINT),
        delete(ENDPOINT, {RULE: ABSENT}),
        409,
        "Conflict",
        f"Data collection endpoint {ENDPOINT} cannot be deleted because it is in use by {RULE}.",
    ),
    Case(
        "rule_in_use_is_not_deleted",
        delete(RULE),
        delete(RULE, {ASSOCIATION: ABSENT}),
        409,
        "Conflict",
        f"Data collection rule {RULE} cannot be deleted because it is in use by {ASSOCIATION}.",
    ),
    Case(
        "maintenance_configuration_name_is_fixed",
        _maintain(id=f"{CLUSTER}/maintenanceConfigurations/weekly"),
        _maintain(),
        400,
        "InvalidParameter",
        "The value of parameter name is invalid. Error details: Maintenance configuration name weekly must "
        "be one of default, aksManagedAutoUpgradeSchedule, aksManagedNodeOSUpgradeSchedule. Please see "
        "https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "upgrade_schedule_has_a_window",
        _maintain({"maintenanceWindow": ABSENT}),
        _maintain(),
        400,
        "InvalidParameter",
        "The value of parameter maintenanceWindow is invalid. Error details: maintenanceWindow is required "
        "for aksManagedNodeOSUpgradeSchedule. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "upgrade_schedule_has_a_window",
        _maintain({"timeInWeek": [{"day": "Sunday", "hourSlots": [2]}]}),
        _maintain(),
        400,
        "InvalidParameter",
        "The value of parameter timeInWeek is invalid. Error details: timeInWeek cannot be set for "
        "aksManagedNodeOSUpgradeSchedule. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "maintenance_window_lasts_four_hours",
        _maintain({"maintenanceWindow.durationHours": 3}),
        _maintain({"maintenanceWindow.durationHours": 24}),
        400,
        "InvalidParameter",
        "The value of parameter maintenanceWindow.durationHours is invalid. Error details: durationHours 3 "
        "must be between 4 and 24. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "maintenance_window_has_one_schedule",
        _maintain({"maintenanceWindow.schedule": {}}),
        _maintain(),
        400,
        "InvalidParameter",
        "The value of parameter maintenanceWindow.schedule is invalid. Error details: Exactly one schedule "
        "must be set, got none. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "maintenance_window_has_one_schedule",
        _maintain({"maintenanceWindow.schedule.daily.intervalDays": 1}),
        _maintain({"maintenanceWindow.schedule": {"daily": {"intervalDays": 1}}}),
        400,
        "InvalidParameter",
        "The value of parameter maintenanceWindow.schedule is invalid. Error details: Exactly one schedule "
        "must be set, got weekly and daily. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "maintenance_interval_is_in_range",
        _maintain({"maintenanceWindow.schedule.weekly.intervalWeeks": 5}),
        _maintain({"maintenanceWindow.schedule.weekly.intervalWeeks": 4}),
        400,
        "InvalidParameter",
        "The value of parameter maintenanceWindow.schedule.weekly.intervalWeeks is invalid. Error details: "
        "intervalWeeks 5 must be between 1 and 4. Please see https://aka.ms/aks-naming-rules for more "
        "details.",
    ),
    Case(
        "maintenance_window_start_is_a_time",
        _maintain({"maintenanceWindow.startTime": "24:00"}),
        _maintain({"maintenanceWindow.startTime": "23:59"}),
        400,
        "InvalidParameter",
        "The value of parameter maintenanceWindow.startTime is invalid. Error details: startTime 24:00 is "
        "not well-formed. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
    Case(
        "maintenance_window_start_is_a_time",
        _maintain({"maintenanceWindow.utcOffset": "1:00"}),
        _maintain({"maintenanceWindow.utcOffset": "+01:00"}),
        400,
        "InvalidParameter",
        "The value of parameter maintenanceWindow.utcOffset is invalid. Error details: utcOffset 1:00 is "
        "not well-formed. Please see https://aka.ms/aks-naming-rules for more details.",
    ),
]
