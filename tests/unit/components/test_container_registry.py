from typing import Any

import pytest

from components.registry.container_registry import ContainerRegistry, ContainerRegistryArgs
from tests.unit.components import stacks
from tests.unit.components.recording import Resource


def registry(name: str = "platform-dev", **keys: Any) -> Resource:
    args = ContainerRegistryArgs(
        context=stacks.CONTEXT,
        settings=stacks.settings(registry=keys).registry,
        kubelet_principal_id="44444444-4444-4444-4444-444444444444",
    )
    (found,) = stacks.record_component(ContainerRegistry, args, name).of("Registry")
    return found


# Retention of zero days is retention and not none.
@pytest.mark.parametrize("days", [0, 30])
def test_a_premium_registry_may_forget_untagged_manifests(days: int) -> None:
    premium = registry(sku="Premium", retentionDays=days)
    assert premium.inputs == stacks.but(
        registry().inputs,
        sku={"name": "Premium"},
        policies={"retentionPolicy": {"days": days, "status": "enabled"}},
    )


def test_a_premium_registry_that_forgets_nothing_says_so() -> None:
    # The days are the SDK's, and Azure's own answer.
    assert registry(sku="Premium").inputs["policies"] == {
        "retentionPolicy": {"days": 7, "status": "disabled"}
    }


def test_a_registrys_name_holds_letters_and_digits_only_as_azure_demands() -> None:
    assert registry("ml-2-staging").name == "acrml2staging"
