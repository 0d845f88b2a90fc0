"""Requests for the rules of virtual networks, security groups, public IP addresses and NAT gateways."""

from sandbox.tests.unit.azure.rules.world import (
    ABSENT,
    API_SERVER,
    CLUSTER,
    ENDPOINTS,
    GROUP,
    NAT,
    NODES,
    NSG,
    PIP,
    PLATFORM,
    POOL,
    SECURITY_RULE,
    VNET,
    Case,
    changed,
    delete,
    in_group,
    write,
)

_vnet = write("create", PLATFORM[VNET], in_group("Microsoft.Network/virtualNetworks/new"))
_update_vnet = write("update", PLATFORM[VNET], VNET)
_subnet = write("create", {"addressPrefix": "10.224.130.0/24"}, f"{VNET}/subnets/new")
_update_nodes = write("update", PLATFORM[NODES], NODES)
_nsg = write("create", PLATFORM[NSG], in_group("Microsoft.Network/networkSecurityGroups/new"))
_rule = write("create", changed(SECURITY_RULE, {"name": ABSENT}), f"{NSG}/securityRules/new")
_address = write(
    "create",
    changed(PLATFORM[PIP], {"dnsSettings": ABSENT}),
    in_group("Microsoft.Network/publicIPAddresses/new"),
)
_nat = write(
    "create", changed(PLATFORM[NAT], {"publicIpAddresses": []}), in_group("Microsoft.Network/natGateways/new")
)
_update_nat = write("update", PLATFORM[NAT], NAT)
_update_pip = write("update", PLATFORM[PIP], PIP)
_FREE = in_group("Microsoft.Network/publicIPAddresses/free")
_BASIC = changed(PLATFORM[PIP], {"sku.name": "Basic"})
_NORTH = {"location": "northeurope"}
_OTHER_NAT = in_group("Microsoft.Network/natGateways/other")
_INLINE = [
    {"name": "one", "addressPrefix": "10.224.0.0/24"},
    {"name": "two", "addressPrefix": "10.224.1.0/24"},
]

