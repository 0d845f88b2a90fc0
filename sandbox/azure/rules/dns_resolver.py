"""What rows about DNS private resolvers call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from sandbox.azure.rules.reading import is_same_id
from sandbox.azure.rules.subjects import Failures, Subject


def second_resolver(resolver: Subject) -> Failures:
    for other in resolver.request.cloud.referencing(resolver.value("virtualNetwork.id")):
        if other.type == resolver.request.type and not is_same_id(other.id, resolver.known["id"]):
            yield {"other": other.id}
