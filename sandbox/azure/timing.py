"""How long an update would have taken in Azure, with its critical path."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from sandbox.azure import durations
from sandbox.azure.cloud import Cloud, key_of
from sandbox.azure.rules.reading import type_of
from sandbox.engine.directory import CLOUD_FILE
from sandbox.engine.engine_error import EngineError
from sandbox.engine.history import Update, last_update
from sandbox.programs.console import duration


@dataclass(frozen=True, kw_only=True)
class Step:
    """One operation of an update.

    Attributes:
        operation: `create`, `update` or `delete`.
        type: Azure Resource Manager type, or Pulumi's type token outside Azure.
        name: Pulumi's name of the resource.
        begins: seconds after the start of the update.
        seconds: how long it takes.
        is_critical: whether it is on the critical path.
    """

    operation: str
    type: str
    name: str
    begins: float
    seconds: float
    is_critical: bool

    @property
    def ends(self) -> float:
        """Seconds after the start of the update."""
        return self.begins + self.seconds


def steps(update: Update, cloud: Cloud) -> list[Step]:
    """The operations of an update, in the order in which they would begin in Azure.

    A resource is made after its dependencies and deleted after its dependents. Pulumi deletes replaced
    resources at the end, and asks for no deletion of what goes with another resource.
    """
    before, after, taken = update.before, update.after, _taken(update, cloud)
    replaced = {urn for urn in before.keys() & after.keys() if before[urn].get("id") != after[urn].get("id")}
    made = {
        urn: "update" if urn in before.keys() - replaced else "create"
        for urn, resource in after.items()
        if urn in replaced or resource.get("modified") != before.get(urn, {}).get("modified")
    }
    gone = {urn for urn in before if urn in replaced or urn not in after}
    deleted = {urn: "delete" for urn in before if urn in gone and before[urn].get("deletedWith") not in gone}
    needed: dict[str, set[str]] = {urn: set() for urn in reversed(list(before))}
    for urn, resource in before.items():
        for other in _needs(resource) & needed.keys():
            needed[other].add(urn)
    making = _schedule(made, after, {urn: _needs(resource) for urn, resource in after.items()}, taken, 0)
    unmaking = _schedule(deleted, before, needed, taken, max((step.ends for step in making), default=0))
    return sorted((*making, *unmaking), key=lambda step: (step.begins, step.ends))


def summary(update_steps: Iterable[Step]) -> str:
    """One sentence with the total and the critical path; empty if nothing was done."""
    path = [step for step in update_steps if step.is_critical]
    if not path:
        return ""
    parts = []
    for (operation, type_), group in groupby(path, key=lambda step: (step.operation, step.type)):
        took = [step.seconds for step in group]
        verb = {"create": "", "update": "update of ", "delete": "deletion of "}[operation]
        count = f" ({len(took)})" if len(took) > 1 else ""
        parts.append(f"{verb}{durations.row(type_)['name']}{count} {duration(sum(took))}")
    whole = path[-1].ends
    about = duration(whole) if whole < 120 else f"{whole / 60:.0f} min"
    return f"In Azure this would take about {about}: {' → '.join(parts)}."


def tell(root: Path, stack: str, *, since: float) -> None:
    """Print to standard error how long the last update of a stack would have taken.

    Prints nothing if it began before *since*, in seconds of Unix time, or did nothing.
    """
    update = last_update(root, stack)
    if update is not None and update.started.timestamp() >= int(since):
        with Cloud.open(root / CLOUD_FILE) as cloud:
            if said := summary(steps(update, cloud)):
                print(said, file=sys.stderr)


def show(root: Path, stack: str) -> None:
    """Print the last update of a stack as a table.

    Raises:
        EngineError: the stack has not been built.
    """
    update = last_update(root, stack)
    if update is None:
        raise EngineError(f"Stack {stack} has not been built yet. Build it with `make up STACK={stack}`.")
    table = Table("Begins", "Takes", "Operation", "Name", "Recorded")
    with Cloud.open(root / CLOUD_FILE) as cloud:
        done = steps(update, cloud)
    for step in done:
        recorded = durations.row(step.type)[step.operation].get("recorded", "estimate")
        times = duration(step.begins), duration(step.seconds)
        style = "bold" if step.is_critical else "dim"
        table.add_row(*times, step.operation, step.name, str(recorded), style=style)
    console = Console()
    console.print(table)
    console.print(summary(done) or "The last update did nothing.", soft_wrap=True)


def _taken(update: Update, cloud: Cloud) -> dict[tuple[str, str], float]:
    """The recorded seconds of an update by id and operation, with retries and delays."""
    rows = cloud.execute(
        "SELECT key, operation, sum(seconds) FROM operations WHERE at >= ? AND at < ? GROUP BY 1, 2",
        update.started.isoformat(timespec="microseconds"),
        (update.ended + timedelta(seconds=1)).isoformat(timespec="microseconds"),
    )
    return {(key, operation): seconds for key, operation, seconds in rows}


def _needs(resource: Mapping[str, Any]) -> set[str]:
    """The URNs that a resource waits for: its dependencies, its provider and its parent.

    A component takes no time itself, but its children wait for its dependencies.
    """
    named = {*(resource.get("dependencies") or ()), resource.get("parent")}
    provider = resource.get("provider", "").rpartition("::")[0]
    return {urn for urn in (*named, provider) if urn}


def _schedule(
    operations: Mapping[str, str],
    resources: Mapping[str, Mapping[str, Any]],
    needs: Mapping[str, set[str]],
    taken: Mapping[tuple[str, str], float],
    begin: float,
) -> list[Step]:
    """Begin each operation as soon as everything that it needs has ended, and the first ones at *begin*.

    *needs* lists a resource after what it needs.
    """
    took, ends, last = dict.fromkeys(needs, 0.0), dict[str, float](), dict[str, str | None]()
    for urn, waited_for in needs.items():
        resource, operation = resources[urn], operations.get(urn)
        if operation and _is_made(resource):
            published = durations.row(_type(resource))[operation]["seconds"]
            took[urn] = taken.get((key_of(resource["id"]), operation), published)
        last[urn] = max(sorted(waited_for & ends.keys()), key=ends.__getitem__, default=None)
        ends[urn] = ends.get(last[urn] or "", begin) + took[urn]
    made = [urn for urn in operations if _is_made(resources[urn])]
    critical: set[str] = set()
    at = max(made, key=ends.__getitem__, default=None)
    while at is not None:
        critical.add(at)
        at = last[at]
    return [
        Step(
            operation=operations[urn],
            type=_type(resources[urn]),
            name=urn.rpartition("::")[2],
            begins=ends[urn] - took[urn],
            seconds=took[urn],
            is_critical=urn in critical,
        )
        for urn in made
    ]


def _is_made(resource: Mapping[str, Any]) -> bool:
    """Whether a provider makes it: it is no component, no provider and not just read."""
    is_read = resource.get("external", False)
    return resource.get("custom", False) and not is_read and not resource["type"].startswith("pulumi:")


def _type(resource: Mapping[str, Any]) -> str:
    return type_of(resource["id"]) if resource["type"].startswith("azure-native:") else resource["type"]
