"""What Azure says of a resource that the program has made, asked for by its name."""

from typing import Final, NoReturn, TypeVar

import pulumi

Answer = TypeVar("Answer")

_ENDED: Final = "client connection is closing"
"""What the engine says to questions that are still open when an update ends."""

REFRESH: Final = "pulumi refresh"
REFRESH_WITHOUT_CLUSTER: Final = "PULUMI_K8S_DELETE_UNREACHABLE=true pulumi refresh"
"""A refresh that also drops the Kubernetes objects of a cluster that does not answer."""


def looked_up(what: str, answer: pulumi.Output[Answer], *, refresh: str = REFRESH) -> pulumi.Output[Answer]:
    """``answer``, the output of an invoke; where it fails, the program ends with one sentence on what to do.

    An invoke asks Azure and not the state, so it fails once somebody has deleted the resource by hand.

    Args:
        what: What is asked for, such as "the cluster".
        answer: The invoke's output.
        refresh: The command that takes the loss into the state.
    """

    def refuse(error: Exception) -> NoReturn:
        if _ENDED in str(error):
            raise pulumi.RunError(f"The update failed elsewhere before Azure was asked about {what}.")
        if "NotFound" not in str(error):
            raise pulumi.RunError(f"Azure did not answer about {what} of this stack.\nAzure said: {error}")
        stack = pulumi.get_stack()
        raise pulumi.RunError(
            f"{what[0].upper()}{what[1:]} of this stack is in its state and not in Azure: somebody has "
            f"deleted it by hand.\nRun `{refresh} -s {stack}`, which takes that into the state, then "
            f"`pulumi up -s {stack}`, which makes it again.\nAzure said: {error}"
        )

    return answer.recover(refuse)
