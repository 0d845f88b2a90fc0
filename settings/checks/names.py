"""Tags, and the names that are made of workload and stack."""

import re
from collections.abc import Iterator
from typing import Final

from azure_facts import naming
from azure_facts.locations import Location
from settings.checks.rule import rule
from settings.errors import Problem

_OWN_TAGS: Final = frozenset({"environment", "workload"})
_MOST_TAGS: Final = 50
_LONGEST_TAG_NAME: Final = 512
_LONGEST_TAG_VALUE: Final = 256
_FORBIDDEN_IN_TAG_NAMES: Final = "<>%&\\?/"
_RESERVED_TAG_PREFIXES: Final = ("azure", "microsoft", "windows")
_STACK_FORM: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@rule
def the_stack_name_fits_into_names(stack: str) -> Iterator[Problem]:
    """The stack's name is of lower-case letters, digits and single hyphens."""
    if _STACK_FORM.fullmatch(stack) is None:
        yield Problem(
            path=("pulumi:stack",),
            value=stack,
            limit="lower-case letters, digits and single hyphens between them",
            reason="the names of all resources contain it, and Azure's rules for them meet here",
            remedy=f"pulumi stack rename {'-'.join(re.findall('[a-z0-9]+', stack.lower())) or 'dev'}",
        )


@rule
def names_are_not_too_long(workload: str, stack: str, place: Location) -> Iterator[Problem]:
    """Workload and the stack's name leave the name of the nodes' resource group within 80 characters."""
    suffix = "-" * naming.AUTONAME_SUFFIX_LENGTH
    name = f"{workload}-{stack}"
    longest = naming.node_resource_group_name(f"rg-{name}{suffix}", f"aks-{name}{suffix}", place.name)
    excess = len(longest) - naming.NODE_RESOURCE_GROUP_NAME_LIMIT
    if excess <= 0:
        return
    room = len(workload) - -(-excess // 2)
    yield Problem(
        path=("workload",),
        value=workload,
        limit=f"at most {max(room, 0)} characters in the stack {stack} in {place.name}",
        reason=f"the name of the nodes' resource group would have {len(longest)} characters; Azure allows "
        f"{naming.NODE_RESOURCE_GROUP_NAME_LIMIT}",
        remedy=f"workload: {workload[:room].rstrip('-')}" if room > 0 else "a stack with a shorter name",
    )


@rule
def tags_are_not_too_many(tags: dict[str, str]) -> Iterator[Problem]:
    """A resource has at most 50 tags, this program's own among them."""
    count = len({name.casefold() for name in tags} | _OWN_TAGS)
    if count > _MOST_TAGS:
        yield Problem(
            path=("tags",),
            value=f"{len(tags)} tags",
            limit=f"{_MOST_TAGS} tags, with {' and '.join(sorted(_OWN_TAGS))}",
            reason="Azure allows no more on a resource",
            remedy="fewer tags",
        )


@rule
def tags_are_well_formed(tags: dict[str, str]) -> Iterator[Problem]:
    """Names and values of tags have the length and the characters that Azure allows."""
    for name, value in tags.items():
        forbidden = [character for character in name if character in _FORBIDDEN_IN_TAG_NAMES]
        if (
            not name
            or len(name) > _LONGEST_TAG_NAME
            or forbidden
            or name.lower().startswith(_RESERVED_TAG_PREFIXES)
        ):
            yield Problem(
                path=("tags", name),
                value=value,
                limit=f"1 to {_LONGEST_TAG_NAME} characters, none of {_FORBIDDEN_IN_TAG_NAMES}, not Azure's",
                reason=_fault_of_tag_name(name, forbidden),
                remedy="a name such as cost-center",
            )
        if len(value) > _LONGEST_TAG_VALUE:
            yield Problem(
                path=("tags", name),
                value=value,
                limit=f"a value of at most {_LONGEST_TAG_VALUE} characters",
                reason=f"it has {len(value)}",
                remedy="a shorter value",
            )


@rule
def tags_differ_by_more_than_case(tags: dict[str, str]) -> Iterator[Problem]:
    """No two tags differ in capitals only."""
    seen: dict[str, str] = {}
    for name, value in tags.items():
        first = seen.setdefault(name.casefold(), name)
        if first is not name:
            yield Problem(
                path=("tags", name),
                value=value,
                limit="names that differ by more than capitals",
                reason=f"to Azure it is the same tag as {first}",
                remedy=f"{first} alone",
            )


def _fault_of_tag_name(name: str, forbidden: list[str]) -> str:
    if forbidden:
        return f"Azure forbids {' '.join(dict.fromkeys(forbidden))} in the name of a tag"
    if name.lower().startswith(_RESERVED_TAG_PREFIXES):
        return f"names that begin with {', '.join(_RESERVED_TAG_PREFIXES)} are Azure's own"
    return f"it has {len(name)} characters"