CASES = [
    Case(
        "address_prefixes_are_in_cidr_notation",
        _vnet({"addressSpace.addressPrefixes": ["10.224.0.1/16"]}),
        _vnet(),
        400,
        "InvalidCIDRNotation",
        "The address prefix 10.224.0.1/16 in resource "
        f"{GROUP}/providers/Microsoft.Network/virtualNetworks/new has an invalid CIDR notation. For the "
        "given prefix length, the address prefix should be 10.224.0.0/16.",
    ),
    Case(
        "address_prefixes_are_in_cidr_notation",
        _subnet({"addressPrefix": "10.224.130"}),
        _subnet(),
        400,
        "InvalidAddressPrefixFormat",
        f"Address prefix 10.224.130 of resource {VNET}/subnets/new is not formatted correctly. It should "
        "follow CIDR notation, for example 10.0.0.0/24.",
    ),
    Case(
        "subnet_is_at_least_29",
        _subnet({"addressPrefix": "10.224.130.0/30"}),
        _subnet({"addressPrefix": "10.224.130.0/29"}),
        400,
        "NetcfgInvalidSubnet",
        "Subnet 'new' is not valid in virtual network 'vnet'.",
    ),
    Case(
        "subnet_lies_inside_its_virtual_network",
        _subnet({"addressPrefix": "10.225.0.0/24"}),
        _subnet(),
        400,
        "NetcfgSubnetRangeOutsideVnet",
        "Subnet 'new' is not valid because its IP address range is outside the IP address range of virtual "
        "network 'vnet'.",
    ),
    Case(
        "subnets_do_not_overlap",
        _subnet({"addressPrefix": "10.224.128.0/24"}),
        _subnet(),
        400,
        "NetcfgSubnetRangesOverlap",
        "Subnet 'new' is not valid because its IP address range overlaps with that of an existing subnet "
        "in virtual network 'vnet'.",
    ),
    Case(
        "inline_subnets_fit_and_do_not_overlap",
        _vnet({"subnets": [*_INLINE, {"name": "three", "addressPrefix": "10.224.1.128/25"}]}),
        _vnet({"subnets": _INLINE}),
        400,
        "NetcfgSubnetRangesOverlap",
        "Subnet 'three' is not valid because its IP address range overlaps with that of an existing subnet "
        "in virtual network 'new'.",
    ),
    Case(
        "inline_subnets_fit_and_do_not_overlap",
        _vnet({"subnets": [{"name": "one", "addressPrefix": "10.225.0.0/24"}]}),
        _vnet({"subnets": _INLINE}),
        400,
        "NetcfgSubnetRangeOutsideVnet",
        "Subnet 'one' is not valid because its IP address range is outside the IP address range of virtual "
        "network 'new'.",
    ),
    Case(
        "address_space_keeps_its_subnets",
        _update_vnet({"addressSpace.addressPrefixes": ["10.224.0.0/17"]}, given={API_SERVER: ABSENT}),
        _update_vnet(
            {"addressSpace.addressPrefixes": ["10.224.0.0/17"]}, given={API_SERVER: ABSENT, ENDPOINTS: ABSENT}
        ),
        400,
        "NetcfgSubnetRangeOutsideVnet",
        "Subnet 'endpoints' is not valid because its IP address range is outside the IP address range of "
        "virtual network 'vnet'.",
    ),
    Case(
        "subnet_in_use_keeps_its_range",
        _update_nodes({"addressPrefix": "10.224.0.0/18"}),
        _update_nodes({"addressPrefix": "10.224.0.0/18"}, given={POOL: ABSENT, CLUSTER: ABSENT}),
        400,
        "InUseSubnetCannotBeUpdated",
        "Subnet nodes is in use and cannot be updated.",
    ),
    Case(
        "subnet_in_use_is_not_deleted",
        delete(NODES),
        delete(NODES, {CLUSTER: ABSENT}),
        400,
        "InUseSubnetCannotBeDeleted",
        f"Subnet nodes is in use by {CLUSTER} and cannot be deleted. In order to delete the subnet, delete "
        "all the resources within the subnet. See aka.ms/deletesubnet.",
    ),
    Case(
        "virtual_network_in_use_is_not_deleted",
        delete(VNET, {API_SERVER: ABSENT}),
        delete(VNET, {CLUSTER: ABSENT}),
        400,
        "InUseSubnetCannotBeDeleted",
        f"Subnet nodes is in use by {CLUSTER} and cannot be deleted. In order to delete the subnet, delete "
        "all the resources within the subnet. See aka.ms/deletesubnet.",
    ),
    Case(
        "subnet_shares_a_region_with_what_it_names",
        _subnet({"natGateway.id": _OTHER_NAT}, given={_OTHER_NAT: _NORTH}),
        _subnet({"natGateway.id": _OTHER_NAT}, given={_OTHER_NAT: {"location": "Sweden Central"}}),
        400,
        "InvalidResourceReference",
        f"Resource {GROUP}/providers/Microsoft.Network/natGateways/other referenced by resource "
        f"{VNET}/subnets/new was not found. Please make sure that the referenced resource exists, and that "
        "both resources are in the same region.",
    ),
    Case(
        "security_rule_priority_is_in_range",
        _nsg({"securityRules.0.priority": 99}),
        _nsg(),
        400,
        "SecurityRuleInvalidPriority",
        "Security rule has invalid Priority. Value provided: 99 Allowed range 100-4096.",
    ),
    Case(
        "security_rules_have_different_priorities",
        _nsg({"securityRules": [SECURITY_RULE, {**SECURITY_RULE, "name": "http"}]}),
        _nsg({"securityRules": [SECURITY_RULE, {**SECURITY_RULE, "name": "http", "direction": "Outbound"}]}),
        400,
        "SecurityRuleConflict",
        "Security rule http conflicts with rule https. Rules cannot have the same Priority and Direction.",
    ),
    Case(
        "security_rules_have_different_priorities",
        _rule(),
        _rule({"priority": 101}),
        400,
        "SecurityRuleConflict",
        "Security rule new conflicts with rule https. Rules cannot have the same Priority and Direction.",
    ),
    Case(
        "security_rule_ports_are_ports",
        _rule({"destinationPortRanges": ["443", "8080-8000"]}),
        _rule({"priority": 101}),
        400,
        "SecurityRuleInvalidPortRange",
        "Security rule has invalid Port range. Value provided: 8080-8000. Value should be an integer OR "
        "integer range with '-' delimiter. Valid range 0-65535.",
    ),
    Case(
        "network_security_group_in_use_is_not_deleted",
        delete(NSG),
        delete(NSG, {NODES: ABSENT}),
        400,
        "InUseNetworkSecurityGroupCannotBeDeleted",
        f"Network security group {NSG} cannot be deleted because it is in use by the following resources: "
        f"{NODES}. In order to delete the Network security group, remove the association with the "
        "resource(s). To learn how to do this, see aka.ms/deletensg.",
    ),
    Case(
        "public_ip_address_is_standard",
        _address({"sku": ABSENT}),
        _address(),
        400,
        "IPv4BasicSkuPublicIpCountLimitReached",
        "Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this region.",
    ),
    Case(
        "standard_public_ip_address_is_static",
        _address({"publicIPAllocationMethod": "Dynamic"}),
        _address(),
        400,
        "StandardSkuPublicIPAddressesCannotHaveDynamicAllocationMethod",
        f"Standard sku publicIp {GROUP}/providers/Microsoft.Network/publicIPAddresses/new must have "
        "AllocationMethod set to Static.",
    ),
    Case(
        "domain_name_label_is_free",
        _address({"dnsSettings.domainNameLabel": "Taken"}),
        _address({"dnsSettings.domainNameLabel": "Taken", "location": "northeurope"}),
        400,
        "DnsRecordInUse",
        "DNS record Taken.swedencentral.cloudapp.azure.com is already used by another public IP.",
    ),
    Case(
        "zones_are_offered_by_the_region",
        _address({"location": "westus"}),
        _address({"location": "westus2"}),
        400,
        "InvalidAvailabilityZone",
        "The zone(s) '1' for resource 'Microsoft.Network/publicIPAddresses/new' is not supported. The "
        "supported zones for location 'westus' are ''",
    ),
    Case(
        "zones_are_offered_by_the_region",
        _nat({"zones": ["4"]}),
        _nat({"zones": ["3"]}),
        400,
        "InvalidAvailabilityZone",
        "The zone(s) '4' for resource 'Microsoft.Network/natGateways/new' is not supported. The supported "
        "zones for location 'swedencentral' are '1,2,3'",
    ),
    Case(
        "public_ip_address_in_use_is_not_deleted",
        delete(PIP),
        delete(PIP, {NAT: ABSENT}),
        400,
        "PublicIPAddressCannotBeDeleted",
        f"Public IP address {PIP} can not be deleted since it is still allocated to resource {NAT}. In "
        "order to delete the public IP, disassociate/detach the Public IP address from the resource.  To "
        "learn how to do this, see aka.ms/deletepublicip.",
    ),
    Case(
        "nat_gateway_addresses_are_standard",
        _nat({"publicIpAddresses": [{"id": _FREE}]}, given={_FREE: _BASIC}),
        _nat({"publicIpAddresses": [{"id": _FREE}]}, given={_FREE: PLATFORM[PIP]}),
        400,
        "BadRequest",
        f"NatGateway {GROUP}/providers/Microsoft.Network/natGateways/new with sku Standard cannot use "
        f"public IP address {GROUP}/providers/Microsoft.Network/publicIPAddresses/free with sku Basic.",
    ),
    Case(
        "nat_gateway_addresses_are_standard",
        _nat({"publicIpAddresses": [{"id": _FREE}]}, given={_FREE: {**PLATFORM[PIP], **_NORTH}}),
        _nat({"publicIpAddresses": [{"id": _FREE}]}, given={_FREE: PLATFORM[PIP]}),
        400,
        "InvalidResourceReference",
        f"Resource {GROUP}/providers/Microsoft.Network/publicIPAddresses/free referenced by resource "
        f"{GROUP}/providers/Microsoft.Network/natGateways/new was not found. Please make sure that the "
        "referenced resource exists, and that both resources are in the same region.",
    ),
    Case(
        "public_ip_address_has_one_user",
        _nat({"publicIpAddresses": [{"id": PIP}]}),
        _nat({"publicIpAddresses": [{"id": PIP}]}, given={NAT: ABSENT}),
        400,
        "PublicIPAddressInUse",
        f"Resource {GROUP}/providers/Microsoft.Network/natGateways/new is referencing public IP address "
        f"{PIP} that is already allocated to resource {NAT}.",
    ),
    Case(
        "nat_gateway_is_in_one_zone_at_most",
        _nat({"zones": ["1", "2"]}),
        _nat({"zones": ["2"]}),
        400,
        "BadRequest",
        f"NatGateway {GROUP}/providers/Microsoft.Network/natGateways/new cannot have more than one zone; "
        "zones given: 1,2.",
    ),
    Case(
        "nat_gateway_idle_timeout_is_in_range",
        _nat({"idleTimeoutInMinutes": 121}),
        _nat({"idleTimeoutInMinutes": 120}),
        400,
        "BadRequest",
        f"NatGateway {GROUP}/providers/Microsoft.Network/natGateways/new has idleTimeoutInMinutes 121. "
        "Allowed range 4-120.",
    ),
    Case(
        "nat_gateway_has_at_most_16_addresses",
        _nat({"publicIpAddresses": [{"id": f"{_FREE}{number}"} for number in range(17)]}),
        _nat(
            {"publicIpAddresses": [{"id": f"{_FREE}{number}"} for number in range(16)]},
            given={f"{_FREE}{number}": PLATFORM[PIP] for number in range(16)},
        ),
        400,
        "BadRequest",
        f"NatGateway {GROUP}/providers/Microsoft.Network/natGateways/new cannot have more than 16 public IP "
        "addresses; 17 given.",
    ),
    Case(
        "addresses_and_gateways_keep_their_zones",
        _update_nat({"zones": ["2"]}),
        _update_nat({"idleTimeoutInMinutes": 10}),
        400,
        "ResourceAvailabilityZonesCannotBeModified",
        f"Resource {NAT} has an existing availability zone constraint and the request changes it, which is "
        "not supported. Zones cannot be added/updated/removed once the resource is created. The resource "
        "cannot be updated from regional to zonal or vice-versa.",
    ),
    Case(
        "addresses_and_gateways_keep_their_zones",
        _update_pip({"zones": ["2"]}),
        _update_pip({"idleTimeoutInMinutes": 10}),
        400,
        "ResourceAvailabilityZonesCannotBeModified",
        f"Resource {PIP} has an existing availability zone constraint and the request changes it, which is "
        "not supported. Zones cannot be added/updated/removed once the resource is created. The resource "
        "cannot be updated from regional to zonal or vice-versa.",
    ),
    Case(
        "nat_gateway_in_use_is_not_deleted",
        delete(NAT),
        delete(NAT, {NODES: ABSENT}),
        400,
        "InUseNatGatewayCannotBeDeleted",
        f"Nat gateway {NAT} cannot be deleted because it is in use by the following resources: {NODES}.",
    ),
]
