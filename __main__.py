"""One environment of the platform: settings in, Platform built, outputs out."""

import pulumi

from components.azure_account import signed_in_account
from components.environment import same_environment
from components.platform import Platform, PlatformArgs
from components.settings import Settings
from components.versioned_aliases import drop_versioned_aliases
from settings.loader import load

stack_settings = load(Settings)
drop_versioned_aliases()

platform = Platform(
    f"{stack_settings.workload}-{stack_settings.environment}",
    PlatformArgs(settings=stack_settings, account=signed_in_account()),
    pulumi.ResourceOptions(depends_on=same_environment(stack_settings)),
)

for name, value in platform.outputs.items():
    pulumi.export(name, value)
