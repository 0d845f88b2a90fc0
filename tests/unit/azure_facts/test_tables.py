"""Roles, locations and versions."""

import re
from datetime import date

import pytest

from azure_facts import roles, versions
from azure_facts.locations import LOCATIONS, SOVEREIGN, Location, nearest, why_not


def test_a_role_definition_id_is_the_subscriptions_own() -> None:
    assert roles.role_definition_id("00000000-0000-0000-0000-000000000001", roles.ACR_PULL) == (
        "/subscriptions/00000000-0000-0000-0000-000000000001"
        "/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d"
    )


@pytest.mark.parametrize(
    ("name", "has_zones", "offers_workspace", "offers_vnet_integration"),
    [
        ("westeurope", True, True, True),
        ("westus", False, True, True),
        ("polandcentral", True, False, True),
        ("northcentralus", False, False, True),
        ("qatarcentral", True, False, False),
        ("taiwannorth", None, False, True),
    ],
)
def test_what_a_location_offers(
    name: str, has_zones: bool | None, offers_workspace: bool, offers_vnet_integration: bool
) -> None:
    assert LOCATIONS[name] == Location(name, has_zones, offers_workspace, offers_vnet_integration)


def test_no_location_is_in_two_clouds() -> None:
    assert SOVEREIGN & LOCATIONS.keys() == set()
    assert "usgovvirginia" in SOVEREIGN


@pytest.mark.parametrize(
    ("name", "reason", "instead"),
    [
        ("West Europe", "the programmatic name has no spaces and no capitals", "westeurope"),
        ("westeurop", "Azure has no location of this name", "westeurope"),
        ("atlantis", "Azure has no location of this name", "westeurope"),
        ("chinanorth3", "this program does not offer Azure China and Azure Government yet", "westeurope"),
        ("USGov Virginia", "this program does not offer Azure China and Azure Government yet", "westeurope"),
    ],
)
def test_why_a_location_cannot_be_named(name: str, reason: str, instead: str) -> None:
    assert (why_not(name), nearest(name)) == (reason, instead)


def test_locations_are_programmatic_names_in_order() -> None:
    assert list(LOCATIONS) == sorted(LOCATIONS)
    assert [name for name in LOCATIONS if not re.fullmatch(r"[a-z]+\d?", name)] == []


@pytest.mark.parametrize(("version", "minor"), [("1.36", "1.36"), ("1.36.5", "1.36"), ("1.9", "1.9")])
def test_the_minor_of_a_version(version: str, minor: str) -> None:
    assert versions.minor_of(version) == minor


@pytest.mark.parametrize(
    "text", ["v1.36", "1", "1.36.", "1.36.5.1", "2.0", " 1.36", "1.36\n", "1.\u0663\u0666"]
)
def test_what_is_no_version_is_an_error_that_tells_the_form(text: str) -> None:
    with pytest.raises(ValueError, match="is not a Kubernetes version") as error:
        versions.minor_of(text)
    assert str(error.value) == f"{text!r} is not a Kubernetes version such as 1.36 or 1.36.5"


def test_support_ends_later_for_newer_versions_and_under_the_long_term_plan() -> None:
    community, long_term = (list(versions.calendar(long_term=plan).items()) for plan in (False, True))

    assert community == sorted(community, key=lambda entry: entry[1])
    assert [minor for minor, _ in community] == [minor for minor, _ in long_term]
    pairs = zip(community, long_term, strict=True)
    assert [minor for (minor, last), (_, later) in pairs if last >= later] == []


@pytest.mark.parametrize(
    ("day", "supported", "kept"),
    [
        (date(2026, 11, 30), ["1.34", "1.35", "1.36", "1.37"], []),
        (date(2026, 12, 1), ["1.35", "1.36", "1.37"], ["1.34"]),
        (date(2027, 7, 1), ["1.37"], ["1.34", "1.35", "1.36"]),
        (date(2029, 1, 1), ["1.37"], ["1.34", "1.35", "1.36"]),
    ],
)
def test_support_ends_by_the_day(
    day: date, supported: list[str], kept: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "today", lambda: day)

    assert versions.supported_minors(long_term=False) == supported
    assert [minor for minor in versions.calendar(long_term=False) if versions.is_kept(minor)] == kept
