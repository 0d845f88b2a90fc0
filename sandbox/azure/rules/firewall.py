"""What rows about firewalls call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from sandbox.azure.rules.subjects import Failures, Subject


def not_one_subnet(firewall: Subject) -> Failures:
    number = len(firewall.value("ipConfigurations.subnet.id") or ())
    if number != 1:
        yield {"number": number}


def conflicting_routes(table: Subject) -> Failures:
    """Yield the routes for a range that an earlier one is for."""
    seen: dict[object, str] = {}
    for route in table.asked.get("routes") or ():
        first = seen.setdefault(route.get("addressPrefix"), route["name"])
        if first != route["name"]:
            yield {"route": route["name"], "other": first}
