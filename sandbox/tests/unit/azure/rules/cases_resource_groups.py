"""Requests for the rules of Azure Resource Manager itself."""

from sandbox.tests.unit.azure.rules.world import (
    CONTROL_PLANE,
    GROUP,
    NETWORK_ROLE,
    NEW_CLUSTER,
    NODES,
    NSG,
    PIP,
    SUBSCRIPTION,
    VNET,
    Case,
    assignment,
    in_group,
    new_cluster,
    write,
)

_ADDRESS = {"location": "swedencentral", "sku": {"name": "Standard"}, "publicIPAllocationMethod": "Static"}
_address = write("create", _ADDRESS, in_group("Microsoft.Network/publicIPAddresses/new"))
_subnet = write("create", {"addressPrefix": "10.224.130.0/24"}, f"{VNET}/subnets/new")
_assignment = write("create", NETWORK_ROLE, assignment(PIP, 9))
_NOWHERE = in_group("Microsoft.Network/publicIPAddresses/new", f"{SUBSCRIPTION}/resourceGroups/nowhere")
_ABROAD = "/subscriptions/99999999-0000-0000-0000-000000000000/resourceGroups/rg"

CASES = [
    Case(
        "subscription_is_the_one_signed_in_to",
        _address(id=in_group("Microsoft.Network/publicIPAddresses/new", _ABROAD)),
        _address(),
        404,
        "SubscriptionNotFound",
        "The subscription '99999999-0000-0000-0000-000000000000' could not be found.",
    ),
    Case(
        "resource_group_exists",
        _address(id=_NOWHERE),
        _address(),
        404,
        "ResourceGroupNotFound",
        "Resource group 'nowhere' could not be found.",
    ),
    Case(
        "parent_exists",
        _subnet(id=in_group("Microsoft.Network/virtualNetworks/none/subnets/new")),
        _subnet(),
        404,
        "ParentResourceNotFound",
        "Can not perform requested operation on nested resource. Parent resource 'none' not found.",
    ),
    Case(
        "extended_resource_exists",
        _assignment(id=assignment(in_group("Microsoft.Network/publicIPAddresses/none"), 9)),
        _assignment(),
        404,
        "ResourceNotFound",
        "The Resource 'Microsoft.Network/publicIPAddresses/none' under resource group 'rg' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    ),
    Case(
        "named_resources_exist",
        _subnet({"natGateway.id": in_group("Microsoft.Network/natGateways/none")}),
        _subnet({"networkSecurityGroup.id": NSG}),
        400,
        "InvalidResourceReference",
        f"Resource {GROUP}/providers/Microsoft.Network/natGateways/none referenced by resource "
        f"{VNET}/subnets/new was not found. Please make sure that the referenced resource exists, and that "
        "both resources are in the same region.",
    ),
    Case(
        "named_resources_exist",
        new_cluster(
            {
                "identity.userAssignedIdentities": [
                    in_group("Microsoft.ManagedIdentity/userAssignedIdentities/none")
                ]
            }
        ),
        new_cluster({"identity.userAssignedIdentities": [CONTROL_PLANE]}),
        400,
        "FailedIdentityOperation",
        f"Identity operation for resource '{NEW_CLUSTER}' failed with error 'Failed to perform resource "
        "identity operation. Status: 'BadRequest'. Response: 'Resource "
        f"'{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/none' was not found.''.",
    ),
    Case(
        "named_resources_exist",
        new_cluster({"agentPoolProfiles.0.vnetSubnetID": f"{VNET}/subnets/none"}),
        new_cluster({"agentPoolProfiles.0.vnetSubnetID": NODES}),
        404,
        "ResourceNotFound",
        "The Resource 'Microsoft.Network/virtualNetworks/vnet/subnets/none' under resource group 'rg' was "
        "not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    ),
    Case(
        "location_is_known",
        _address({"location": "swedenmiddle"}),
        _address({"location": "Sweden Central"}),
        400,
        "LocationNotAvailableForResourceType",
        "The provided location 'swedenmiddle' is not available for resource type "
        "'Microsoft.Network/publicIPAddresses'. List of available regions for the resource type is "
        "'australiacentral,australiacentral2,australiaeast,australiasoutheast,austriaeast,belgiumcentral,brazilsouth,brazilsoutheast,canadacentral,canadaeast,centralindia,centralus,chilecentral,chinaeast2,chinaeast3,chinanorth2,chinanorth3,denmarkeast,eastasia,eastus,eastus2,francecentral,francesouth,germanynorth,germanywestcentral,indonesiacentral,israelcentral,italynorth,japaneast,japanwest,jioindiacentral,jioindiawest,koreacentral,koreasouth,malaysiawest,mexicocentral,newzealandnorth,northcentralus,northeurope,norwayeast,norwaywest,polandcentral,qatarcentral,southafricanorth,southafricawest,southcentralus,southeastasia,southindia,spaincentral,swedencentral,swedensouth,switzerlandnorth,switzerlandwest,uaecentral,uaenorth,uksouth,ukwest,usgovarizona,usgovtexas,usgovvirginia,westcentralus,westeurope,westindia,westus,westus2,westus3'.",
    ),
]
