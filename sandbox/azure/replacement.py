"""Which changed inputs make the azure-native provider replace a resource.

Besides these, every input that is part of the id. What Azure itself refuses to change, without the provider
knowing,
is not here: those updates are tried and refused (see the rules).

Sources: the provider's list of forced replacements (pulumi/pulumi-azure-native,
provider/pkg/gen/replacement.go), and properties that the Azure REST API specifications mark as settable at
creation only.
"""

from __future__ import annotations

from sandbox.azure.schema import Property, ResourceType

_AKS_CLUSTER = (
    "diskEncryptionSetID",
    "dnsPrefix",
    "fqdnSubdomain",
    "linuxProfile",
    "location",
    "nodeResourceGroup",
    "windowsProfile",
    "dnsServiceIP",
    "networkDataplane",
    "networkMode",
    "networkPlugin",
    "networkPluginMode",
    "networkPolicy",
    "nodePublicIPTags",
    "outboundType",
    "podCidr",
    "serviceCidr",
    "serviceCidrs",
)

# A property counts wherever it appears at the top of the inputs or one level down, as in the provider.
_LISTED: dict[str, tuple[str, ...]] = {
    "authorization:RoleAssignment": ("principalId", "scope"),
    "containerservice:AgentPool": ("gpuInstanceProfile", "vmSize", "nodePublicIPTags"),
    "containerservice:ManagedCluster": _AKS_CLUSTER,
    "network:PrivateEndpoint": ("subnet",),
    "network:PublicIPAddress": ("location", "publicIPAddressVersion", "publicIPPrefix", "sku"),
    "network:VirtualNetwork": ("location",),
    "resources:ResourceGroup": ("location",),
    "storage:StorageAccount": ("isHnsEnabled", "location"),
}

# The specifications of these services mark a resource's location as settable at creation only.
_LOCATION_IS_FIXED = (
    "alertsmanagement",
    "applicationinsights",
    "containerregistry",
    "containerservice",
    "dashboard",
    "dns",
    "managedidentity",
    "monitor",
    "operationalinsights",
    "privatedns",
)


def replacing_properties(resource_type: ResourceType) -> frozenset[str]:
    """The inputs whose change replaces the resource: ``property``, ``object.property``, ``array[].item``."""
    name = resource_type.token.removeprefix("azure-native:")
    listed = set(_LISTED.get(name, ()))
    if name.split(":")[0] in _LOCATION_IS_FIXED and "location" in resource_type.body:
        listed.add("location")
    found = set(resource_type.path_parameters)
    for property_name, property_ in resource_type.body.items():
        if property_name in listed:
            found.add(property_name)
        found.update(
            f"{prefix}{inner}" for prefix, inner in _inner(property_name, property_) if inner in listed
        )
    return frozenset(found)


def _inner(name: str, property_: Property) -> list[tuple[str, str]]:
    type_ = property_.type
    if type_.kind == "object" and type_.shape is not None:
        return [(f"{name}.", inner) for inner in type_.shape.properties]
    if type_.kind == "array" and type_.items is not None and type_.items.shape is not None:
        return [(f"{name}[].", inner) for inner in type_.items.shape.properties]
    return []
