"""The recovery of one stack, from the first question to the state that was mended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from recovery.arm import Arm
from recovery.cluster import Clusters
from recovery.errors import RecoveryError
from recovery.findings import Finder, Finding
from recovery.stack import Stack
from recovery.state import Row, State, name_of, type_of

_RESOURCE_GROUP = "azure-native:resources:ResourceGroup"
_TAGS = ("environment", "workload")


class Recovery:
    """Finds what an update made and did not record, and adopts it. Deletes nothing."""

    def __init__(self, stack: str, subscription_id: str, backups: Path) -> None:
        """Recover a stack.

        Args:
            stack: its name.
            subscription_id: its subscription; empty for the one that its state or its config names.
            backups: the directory for the state as it was.
        """
        self._stack = Stack(stack)
        self._subscription_id = subscription_id
        self._backups = backups
        self._is_backed_up = False
        self._arm = Arm(_asking)
        self._clusters = Clusters(lambda: self._stack.export(show_secrets=True), _asking)

    def run(self, *, adopt: bool) -> bool:
        """Recover, and say all that is asked and done. Whether nothing is left for a person to do.

        Args:
            adopt: whether to change the state; otherwise it is only said what would be done.

        Raises:
            RecoveryError: it cannot go on; says what has been changed.
        """
        state = State(self._stack.export())
        if adopt and state.unread:
            state = self._read(state.unread)
        found = list(self._finder(state).pending(self._replacing(state)))
        rows = [each.row for each in found if each.row]
        is_settled = not any(each.verdict == "decide" for each in found)
        told = found
        while True:
            for each in told:
                _tell(each)
            if any(each.verdict == "wait" for each in found):
                return False
            state = self._adopted(state, found, rows) if adopt else state.with_adopted(rows)
            planned = self._planned(state)
            found = list(self._finder(state).unrecorded(planned))
            above = (row for each in found if each.row for row in self._with_above(each.row, planned, state))
            rows = list({row["urn"]: row for row in above}.values())
            # What one is made from may be known once others are adopted, so decisions come last.
            told = [each for each in found if each.verdict != "decide"]
            if rows:
                continue
            provider = next(_providers(planned, state), None)
            if provider is None or not adopt:
                break
            self._back_up(state)
            _tell(Finding(urn=provider["urn"], id="", verdict="adopt", said="its cluster exists"))
            self._stack.make([provider["parent"], provider["urn"]])
            state = State(self._stack.export())
        for each in found:
            _tell(each)
        is_settled &= not found
        left = self._left_over(state, planned)
        for resource_id in left:
            print(f"left     in Azure with the tags of this stack, and in no state: {resource_id}")
        if not adopt and state.unread:
            print("What is made from these is looked for once they are adopted.")
        counts = Counter(step["op"] for step in planned)
        changes = ", ".join(f"{count} to {op}" for op, count in sorted(counts.items()))
        print(f"The next update: {changes or 'nothing to do'}.")
        return is_settled and not left

    def _finder(self, state: State) -> Finder:
        return Finder(state, self._arm, self._clusters, self._subscription(state))

    def _planned(self, state: State) -> list[dict[str, Any]]:
        """The steps of a preview, as if the state were this one already."""
        steps = self._stack.planned()
        return [step for step in steps if step["op"] != "create" or not state.recorded(step["urn"])]

    def _replacing(self, state: State) -> list[dict[str, Any]]:
        """The steps of a preview, where an operation that is pending may be half of a replacement."""
        creating = [each["resource"]["urn"] for each in state.pending if each["type"] == "creating"]
        return self._stack.planned() if any(state.recorded(urn) for urn in creating) else []

    def _adopted(self, state: State, found: list[Finding], rows: list[Row]) -> State:
        """The stack's state with *rows* in it, and without pending operations."""
        half_done = [(each, each.revision) for each in found if each.revision]
        if not (rows or half_done or state.pending):
            return state
        self._back_up(state)
        for each, revision in half_done:
            row = each.row or state.recorded(each.urn)
            if row:
                self._clusters.end(row, revision)
        self._stack.save(state.with_adopted(rows).exported)
        count = sum(1 for row in rows if row.get("custom"))
        print(f"{count} adopted, {len(state.pending)} pending operations cleared.")
        return self._read(State(self._stack.export()).unread)

    def _back_up(self, state: State) -> None:
        if not self._is_backed_up:
            file = self._stack.back_up(state.exported, self._backups)
            print(f"The state as it was: {file}. `pulumi stack import --file {file}` brings it back.")
            self._is_backed_up = True

    def _read(self, rows: list[Row]) -> State:
        """The stack's state once the providers have read *rows*."""
        if rows:
            self._stack.read(row["urn"] for row in rows)
            self._stack.save(State(self._stack.export()).as_asked_for(rows).exported)
        return State(self._stack.export())

    def _left_over(self, state: State, planned: list[dict[str, Any]]) -> list[str]:
        rows = [*state.resources, *(step["newState"] for step in planned if step["op"] == "create")]
        tags = next((row["inputs"].get("tags") or {} for row in rows if row["type"] == _RESOURCE_GROUP), {})
        own = {name: tags[name] for name in _TAGS if name in tags}
        return self._finder(state).left_over(own) if len(own) == len(_TAGS) else []

    def _with_above(self, row: Row, planned: list[dict[str, Any]], state: State) -> Iterator[Row]:
        """A resource as the state is to have it, after the components and the provider that it lacks."""
        made = {step["urn"]: step["newState"] for step in planned if step["op"] == "create"}
        parent, provider = row.get("parent", ""), row.get("provider", "").rpartition("::")[0]
        for urn in (parent, provider):
            if urn in made and not state.recorded(urn):
                yield from self._with_above(made[urn], planned, state)
        if row["type"].startswith("pulumi:providers:"):
            yield {**row, "id": _id_of_provider(row["urn"])}
        elif provider:
            recorded = state.recorded(provider)
            if not recorded and provider not in made:
                package = type_of(provider).rpartition(":")[2]
                default = _default_provider(provider, self._stack.config_of(package))
                yield from self._with_above(default, planned, state)
            id_ = recorded["id"] if recorded else _id_of_provider(provider)
            yield {**row, "provider": f"{provider}::{id_}"}
        else:
            yield row

    def _subscription(self, state: State) -> str:
        if not self._subscription_id:
            ids = (row.get("id", "").split("/") for row in state.resources)
            named = (parts[2] for parts in ids if parts[1:2] == ["subscriptions"])
            self._subscription_id = next(named, "") or self._stack.config("azure-native:subscriptionId")
        if not self._subscription_id:
            raise RecoveryError("Name the subscription of the stack: --subscription, or ARM_SUBSCRIPTION_ID.")
        return self._subscription_id


def _asking(question: str) -> None:
    print(f"ask      {question}")


def _tell(found: Finding) -> None:
    print(f"{found.verdict:8} {type_of(found.urn)} {name_of(found.urn)}: {found.said}")
    if found.id:
        print(f"         {found.id}")


def _default_provider(urn: str, config: Mapping[str, str]) -> Row:
    """A provider that no program declares, as Pulumi records it; a preview does not show it."""
    version = name_of(urn).removeprefix("default_").replace("_", ".")
    told = {**config, "version": version}
    return {"urn": urn, "custom": True, "type": type_of(urn), "inputs": told, "outputs": told}


def _providers(planned: list[dict[str, Any]], state: State) -> Iterator[Row]:
    """The providers that a preview would make although what they lead to is in the state."""
    for row in (step["newState"] for step in planned if step["op"] == "create"):
        if row["type"].startswith("pulumi:providers:") and all(map(state.recorded, row["dependencies"])):
            yield row


def _id_of_provider(urn: str) -> str:
    return str(uuid5(NAMESPACE_URL, urn))
