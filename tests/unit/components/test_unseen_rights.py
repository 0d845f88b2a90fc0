"""A cluster is created again while Azure does not see its rights, and for no other reason."""

import asyncio
from collections.abc import Coroutine
from typing import Any, cast

import pulumi
import pytest

from components.cluster import unseen_rights
from tests.unit.components.recorder import record

UNSEEN = 'Status=400 Code="CustomKubeletIdentityMissingPermissionError" Message="The cluster using ..."'
QUOTA = 'Status=400 Code="ErrCode_InsufficientVCPUQuota" Message="Insufficient vcpu quota ..."'
MOST = len(unseen_rights.PAUSES)


@pytest.mark.parametrize(
    ("operation", "errors", "pauses"),
    [
        ("create", [UNSEEN], [10]),
        ("create", [UNSEEN] * MOST, [60]),
        ("create", [UNSEEN] * (MOST + 1), []),
        ("create", [QUOTA], []),
        ("create", [QUOTA, UNSEEN], []),
        ("update", [UNSEEN], []),
        ("delete", [UNSEEN], []),
    ],
)
def test_only_a_right_that_is_not_seen_yet_is_worth_another_attempt(
    operation: str, errors: list[str], pauses: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[int] = []

    async def sleep(seconds: int) -> None:
        slept.append(seconds)

    hooks: list[pulumi.ErrorHook] = []
    record(lambda: hooks.append(unseen_rights.retry_until_rights_are_seen("aks-platform-dev")))
    monkeypatch.setattr(unseen_rights.asyncio, "sleep", sleep)
    args = pulumi.ErrorHookArgs(urn="", id="", name="", type="", failed_operation=operation, errors=errors)

    # Not asyncio.run: other tests go on with this thread's event loop.
    loop = asyncio.new_event_loop()
    answer = loop.run_until_complete(cast(Coroutine[Any, Any, bool], hooks[0](args)))
    loop.close()

    assert (answer, slept) == (bool(pauses), pauses)


def test_all_pauses_together_are_as_long_as_a_new_role_may_take_to_be_seen() -> None:
    assert 600 <= sum(unseen_rights.PAUSES) <= 660
