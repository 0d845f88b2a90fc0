"""What a killed update asked for, held against what exists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from azure_facts.arm_types import ArmType, arm_type
from recovery.arm import Arm
from recovery.cluster import RELEASE, Clusters, Revision
from recovery.state import UNKNOWN, Row, State, adopted, is_known, name_of, secret, type_of

Verdict = Literal["adopt", "absent", "recorded", "wait", "decide"]
"""`adopt`: it exists and the state does not say so. `absent`: it was never made. `recorded`: the state says
so already, or the next update does it again. `wait`: Azure still makes it. `decide`: only a person can."""

_RANDOM: Final = "[0-9a-f]{8}"
_SETTLED: Final = frozenset({"Succeeded", "Failed", "Canceled"})
_AUTO_NAMED: Final = "__createBeforeDelete"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was asked for.

    Attributes:
        urn: its URN.
        id: its id, as far as it is known.
        verdict: what is to be done about it.
        said: why, as the end of a sentence about it.
        row: for `adopt`, the resource as the state is to have it.
        revision: the revision of a Helm release that has to be marked as failed first.
    """

    urn: str
    id: str
    verdict: Verdict
    said: str
    row: Row | None = None
    revision: Revision | None = None


class Finder:
    """Finds what a state lacks."""

    def __init__(self, state: State, arm: Arm, clusters: Clusters, subscription_id: str) -> None:
        self._state = state
        self._arm = arm
        self._clusters = clusters
        self._subscription_id = subscription_id
        self._listed: dict[str, list[Mapping[str, Any]]] = {}

    def pending(self, planned: list[dict[str, Any]]) -> Iterator[Finding]:
        """What became of each operation whose end is not recorded.

        Args:
            planned: the steps of a preview, which say what is to be replaced.
        """
        for operation in self._state.pending:
            row, type_ = operation["resource"], operation["resource"]["type"]
            if type_ == RELEASE and operation["type"] in ("creating", "updating"):
                yield self._release(row)
            elif operation["type"] != "creating":
                said = f"it was {operation['type']}, and the next update does what is left"
                yield Finding(urn=row["urn"], id=row.get("id", ""), verdict="recorded", said=said)
            elif type_.startswith("azure-native:"):
                yield self._created(row, planned)
            elif type_.startswith("kubernetes:"):
                yield self._applied(row)
            else:
                said = "it is Pulumi's own, and the next update makes it"
                yield Finding(urn=row["urn"], id="", verdict="recorded", said=said)

    def unrecorded(self, planned: list[dict[str, Any]]) -> Iterator[Finding]:
        """What a preview would make although it exists.

        Args:
            planned: the steps of the preview.
        """
        for step in planned:
            row, type_ = step.get("newState"), type_of(step["urn"])
            if step["op"] != "create" or row is None:
                continue
            # A component, such as the group of a chart's definitions, has no provider: only the state has it.
            if type_.startswith("kubernetes:") and "provider" in row:
                yield from self._unrecorded_in_cluster(row)
            kind = arm_type(type_)
            if kind is None:
                continue
            found = self._candidates(kind, row)
            if len(found) == 1:
                yield self._found(row, found[0], kind)
            elif found:
                lines = "\n".join(f"  {import_line(row, each['id'])}" for each in found)
                yield Finding(
                    urn=row["urn"],
                    id="",
                    verdict="decide",
                    said=f"{len(found)} have its name and tags. Adopt one, and delete the others:\n{lines}",
                )

    def left_over(self, tags: Mapping[str, str]) -> list[str]:
        """The ids of resources in the stack's groups that have the stack's tags and are not in its state."""
        groups = {row["id"]: row for row in self._state.resources if row["type"].endswith(":ResourceGroup")}
        for group in self._groups(tags):
            # AKS passes the tags of a cluster on to the group that it makes for the nodes.
            if not group.get("managedBy"):
                groups.setdefault(group["id"], group)
        there = [*groups.values(), *(each for group in groups for each in self._in_group(group))]
        return [
            each["id"]
            for each in there
            if each["id"].lower() not in self._state.ids and tags.items() <= (each.get("tags") or {}).items()
        ]

    def _unrecorded_in_cluster(self, row: Row) -> Iterator[Finding]:
        # Without a provider in the state there is no way to its cluster yet.
        if self._state.recorded(row["provider"].rpartition("::")[0]) and is_known(row["inputs"]):
            found = self._release(row) if row["type"] == RELEASE else self._applied(row)
            yield from [found] if found.verdict == "adopt" else ()

    def _created(self, row: Row, planned: list[dict[str, Any]]) -> Finding:
        kind = arm_type(row["type"])
        resource_id = kind and kind.id_of(row["inputs"], self._subscription_id)
        if not kind or not resource_id:
            said = "the recovery does not know its id: `pulumi refresh` asks for it"
            return Finding(urn=row["urn"], id="", verdict="decide", said=said)
        if resource_id.lower() in self._state.ids:
            return Finding(urn=row["urn"], id=resource_id, verdict="recorded", said="it is in the state")
        found = self._arm.get(resource_id, kind.api_version)
        if found is None:
            return Finding(urn=row["urn"], id=resource_id, verdict="absent", said="it was not made")
        if self._state.recorded(row["urn"]) and not _is_replacement(row, kind, planned):
            said = (
                "it was made, and a later update made another one, which is in the state. Delete this one if "
                f"nothing uses it:\n  az resource delete --ids {resource_id}"
            )
            return Finding(urn=row["urn"], id=resource_id, verdict="decide", said=said)
        return self._found(row, found, kind)

    def _found(self, row: Row, found: Mapping[str, Any], kind: ArmType) -> Finding:
        resource_id = found["id"]
        state = (found.get("properties") or {}).get("provisioningState") or found.get("provisioningState")
        if state not in (None, *_SETTLED):
            said = f"Azure says {state}: run this again when it is done"
            return Finding(urn=row["urn"], id=resource_id, verdict="wait", said=said)
        if row["inputs"].get(_AUTO_NAMED):
            # A preview has thought of another name.
            row = {**row, "inputs": {**row["inputs"], kind.name_input: resource_id.rpartition("/")[2]}}
        if not is_known(row["inputs"]):
            said = (
                f"it exists, but what was asked for is not known in full:\n  {import_line(row, resource_id)}"
            )
            return Finding(urn=row["urn"], id=resource_id, verdict="decide", said=said)
        errors = [] if state != "Failed" else ["Azure did not finish it; the next update repairs it."]
        return Finding(
            urn=row["urn"],
            id=resource_id,
            verdict="adopt",
            said="it exists" if not errors else "it exists, half made: the next update repairs it",
            row=adopted(row, resource_id, errors=errors),
        )

    def _applied(self, row: Row) -> Finding:
        metadata = row["inputs"]["metadata"]
        resource_id = "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))
        manager = self._clusters.field_manager(row)
        if manager is None:
            return Finding(urn=row["urn"], id=resource_id, verdict="absent", said="it was not made")
        # The next update of the object would conflict with this manager if it came under another name.
        outputs = {
            "__fieldManager": manager,
            "__initialApiVersion": row["inputs"]["apiVersion"],
            "__inputs": row["inputs"],
        }
        made = adopted(row, resource_id, outputs if manager else {})
        return Finding(urn=row["urn"], id=resource_id, verdict="adopt", said="it exists", row=made)

    def _release(self, row: Row) -> Finding:
        inputs, revision = row["inputs"], self._clusters.last_revision(row)
        resource_id = f"{inputs['namespace']}/{inputs['name']}"
        if revision is None:
            return Finding(urn=row["urn"], id=resource_id, verdict="absent", said="Helm has not begun it")
        half_done = revision if revision.is_half_done else None
        if self._state.recorded(row["urn"]):
            said = f"Helm says {revision.status}, and the next update upgrades it"
            return Finding(urn=row["urn"], id=resource_id, verdict="recorded", said=said, revision=half_done)
        errors = [] if revision.status == "deployed" else ["The update was killed before Helm was done."]
        said = "Helm is done" if not errors else f"Helm says {revision.status}: the next update upgrades it"
        # The provider keeps them as a secret, and cannot read a release without them.
        made = adopted(row, resource_id, {**inputs, "__inputs": secret(inputs)}, errors)
        return Finding(
            urn=row["urn"], id=resource_id, verdict="adopt", said=said, row=made, revision=half_done
        )

    def _candidates(self, kind: ArmType, row: Row) -> list[Mapping[str, Any]]:
        inputs = row["inputs"]
        if not inputs.get(_AUTO_NAMED):
            resource_id = kind.id_of(inputs, self._subscription_id)
            if resource_id is None or UNKNOWN in resource_id:
                return []
            found = self._arm.get(resource_id, kind.api_version)
            return [found] if found and resource_id.lower() not in self._state.ids else []
        tags = inputs.get("tags") or {}
        if kind.name.lower() == "microsoft.resources/resourcegroups":
            there = self._groups(tags)
        else:
            group = inputs.get("resourceGroupName", UNKNOWN)
            if group == UNKNOWN:
                return []
            there = self._in_group(f"/subscriptions/{self._subscription_id}/resourceGroups/{group}")
        name = re.compile(f"{re.escape(name_of(row['urn']))}{_RANDOM}", re.IGNORECASE)
        matching = [
            each
            for each in there
            if each["type"].lower() == kind.name.lower()
            and name.fullmatch(each["name"])
            and each["id"].lower() not in self._state.ids
            and tags.items() <= (each.get("tags") or {}).items()
        ]
        # A list does not say how far Azure is with each.
        return [self._arm.get(each["id"], kind.api_version) or each for each in matching]

    def _groups(self, tags: Mapping[str, str]) -> list[Mapping[str, Any]]:
        if not tags:
            return []
        tag = "environment" if "environment" in tags else min(tags)
        return self._once(
            f"{tag}={tags[tag]}", lambda: self._arm.groups(self._subscription_id, tag, tags[tag])
        )

    def _in_group(self, group_id: str) -> list[Mapping[str, Any]]:
        return self._once(group_id.lower(), lambda: self._arm.resources(group_id))

    def _once(self, key: str, ask: Callable[[], list[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
        if key not in self._listed:
            self._listed[key] = ask()
        return self._listed[key]


def import_line(row: Row, resource_id: str) -> str:
    """The command that adopts a resource by hand, under its component."""
    parent = row.get("parent", "")
    under = f" --parent {name_of(parent)}='{parent}'" if parent else ""
    return f"pulumi import {row['type']} {name_of(row['urn'])} '{resource_id}'{under}"


def _is_replacement(row: Row, kind: ArmType, planned: list[dict[str, Any]]) -> bool:
    """Whether the program still asks for exactly this in place of what the state has."""

    def compared(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        own = {kind.name_input} if inputs.get(_AUTO_NAMED) else set[str]()
        return {name: value for name, value in inputs.items() if name not in own}

    return any(
        step["urn"] == row["urn"]
        and step["op"] in ("create-replacement", "replace")
        and compared(step["newState"]["inputs"]) == compared(row["inputs"])
        for step in planned
    )
