"""Waiting for Azure to see the rights that a new cluster was just given."""

import asyncio
import re
from typing import Final

import pulumi
from pulumi import ErrorHook, ErrorHookArgs

PAUSES: Final = (10, 20, 40, *[60] * 9)
"""Seconds before each further attempt: ten minutes in all, as long as Azure may take to see a new role.

https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

_MISSING_PERMISSION: Final = re.compile(r"\b\w+MissingPermissionError\b")


def retry_until_rights_are_seen(name: str) -> ErrorHook:
    """Create the cluster `name` again while Azure says that its identity lacks a right.

    The program grants the rights first, but AKS may not see them for minutes. It refuses such a request
    before it creates anything. Each attempt is logged with Azure's error code; any other failure ends the
    update as always, and so does this one after the last pause.

    https://github.com/Azure/azure-service-operator/issues/3267
    """

    async def retry(args: ErrorHookArgs) -> bool:
        attempt = len(args.errors)
        refused = _MISSING_PERMISSION.search(args.errors[0])
        if args.failed_operation != "create" or refused is None or attempt > len(PAUSES):
            return False
        pause = PAUSES[attempt - 1]
        pulumi.log.warn(
            f"{name}: {refused[0]}. Azure does not see the new role assignments yet; "
            f"trying again in {pause} seconds ({attempt} of {len(PAUSES)})."
        )
        await asyncio.sleep(pause)
        return True

    return ErrorHook(f"retry {name} until Azure sees its rights", retry)
