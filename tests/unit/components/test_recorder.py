"""The instrument itself: what it would have to notice, it notices."""

import pulumi
import pytest
from pulumi_azure_native import containerregistry, resources

from tests.unit.components.recorder import record
from tests.unit.components.recording import Recording

DEFAULT_PROVIDER = ""


def test_options_are_written_down_as_the_engine_would_see_them() -> None:
    def program() -> None:
        first = resources.ResourceGroup("first", opts=pulumi.ResourceOptions(protect=True))
        resources.ResourceGroup(
            "second",
            opts=pulumi.ResourceOptions(
                parent=first, depends_on=[first], delete_before_replace=False, ignore_changes=["tags"]
            ),
        )

    recording = record(program)
    first, second = recording["first"], recording["second"]
    assert (first.protect, first.delete_before_replace, first.ignore_changes) == (True, None, ())
    assert (second.delete_before_replace, second.ignore_changes) == (False, ("tags",))
    assert second.depends_on == {"first"}
    assert recording.parent(second) == "ResourceGroup"
    assert second.provider == DEFAULT_PROVIDER


def test_a_name_that_is_guessed_differs_from_one_that_is_wired() -> None:
    def program() -> None:
        group = resources.ResourceGroup("rg")
        containerregistry.Registry("wired", resource_group_name=group.name, sku={"name": "Basic"})
        containerregistry.Registry("guessed", resource_group_name="rg", sku={"name": "Basic"})

    recording = record(program)
    assert recording["wired"].inputs["resourceGroupName"] == "rg1a2b3c4d"
    assert recording["wired"].depends_on == {"rg"}
    assert recording["guessed"].inputs["resourceGroupName"] == "rg"
    assert recording["guessed"].depends_on == frozenset()


def test_in_a_preview_what_azure_computes_is_unknown() -> None:
    def program() -> None:
        registry = containerregistry.Registry("acr", resource_group_name="rg", sku={"name": "Basic"})
        resources.ResourceGroup("rg", tags={"server": registry.login_server})

    assert record(program, preview=True)["rg"].unknown_inputs == {"tags"}
    assert record(program)["rg"].unknown_inputs == frozenset()


def test_a_secret_is_marked_and_its_value_can_be_read() -> None:
    recording = record(lambda: resources.ResourceGroup("rg", tags={"key": pulumi.Output.secret("hush")}))
    assert recording["rg"].secret_inputs == {"tags"}
    assert recording["rg"].inputs == {"tags": {"key": "hush"}}


def test_outputs_of_the_stack_are_written_down_with_their_secrets() -> None:
    def program() -> None:
        pulumi.export("open", "said")
        pulumi.export("closed", pulumi.Output.secret("hush"))

    outputs = record(program).outputs("Stack")
    assert outputs.values == {"open": "said", "closed": "hush"}
    assert outputs.secret == {"closed"}


def test_a_resource_that_is_declared_twice_is_an_error() -> None:
    def program() -> None:
        resources.ResourceGroup("rg")
        resources.ResourceGroup("rg")

    with pytest.raises(AssertionError, match="is declared twice"):
        record(program)


def test_an_unexpected_invoke_is_an_error() -> None:
    with pytest.raises(AssertionError, match="getResourceGroup"):
        record(lambda: resources.get_resource_group(resource_group_name="rg"))


def test_recordings_share_nothing() -> None:
    def program() -> None:
        pulumi.runtime.register_stack_transformation(lambda args: pytest.fail("left over"))
        pulumi.export("left", "over")

    record(program, stack="other", config={"aks-platform:left": "over"})
    seen: list[object] = []

    def look() -> None:
        resources.ResourceGroup("rg")
        seen.extend([pulumi.get_stack(), pulumi.Config("aks-platform").get("left")])

    recording = record(look)
    assert seen == ["dev", None]
    assert recording.names == {"rg"}
    assert recording.outputs("Stack").values == {}


def test_a_missing_resource_is_named_with_those_that_exist() -> None:
    recording: Recording = record(lambda: resources.ResourceGroup("rg"))
    with pytest.raises(AssertionError, match=r"0 resources are called vnet; there are \['rg'\]"):
        _ = recording["vnet"]
