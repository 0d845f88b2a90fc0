"""What rows about private endpoints and private DNS zones call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from sandbox.azure.cloud import parent_id
from sandbox.azure.rules.reading import is_same_id, name_of
from sandbox.azure.rules.subjects import Failures, Subject


def second_zone_group(group: Subject) -> Failures:
    for other in group.request.cloud.children(group.known["parent"]):
        if not is_same_id(other.id, group.known["id"]):
            yield {"other": other.name}


def linked_to_a_zone_of_that_name(link: Subject) -> Failures:
    zone = link.known["parent"]
    for other in link.request.cloud.referencing(link.value("virtualNetwork.id")):
        is_link = other.type == link.request.type and not is_same_id(other.id, link.known["id"])
        if is_link and name_of(parent_id(other.id)).lower() == name_of(zone).lower():
            yield {"zone": name_of(zone)}


def links_of_zone(zone: Subject) -> Failures:
    for link in zone.request.cloud.children(zone.known["id"]):
        yield {"link": link.id.partition("/providers/")[2]}
