"""What the engine keeps of a resource: the live object, and beside it what the provider has to remember."""

from __future__ import annotations

from typing import Final

from sandbox.engine.plugin import UNKNOWN
from sandbox.kubernetes import field_managers
from sandbox.kubernetes.kinds import Json, Object
from sandbox.kubernetes.objects import plain, with_secrets

INPUTS: Final = "__inputs"
INITIAL_API_VERSION: Final = "__initialApiVersion"
FIELD_MANAGER: Final = "__fieldManager"
STANDS_IN: Final = "__standsIn"


def state_of(inputs: Object, live: Object, given: Json, api_version: str, field_manager: str) -> Object:
    """What the state keeps: the live object without who manages its fields, and the inputs beside it."""
    metadata = {key: value for key, value in (live.get("metadata") or {}).items() if key != "managedFields"}
    state = with_secrets({**live, "metadata": metadata}, given)
    state[INPUTS] = with_secrets(inputs, given)
    state[INITIAL_API_VERSION] = api_version
    state[FIELD_MANAGER] = field_manager
    return state


def from_state(state: Object) -> tuple[Object, Object]:
    """The inputs and the live object that a state keeps."""
    live = plain(state)
    inputs = live.pop(INPUTS, None) or {}
    live.pop(INITIAL_API_VERSION, None)
    live.pop(FIELD_MANAGER, None)
    return inputs, live


def remembered(state: Object, obj: Object, *, server_side_apply: bool) -> tuple[str, str]:
    """The API version that a resource was made with, and its field manager.

    Args:
        state: what the engine keeps.
        obj: the object, whose own API version counts where the state holds none.
        server_side_apply: how objects are changed, which decides about a new field manager.
    """
    known = plain(state)
    manager = known.get(FIELD_MANAGER)
    if not isinstance(manager, str) or manager is UNKNOWN:
        manager = field_managers.new(server_side_apply)
    return str(known.get(INITIAL_API_VERSION) or obj.get("apiVersion") or ""), manager
