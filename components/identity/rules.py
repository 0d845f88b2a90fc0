"""Who administers the cluster."""

from typing import Final

from components.identity.settings import AccessSettings
from settings.rules import Refusals, rule, warn

_PLACEHOLDER: Final = "00000000-0000-0000-0000-000000000000"


@rule
def administrators_are_a_real_group(access: AccessSettings) -> Refusals:
    """Warns of the placeholder that the example files have for the administrators' group."""
    for at, group in enumerate(access.admin_group_object_ids):
        if group == _PLACEHOLDER:
            reason = "it is a placeholder: no group has this id, so nobody could sign in"
            instead = "the Object Id that `az ad group show --group <name> --query id` prints"
            yield warn(("adminGroupObjectIDs", at), "the object id of a group", reason, instead)
