import json
import re
from ipaddress import IPv4Network
from pathlib import Path

import pytest

import sandbox.azure
from sandbox.azure.facts import facts
from sandbox.azure.facts.locations import LOCATIONS
from sandbox.azure.facts.vm_sizes import VmSize, vm_size

AZURE = Path(sandbox.azure.__file__).parent
SUBJECTS = [file.stem for file in sorted((AZURE / "facts").glob("*.json"))]
PRODUCT = re.compile(r"^\s*(?:from|import) (?:azure_facts|components|settings|tools)\b", re.MULTILINE)


def test_azure_is_known_apart_from_the_program_under_test() -> None:
    assert [file for file in AZURE.rglob("*.py") if PRODUCT.search(file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_facts_say_where_and_when_they_were_read(subject: str) -> None:
    known = facts(subject)
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", known["read"])
    assert "https://" in json.dumps(known.get("source") or known["sources"])


def test_a_location_knows_its_zones_and_services() -> None:
    assert LOCATIONS["swedencentral"].has_zones
    assert LOCATIONS["westus"].has_zones is False
    assert LOCATIONS["taiwannorth"].has_zones is None
    assert LOCATIONS["westus"].offers_monitor_workspace
    assert not LOCATIONS["northcentralus"].offers_monitor_workspace


def test_every_location_is_listed_once() -> None:
    known = facts("locations")
    assert len(LOCATIONS) == sum(len(known[kind]) for kind in ("zones", "noZones", "zonesNotPublished"))
    assert set(known["monitorWorkspaces"]) <= set(LOCATIONS)


def test_the_default_version_is_supported() -> None:
    versions = facts("kubernetes_versions")
    assert versions["default"] in versions["supported"]
    assert set(versions["supported"]) <= set(versions["longTermSupport"])


def test_role_ids_are_guids() -> None:
    assert [
        role
        for role in facts("roles")["roles"]
        if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", role)
    ] == []


def test_ranges_are_prefixes() -> None:
    known = facts("networks")
    assert [str(IPv4Network(text)) for text in known["reserved"]] == known["reserved"]
    assert [str(IPv4Network(text)) for text in known["private"]] == known["private"]


@pytest.mark.parametrize(
    ("name", "vcpus", "memory_gib", "gpus", "model", "arm64", "local_disk_gib"),
    [
        ("Standard_D4ds_v5", 4, 16, 0, None, False, 150),
        ("Standard_D4s_v5", 4, 16, 0, None, False, 0),
        ("Standard_D4pds_v6", 4, 16, 0, None, True, 220),
        ("Standard_DS1_v2", 1, 3.5, 0, None, False, None),
        ("Standard_E16-4ds_v5", 4, 128, 0, None, False, 600),
        ("Standard_E96ds_v5", 96, 672, 0, None, False, 2040),
        ("Standard_NC24ads_A100_v4", 24, 220, 1, "A100", False, 256),
        ("Standard_NC64as_T4_v3", 64, 440, 4, "T4", False, 2040),
        ("Standard_ND96isr_MI300X_v5", 96, 1850, 8, "MI300X", False, None),
        ("Standard_ND128isrG5_GB300_v6", 128, 864, 4, "GB300", True, 2040),
    ],
)
def test_a_listed_size_has_azures_figures(
    name: str,
    vcpus: int,
    memory_gib: float,
    gpus: int,
    model: str | None,
    arm64: bool,
    local_disk_gib: int | None,
) -> None:
    size = vm_size(name)
    assert size is not None
    assert size == VmSize(
        name=name,
        vcpus=vcpus,
        memory_gib=memory_gib,
        gpus=gpus,
        gpu_model=model,
        gpu_vendor=size.gpu_vendor,
        arm64=arm64,
        local_disk_gib=local_disk_gib,
        trusted_launch=not arm64,
    )


@pytest.mark.parametrize(
    ("name", "encryption_at_host", "trusted_launch"),
    [
        ("Standard_D4ds_v5", True, True),
        ("Standard_NC24ads_A100_v4", True, True),
        ("Standard_D4_v3", False, False),
        ("Standard_A4_v2", False, False),
        ("Standard_D4pds_v6", True, False),
        ("Standard_ND96asr_v4", True, False),
        ("Standard_DC4as_v5", True, False),
    ],
)
def test_a_size_says_what_its_hosts_and_images_can_do(
    name: str, encryption_at_host: bool, trusted_launch: bool
) -> None:
    size = vm_size(name)
    assert size is not None
    assert (size.encryption_at_host, size.trusted_launch) == (encryption_at_host, trusted_launch)


@pytest.mark.parametrize(
    ("name", "vendor"),
    [("Standard_NV6ads_A10_v5", "NVIDIA"), ("Standard_NV4ads_V710_v5", "AMD"), ("Standard_D4ds_v5", None)],
)
def test_a_gpu_has_a_vendor(name: str, vendor: str | None) -> None:
    size = vm_size(name)
    assert size is not None
    assert size.gpu_vendor == vendor


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Standard_NC6s_v3", "2025-09-30"),
        ("Standard_NC6", "2023-09-06"),
        ("standard_a8", "2024-08-31"),
        ("Standard_H8", "2022-08-31"),
        ("Standard_A8_v2", None),
    ],
)
def test_a_retired_series_says_since_when(name: str, day: str | None) -> None:
    size = vm_size(name)
    assert size is not None
    assert size.retired == day


@pytest.mark.parametrize(
    ("given", "name", "vcpus"),
    [
        ("Standard_M1792ixds_32_v3", "Standard_M1792ixds_32_v3", 1792),
        ("Standard_E96iads_v5", "Standard_E96iads_v5", 96),
        ("Standard_M176s-88_3_v3", "Standard_M176s-88_3_v3", 88),
        ("standard_d4ds_v5", "Standard_D4ds_v5", 4),
    ],
)
def test_a_size_may_be_known_by_name_alone(given: str, name: str, vcpus: int) -> None:
    size = vm_size(given)
    assert size is not None
    assert (size.name, size.vcpus) == (name, vcpus)


@pytest.mark.parametrize(
    ("name", "vcpus", "memory_gib", "gpus", "arm64"),
    [
        ("Standard_D12ds_v9", 12, 48, 0, False),
        ("Standard_E32-8pds_v9", 8, 256, 0, True),
        ("Standard_D4lds_v9", 4, 8, 0, False),
        ("Standard_NC12ads_Z1_v9", 12, 48, 1, False),
    ],
)
def test_of_another_size_the_name_tells_what_it_can(
    name: str, vcpus: int, memory_gib: int, gpus: int, arm64: bool
) -> None:
    assert vm_size(name) == VmSize(
        name=name,
        vcpus=vcpus,
        memory_gib=memory_gib,
        gpus=gpus,
        arm64=arm64,
        local_disk_gib=None,
        trusted_launch=not arm64,
    )


@pytest.mark.parametrize(
    "name",
    [
        "Standard_4D",
        "D4ds_v5",
        "Standard_D4ds v5",
        "",
        "Standard_Q4zz_v9",
        "Standard_D4sd_v5",
        "Standard_D5ds_v5",
    ],
)
def test_what_is_no_size_is_unknown(name: str) -> None:
    assert vm_size(name) is None
