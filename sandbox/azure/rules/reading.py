"""Reading requests and the cloud: ARM ids, nested properties, CIDR prefixes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from sandbox.azure.cloud import Resource, key_of, normalized_location, parent_id
from sandbox.azure.request import CloudView, Request
from sandbox.azure.rules.arm_types import RESOURCE_GROUP, SECURITY_RULE, SUBNET


def values_at(value: Any, path: str) -> Any:  # noqa: ANN401  JSON
    """Return the value under a path; a step into a list is one into each item, and gives one flat list."""
    for step in path.split(".") if path else ():
        if isinstance(value, list | tuple):
            found = [item.get(step) for item in value if isinstance(item, Mapping)]
            value = [
                one
                for item in found
                if item is not None
                for one in (item if isinstance(item, list | tuple) else [item])
            ]
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value


def type_of(resource_id: str) -> str:
    """Return the ARM type of an id; that of the innermost provider for an extension resource."""
    _, found, path = resource_id.strip("/").rpartition("providers/")
    if not found:
        return RESOURCE_GROUP if resource_group_of(resource_id) else "Microsoft.Resources/subscriptions"
    provider, *segments = path.split("/")
    return "/".join([provider, *segments[::2]])


def name_of(resource_id: str) -> str:
    """Return the last segment of an id."""
    return resource_id.rstrip("/").rpartition("/")[2]


def subscription_of(resource_id: str) -> str | None:
    """Return the subscription of an id, ``None`` for what lies outside of all subscriptions."""
    return _segment_after(resource_id, "subscriptions")


def resource_group_of(resource_id: str) -> str | None:
    """Return the name of an id's resource group, ``None`` for what lies outside of all resource groups."""
    return _segment_after(resource_id, "resourcegroups")


def resource_group_id(resource_id: str) -> str:
    """Return the id of the resource group that an id lies in."""
    return f"/subscriptions/{subscription_of(resource_id)}/resourceGroups/{resource_group_of(resource_id)}"


def is_same_id(left: str | None, right: str | None) -> bool:
    """Compare two ids as ARM does, without regard to case."""
    return left is not None and right is not None and key_of(left) == key_of(right)


def ids_in(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each ARM id in a resource group that a value names, with the path of the property."""
    if isinstance(value, str):
        if value.lower().startswith("/subscriptions/") and resource_group_of(value):
            yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from ids_in(key, path)
            yield from ids_in(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from ids_in(item, path)


def location_of(request: Request) -> str | None:
    """Return the normalised location that a request is about: its own, the cloud's, or its parent's."""
    own = request.properties.get("location") or request.current.get("location")
    if own is None:
        parent = request.cloud.get(parent_id(request.id))
        own = parent.location if parent is not None else None
    return normalized_location(own)


def subnet_properties(cloud: CloudView, resource_id: str) -> Mapping[str, Any] | None:
    """Return a subnet's properties, whether it is separate or inline in its virtual network."""
    found = cloud.get(resource_id)
    if found is not None:
        return found.properties
    return subnets_of(cloud, parent_id(resource_id)).get(name_of(resource_id).lower())


def subnets_of(cloud: CloudView, virtual_network_id: str) -> dict[str, Mapping[str, Any]]:
    """Return the subnets of a virtual network by lower-case name, inline ones included."""
    subnets: dict[str, Mapping[str, Any]] = {}
    virtual_network = cloud.get(virtual_network_id)
    if virtual_network is not None:
        for subnet in virtual_network.properties.get("subnets") or ():
            subnets[str(subnet.get("name", "")).lower()] = subnet
    for child in cloud.children(virtual_network_id):
        if child.type.lower() == SUBNET.lower():
            subnets[child.name.lower()] = child.properties
    return subnets


def prefixes_of(subnet: Mapping[str, Any]) -> list[IPv4Network]:
    """Return a subnet's IPv4 prefixes; what is not a prefix is left to the rule about prefixes."""
    single = subnet.get("addressPrefix")
    return networks(subnet.get("addressPrefixes") or ([single] if single else []))


def prefixes_of_both_families(subnet: Mapping[str, Any]) -> list[IPv4Network | IPv6Network]:
    """Return a subnet's IPv4 and IPv6 prefixes."""
    single = subnet.get("addressPrefix")
    return networks_of_both_families(subnet.get("addressPrefixes") or ([single] if single else []))


def networks_of_both_families(texts: Sequence[str]) -> list[IPv4Network | IPv6Network]:
    """Return those of the texts that are IPv4 or IPv6 prefixes."""
    return [*networks(texts), *ipv6_networks(texts)]


def ipv6_networks(texts: Sequence[str]) -> list[IPv6Network]:
    """Return those of the texts that are IPv6 prefixes."""
    return [network for text in texts if isinstance(network := _read(text), IPv6Network)]


def is_inside(network: IPv4Network | IPv6Network, ranges: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Say whether a prefix lies in one of the ranges."""
    return any(
        one.version == network.version and one.overlaps(network) and one.prefixlen <= network.prefixlen
        for one in ranges
    )


def networks(texts: Sequence[str]) -> list[IPv4Network]:
    """Return those of the texts that are IPv4 prefixes."""
    return [network for text in texts if (network := network_of(text)) is not None]


def network_of(text: str | None) -> IPv4Network | None:
    """Return the IPv4 prefix that a text writes, ``None`` where it writes none."""
    network = _read(text)
    return network if isinstance(network, IPv4Network) else None


def _read(text: str | None) -> IPv4Network | IPv6Network | None:
    try:
        return None if text is None else ip_network(text)
    except ValueError:
        return None


def security_rules(request: Request) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the security rules that a request asks for, each with its name."""
    if request.type.lower() == SECURITY_RULE.lower():
        return [(name_of(request.id), request.properties)]
    return [(rule.get("name", ""), rule) for rule in request.properties.get("securityRules") or ()]


def differs(asked: object, current: object) -> bool:
    """Say whether a property would change; text compares without regard to case, lists to order."""
    if isinstance(asked, str) and isinstance(current, str):
        return asked.lower() != current.lower()
    if isinstance(asked, list | tuple) and isinstance(current, list | tuple):
        return sorted(map(str, asked)) != sorted(map(str, current))
    # What Azure leaves out of its answer stands at the value that means "not asked for".
    nothing = (None, False, -1, [], {}, "")
    return asked != current and not (asked in nothing and current in nothing)


def users_of(cloud: CloudView, resource_id: str, types: Sequence[str]) -> list[Resource]:
    """Return the other resources of the given types that name an id."""
    wanted = {type_.lower() for type_ in types}
    users = [user for user in cloud.referencing(resource_id) if user.type.lower() in wanted]
    return [user for user in users if not is_same_id(user.id, resource_id)]


def _segment_after(resource_id: str, collection: str) -> str | None:
    segments = resource_id.strip("/").split("/")
    for place, segment in enumerate(segments[:-1]):
        if segment.lower() == collection:
            return segments[place + 1]
    return None
