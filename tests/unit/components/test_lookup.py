import asyncio

import pulumi
import pytest

from components.lookup import REFRESH, REFRESH_WITHOUT_CLUSTER, looked_up

GONE = 'Status=404 Code="ResourceNotFound" Message="The Resource \'aks\' was not found."'
FORBIDDEN = 'Status=403 Code="AuthorizationFailed"'


@pytest.fixture(autouse=True)
def stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi, "get_stack", lambda: "prod")


def _looked_up(said: str | None, refresh: str = REFRESH) -> object:
    """What comes of an invoke that Azure answers with an error, or with a word."""

    async def run() -> object:
        def answer(_: None) -> str:
            if said is None:
                return "known"
            raise Exception(said)  # noqa: TRY002 - a refused invoke is a bare Exception

        asked = pulumi.Output.from_input(None).apply(answer)
        return await looked_up("the cluster", asked, refresh=refresh).future()

    loop = asyncio.new_event_loop()  # `asyncio.run` would leave the tests after this one without a loop.
    try:
        return loop.run_until_complete(run())
    finally:
        loop.close()


def test_an_answer_is_passed_on() -> None:
    assert _looked_up(None) == "known"


def test_what_was_deleted_by_hand_is_told_with_two_commands() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        _looked_up(GONE, REFRESH_WITHOUT_CLUSTER)
    assert str(refused.value) == (
        "The cluster of this stack is in its state and not in Azure: somebody has deleted it by hand.\n"
        "Run `PULUMI_K8S_DELETE_UNREACHABLE=true pulumi refresh -s prod`, which takes that into the state, "
        f"then `pulumi up -s prod`, which makes it again.\nAzure said: {GONE}"
    )


def test_another_refusal_is_azures_own() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        _looked_up(FORBIDDEN)
    assert str(refused.value) == (
        f"Azure did not answer about the cluster of this stack.\nAzure said: {FORBIDDEN}"
    )


def test_an_update_that_has_failed_elsewhere_is_not_blamed_on_azure() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        _looked_up("returned an error: grpc: the client connection is closing")
    assert str(refused.value) == "The update failed elsewhere before Azure was asked about the cluster."
