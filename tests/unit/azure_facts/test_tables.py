"""Roles, locations and versions."""

import re

import pytest

from azure_facts import roles, versions
from azure_facts.locations import LOCATIONS, Location


def test_a_role_definition_id_is_the_subscriptions_own() -> None:
    assert roles.role_definition_id("00000000-0000-0000-0000-000000000001", roles.ACR_PULL) == (
        "/subscriptions/00000000-0000-0000-0000-000000000001"
        "/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d"
    )


@pytest.mark.parametrize(
    ("name", "has_zones", "offers_workspace"),
    [
        ("westeurope", True, True),
        ("westus", False, True),
        ("polandcentral", True, False),
        ("northcentralus", False, False),
        ("chinaeast", False, False),
        ("chinanorth", False, False),
        ("usdodcentral", False, False),
        ("usdodeast", False, False),
    ],
)
def test_what_a_location_offers(name: str, has_zones: bool, offers_workspace: bool) -> None:
    assert LOCATIONS[name] == Location(name, has_zones, offers_workspace)


def test_locations_are_programmatic_names_in_order() -> None:
    assert list(LOCATIONS) == sorted(LOCATIONS)
    assert [name for name in LOCATIONS if not re.fullmatch(r"[a-z]+\d?", name)] == []


@pytest.mark.parametrize(("version", "minor"), [("1.36", "1.36"), ("1.36.5", "1.36"), ("1.9", "1.9")])
def test_the_minor_of_a_version(version: str, minor: str) -> None:
    assert versions.minor_of(version) == minor


@pytest.mark.parametrize("text", ["v1.36", "1", "1.36.", "1.36.5.1", "2.0", " 1.36", "1.36\n"])
def test_what_is_no_version_is_an_error_that_tells_the_form(text: str) -> None:
    with pytest.raises(ValueError, match="is not a Kubernetes version") as error:
        versions.minor_of(text)
    assert str(error.value) == f"{text!r} is not a Kubernetes version such as 1.36 or 1.36.5"


def test_the_default_version_is_supported_and_supported_ones_have_long_term_support() -> None:
    assert versions.DEFAULT_MINOR in versions.SUPPORTED_MINORS
    assert set(versions.SUPPORTED_MINORS) < set(versions.LONG_TERM_SUPPORT_MINORS)
