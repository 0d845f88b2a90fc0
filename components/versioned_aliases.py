"""Drops the aliases that azure-native adds for its old API versions.

Each azure-native resource carries an alias for every API version its type ever had
(`azure-native:containerservice/ v20250901:AgentPool`, about a hundred of them), and the Python SDK resolves
each one on every run. They serve stacks that were made with azure-native 1 or 2 under a versioned type. Ours
never were: every resource is of the default, unversioned type. Aliases that rename or move a resource, ours
or a caller's, stay.
"""

import re

import pulumi

_VERSIONED_TYPE = re.compile(r"^azure-native:[a-z0-9]+/v\d{8}(preview)?:\w+$")


def carries_only_an_api_version(alias: object) -> bool:
    """Whether the alias says nothing but an old API version of the same kind of resource."""
    if not isinstance(alias, pulumi.Alias):
        return False
    elsewhere = (alias.name, alias.stack, alias.project, alias.parent)
    return (
        isinstance(alias.type_, str)
        and _VERSIONED_TYPE.match(alias.type_) is not None
        # An ellipsis stands for what is not given; None would say something: parent=None is the stack itself.
        and all(part is ... for part in elsewhere)
    )


def without_versioned_aliases(
    args: pulumi.ResourceTransformationArgs,
) -> pulumi.ResourceTransformationResult | None:
    """A Pulumi transformation: the same resource with fewer aliases, or None where none is dropped."""
    aliases = args.opts.aliases
    if not isinstance(aliases, list):
        return None
    kept = [alias for alias in aliases if not carries_only_an_api_version(alias)]
    if len(kept) == len(aliases):
        return None
    args.opts.aliases = kept
    return pulumi.ResourceTransformationResult(args.props, args.opts)


def drop_versioned_aliases() -> None:
    """Register the transformation for the whole stack. Call it before the first resource."""
    pulumi.runtime.register_stack_transformation(without_versioned_aliases)
