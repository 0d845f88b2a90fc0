import pulumi
import pytest
from pulumi_azure_native import resources

from components.versioned_aliases import carries_only_an_api_version
from tests.unit.components.recorder import record
from tests.unit.components.recording import Recording

VERSIONED = pulumi.Alias(type_="azure-native:resources/v20240301:ResourceGroup")
KEPT = [
    pulumi.Alias(name="rg-of-old"),
    pulumi.Alias(type_="azure-native:resources:Group"),
    pulumi.Alias(type_="azure-native:resources/v20240301:ResourceGroup", name="rg-of-old"),
    pulumi.Alias(type_="azure-native:resources/v20240301:ResourceGroup", parent=pulumi.ROOT_STACK_RESOURCE),
    pulumi.Alias(type_="azure-native:resources/v20240301:ResourceGroup", stack="old"),
    pulumi.Alias(type_="azure-native:resources/v20240301:ResourceGroup", project="old"),
    "urn:pulumi:dev::aks-platform::azure-native:resources/v20240301:ResourceGroup::rg",
]


def specs(recording: Recording) -> list[tuple[str, str, str]]:
    """Type, name and URN of each alias of the one resource group."""
    aliases = recording["rg"].aliases
    return [(alias.spec.type, alias.spec.name, alias.urn) for alias in aliases]


def declare(*aliases: pulumi.Alias | str) -> None:
    resources.ResourceGroup("rg", opts=pulumi.ResourceOptions(aliases=list(aliases) or None))


@pytest.mark.parametrize(
    "type_",
    [
        "azure-native:containerservice/v20250901:AgentPool",
        "azure-native:containerservice/v20250902preview:AgentPool",
    ],
)
def test_an_alias_for_an_old_api_version_says_nothing_else(type_: str) -> None:
    assert carries_only_an_api_version(pulumi.Alias(type_=type_))


@pytest.mark.parametrize("alias", KEPT, ids=range(len(KEPT)))
def test_an_alias_that_renames_or_moves_a_resource_says_more(alias: pulumi.Alias | str) -> None:
    assert not carries_only_an_api_version(alias)


@pytest.mark.parametrize(
    "type_",
    [
        "kubernetes:apps/v1beta2:DaemonSet",
        "azure-native:insights:DataCollectionRule",
        "another:resources/v20240301:ResourceGroup",
        "azure-native:resources/v20240301:ResourceGroup:more",
    ],
)
def test_an_alias_of_another_form_is_none_of_ours_to_drop(type_: str) -> None:
    assert not carries_only_an_api_version(pulumi.Alias(type_=type_))


def test_an_alias_whose_type_is_not_known_yet_stays() -> None:
    later = pulumi.Output.from_input("azure-native:resources/v20240301:ResourceGroup")
    assert not carries_only_an_api_version(later)


def test_azure_natives_own_aliases_are_dropped_from_a_resource() -> None:
    plain = record(declare, versioned_aliases=True)
    assert len(specs(plain)) > 10, "azure-native no longer brings aliases: the transformation can go"
    assert specs(record(declare)) == []


def test_a_callers_aliases_reach_the_engine_and_versioned_ones_do_not() -> None:
    urn = "urn:pulumi:dev::aks-platform::azure-native:resources:Group::rg"
    recording = record(
        lambda: declare(
            VERSIONED, pulumi.Alias(name="rg-of-old"), pulumi.Alias(type_="azure-native:resources:Group"), urn
        )
    )
    assert specs(recording) == [
        ("", "rg-of-old", ""),
        ("azure-native:resources:Group", "", ""),
        ("", "", urn),
    ]


def test_a_resource_without_aliases_is_left_as_it_is() -> None:
    recording = record(lambda: pulumi.ComponentResource("aks-platform:test:Component", "plain"))
    assert [resource.aliases for resource in recording] == [()]


def test_the_whole_platform_carries_no_alias_for_an_old_api_version(platform: Recording) -> None:
    left = {
        (resource.kind, alias.spec.type)
        for resource in platform
        if resource.type.startswith("azure-native:")
        for alias in resource.aliases
    }
    assert left == {
        ("DataCollectionEndpoint", "azure-native:insights:DataCollectionEndpoint"),
        ("DataCollectionRule", "azure-native:insights:DataCollectionRule"),
        ("DataCollectionRuleAssociation", "azure-native:insights:DataCollectionRuleAssociation"),
        ("DiagnosticSetting", "azure-native:insights:DiagnosticSetting"),
    }
