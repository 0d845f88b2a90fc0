from sandbox.azure import limits_generator
from sandbox.azure.limits import LIMITS_FILE, Limit, of_class


def test_the_file_is_what_the_generator_writes() -> None:
    directory = limits_generator.installed_directory()
    assert directory is not None, "requirements-dev.txt brings the azure-mgmt packages that carry the limits"
    assert limits_generator.text(directory) == LIMITS_FILE.read_text(encoding="utf-8")


def test_the_limits_of_a_pool_are_those_that_azure_publishes() -> None:
    assert of_class("containerservice", "AgentPoolUpgradeSettingsArgs") == {
        "drainTimeoutInMinutes": Limit(minimum=1, maximum=1440),
        "nodeSoakDurationInMinutes": Limit(minimum=0, maximum=30),
    }
    assert of_class("containerservice", "NothingArgs") == {}
