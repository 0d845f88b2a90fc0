"""The state of a stack as `pulumi stack export` writes it, and what the recovery changes about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

Row = Mapping[str, Any]
"""A resource as the state has it."""

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What a preview shows for a value that only the update will know."""

_UNREAD: Final = "__unread"
_PLAINTEXT: Final = "plaintext"
# https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/signatures.go
_SECRET: Final = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


class State:
    """A state. It is never changed: each change gives another one."""

    def __init__(self, exported: Mapping[str, Any]) -> None:
        self.exported = exported
        self.resources: list[Row] = exported["deployment"].get("resources") or []
        self._live = {row["urn"]: row for row in self.resources if not row.get("delete")}

    @property
    def pending(self) -> list[Mapping[str, Any]]:
        """The operations whose end is not recorded: a `type`, and the `resource` as it was asked for."""
        return self.exported["deployment"].get("pending_operations") or []

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all resources, in lower case: Azure compares them so."""
        return frozenset(row["id"].lower() for row in self.resources if row.get("id"))

    @property
    def unread(self) -> list[Row]:
        """The resources that were adopted and that no provider has read yet."""
        return [row for row in self.resources if (row.get("outputs") or {}).get(_UNREAD)]

    def recorded(self, urn: str) -> Row | None:
        """The resource of this URN, unless it only waits for its deletion."""
        return self._live.get(urn)

    def with_adopted(self, rows: Iterable[Row]) -> State:
        """The state with more resources, and without pending operations.

        One whose URN is taken replaces the recorded resource, which then waits for its deletion. A dependency
        that is not recorded is left out; the next update writes it.
        """
        resources = list(self.resources)
        for row in rows:
            known = {each["urn"] for each in resources}
            depends = {
                "dependencies": [urn for urn in row.get("dependencies") or () if urn in known],
                "propertyDependencies": {
                    name: [urn for urn in urns or () if urn in known]
                    for name, urns in (row.get("propertyDependencies") or {}).items()
                },
            }
            replaced = self._live.get(row["urn"])
            if replaced is None:
                resources.append({**row, **depends})
            else:
                at = resources.index(replaced)
                resources[at : at + 1] = [{**row, **depends}, {**replaced, "delete": True}]
        return self._with(resources)

    def as_asked_for(self, rows: Iterable[Row]) -> State:
        """The state with the inputs and errors of *rows* in place of those that the providers have read.

        A provider reads what exists, with all defaults. The next preview compares the program with what was
        asked for.
        """
        asked = {row["urn"]: row for row in rows}
        return self._with(
            [
                {**row, **{name: asked[row["urn"]].get(name, []) for name in ("inputs", "initErrors")}}
                if row["urn"] in asked and not row.get("delete")
                else row
                for row in self.resources
            ]
        )

    def _with(self, resources: list[Row]) -> State:
        deployment = {**self.exported["deployment"], "resources": resources, "pending_operations": []}
        return State({**self.exported, "deployment": deployment})


def adopted(
    row: Row, resource_id: str, outputs: Mapping[str, Any] | None = None, errors: Sequence[str] = ()
) -> Row:
    """A resource that was asked for as the state has it until its provider reads it.

    Args:
        row: what was asked for.
        resource_id: its id.
        outputs: what the provider has to know to read it.
        errors: what keeps it from being whole; the next update repairs it.
    """
    known = {**(outputs or {}), _UNREAD: True}
    return {**row, "id": resource_id, "outputs": known, "initErrors": list(errors)}


def secret(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - any JSON
    """A value that Pulumi encrypts when the state is imported."""
    return {**_SECRET, _PLAINTEXT: json.dumps(value)}


def name_of(urn: str) -> str:
    """The Pulumi name in a URN."""
    return urn.rpartition("::")[2]


def type_of(urn: str) -> str:
    """The type in a URN, without those of its parents."""
    return urn.split("::")[2].rpartition("$")[2]


def in_clear(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """A value of a state that was exported with its secrets."""
    if isinstance(value, Mapping) and _PLAINTEXT in value:
        return json.loads(value[_PLAINTEXT])
    return value


def is_known(value: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether nothing in a value is left to the update."""
    return UNKNOWN not in json.dumps(value)
