"""What makes a stack this environment and no other: its workload and its location."""

import pulumi
from pulumi import ComponentResource, Resource, ResourceOptions

from components.refused_changes import Update, fixed, refused_changes
from components.settings import Settings
from settings.rules import Refusals


def same_environment(settings: Settings) -> pulumi.Output[list[Resource]]:
    """Record which environment the stack is, and refuse to turn it into another one.

    With another location, azure-native keeps what is there in the old one and puts what is new into the new
    one; with another workload all names are new, and a second platform is built before the deletion of the
    first fails. The record has the same name in every stack, so Pulumi sees both changes.

    Returns:
        What `depends_on` takes so that a resource is not even recorded in the state before this is known.
    """
    record = ComponentResource(
        "aks-platform:index:Environment",
        "environment",
        {"location": settings.location, "workload": settings.workload},
        ResourceOptions(hooks=refused_changes("environment", _of_environment)),
    )
    # Pulumi waits for the children of a component that is depended on, and this one has none.
    return record.urn.apply(lambda _: [])


def _of_environment(update: Update) -> Refusals:
    for key, setting in (("location", "azure-native:location"), ("workload", "workload")):
        yield from fixed(
            setting,
            was=update.old[key],
            wanted=update.new[key],
            reason="Azure moves and renames nothing of it",
            instead="for another environment, make a new stack, or run pulumi destroy first",
        )
