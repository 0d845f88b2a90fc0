"""Location, names and tags of the whole stack, and what holds for every part of it."""

import json
import re
from typing import Final

from azure_facts import locations, naming
from components.nodepool.settings import NodePoolBase
from components.settings import Settings
from settings.model import SettingsModel, keys_of
from settings.rules import Refusals, refuse, rule, unused

_OWN_TAGS: Final = frozenset({"environment", "workload"})
_MOST_TAGS: Final = 50
_LONGEST_TAG_NAME: Final = 512
_LONGEST_TAG_VALUE: Final = 256
_FORBIDDEN_IN_TAG_NAMES: Final = r"<>%&\?/"
_RESERVED_TAG_PREFIXES: Final = ("azure", "microsoft", "windows")


@rule
def the_location_is_known(stack: Settings) -> Refusals:
    """azure-native:location is the programmatic name of a location of Azure's public cloud."""
    key = "azure-native:location"
    if stack.location not in locations.LOCATIONS:
        instead = f"{key}: {locations.nearest(stack.location)}"
        yield refuse(key, locations.EXPECTED, locations.why_not(stack.location), instead)


@rule
def zones_are_in_a_location_that_has_them(part: Settings | NodePoolBase, stack: Settings) -> Refusals:
    """Availability zones are named only where the location has them."""
    if part.availability_zones and stack.lacks_zones:
        reason = "this location has no availability zones"
        yield refuse("availabilityZones", f"none in {stack.location}", reason, "availabilityZones: []")


@rule
def each_zone_is_named_once(part: Settings | NodePoolBase) -> Refusals:
    """No availability zone is named twice."""
    zones = part.availability_zones or ()
    if len(set(zones)) < len(zones):
        reason = "nodes are spread evenly over the zones, however often one is named"
        once = json.dumps(sorted(set(zones)))
        yield refuse("availabilityZones", "each zone once", reason, f"availabilityZones: {once}")


@rule
def what_is_off_has_no_settings(part: SettingsModel) -> Refusals:
    """Where `enabled` is false, nothing else is set except parts that have their own `enabled`."""
    if getattr(part, "enabled", True) is False:
        keys = [
            key
            for key, field in keys_of(type(part)).items()
            if field != "enabled" and not hasattr(getattr(part, field), "enabled")
        ]
        yield from unused(part, keys, "enabled false", "enabled: true")


@rule
def the_stack_name_fits_into_names(stack: Settings) -> Refusals:
    """The stack's name consists of lower-case letters, digits and single hyphens."""
    name = stack.environment
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) is None:
        yield refuse(
            "pulumi:stack",
            "lower-case letters, digits and single hyphens between them",
            "all resource names contain it, and this is what Azure allows in every one of them",
            f"pulumi stack rename {'-'.join(re.findall('[a-z0-9]+', name.lower())) or 'dev'}",
        )


@rule
def names_are_not_too_long(stack: Settings) -> Refusals:
    """Workload and stack name leave the name of the nodes' resource group within 80 characters."""
    name = f"{stack.workload}-{stack.environment}" + "-" * naming.AUTONAME_SUFFIX_LENGTH
    longest = len(naming.node_resource_group_name(f"rg-{name}", f"aks-{name}", stack.location))
    excess = longest - naming.NODE_RESOURCE_GROUP_NAME_LIMIT
    if excess > 0 and stack.location in locations.LOCATIONS:
        room = max(0, len(stack.workload) - -(-excess // 2))
        shorter = stack.workload[:room].rstrip("-")
        yield refuse(
            "workload",
            f"at most {room} characters in the stack {stack.environment} in {stack.location}",
            f"the name of the nodes' resource group would have {longest} characters; Azure allows "
            f"{naming.NODE_RESOURCE_GROUP_NAME_LIMIT}",
            f"workload: {shorter}" if shorter else "a stack with a shorter name",
        )


@rule
def tags_are_not_too_many(stack: Settings) -> Refusals:
    """A resource has at most 50 tags, this program's own among them."""
    if len({name.casefold() for name in stack.tags} | _OWN_TAGS) > _MOST_TAGS:
        limit = f"at most {_MOST_TAGS} tags, including {' and '.join(sorted(_OWN_TAGS))}"
        yield refuse("tags", limit, f"there are {len(stack.tags)}; Azure allows no more", "fewer tags")


@rule
def tag_names_are_well_formed(stack: Settings) -> Refusals:
    """Names of tags have the length and the characters that Azure allows."""
    limit = f"1 to {_LONGEST_TAG_NAME} characters, none of {_FORBIDDEN_IN_TAG_NAMES}, no reserved prefix"
    for name in stack.tags:
        if forbidden := dict.fromkeys(each for each in name if each in _FORBIDDEN_IN_TAG_NAMES):
            reason = f"Azure forbids {' '.join(forbidden)} in the name of a tag"
        elif name.lower().startswith(_RESERVED_TAG_PREFIXES):
            reason = f"Azure reserves names that begin with {', '.join(_RESERVED_TAG_PREFIXES)}"
        elif not 1 <= len(name) <= _LONGEST_TAG_NAME:
            reason = f"it has {len(name)} characters"
        else:
            continue
        letters = re.sub(f"[{re.escape(_FORBIDDEN_IN_TAG_NAMES)}]", "-", name)[:_LONGEST_TAG_NAME]
        reserved = letters.lower().startswith(_RESERVED_TAG_PREFIXES)
        instead = f"team-{letters}" if reserved else letters or "cost-center"
        yield refuse(("tags", name), limit, reason, f"{json.dumps(instead, ensure_ascii=False)}: <the same>")


@rule
def tag_values_are_not_too_long(stack: Settings) -> Refusals:
    """Values of tags have at most 256 characters."""
    for name, value in stack.tags.items():
        if len(value) > _LONGEST_TAG_VALUE:
            limit = f"a value of at most {_LONGEST_TAG_VALUE} characters"
            yield refuse(("tags", name), limit, f"it has {len(value)}", "a shorter value")


@rule
def tag_values_are_not_dates_without_quotes(stack: Settings) -> Refusals:
    """A date that is the value of a tag stands in quotes."""
    for name, value in stack.tags.items():
        if date := re.fullmatch(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\S* [+-]\d{4} \S+", value, re.ASCII):
            text = date[1] if date[2] == "00:00:00" else f"{date[1]}T{date[2]}Z"
            reason = f"YAML reads a date without quotes as a point in time, so the tag would say {value}"
            yield refuse(("tags", name), "a string", reason, f'{name}: "{text}"')


@rule
def tags_differ_by_more_than_case(stack: Settings) -> Refusals:
    """No two tags differ only in case."""
    seen: dict[str, str] = {}
    for name in stack.tags:
        first = seen.setdefault(name.casefold(), name)
        if first is not name:
            reason = f"Azure ignores case here, so this is the same tag as {first}"
            yield refuse(
                ("tags", name), "names that differ by more than case", reason, f"nothing: remove {name}"
            )
