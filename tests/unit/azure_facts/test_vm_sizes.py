"""A size's name tells what it is."""

import pytest

from azure_facts import os_disks
from azure_facts.tables import table
from azure_facts.vm_sizes import CATALOG, VmSize
from sandbox.azure.facts.vm_sizes import vm_size


@pytest.mark.parametrize(
    ("name", "family", "vcpus", "features", "version"),
    [
        ("Standard_D4ds_v5", "D", 4, "ds", 5),
        ("Standard_E4-2ds_v5", "E", 2, "ds", 5),
        ("Standard_M128-32ms", "M", 32, "ms", 1),
        ("Standard_M416s_8_v2", "M", 416, "s", 2),
        ("Standard_DS2_v2", "DS", 2, "", 2),
        ("Standard_DS12_v2", "DS", 4, "", 2),
        ("Standard_D3", "D", 4, "", 1),
        ("Standard_D4", "D", 8, "", 1),
        ("Standard_DS11", "DS", 2, "", 1),
        ("Standard_D4_v3", "D", 4, "", 3),
        ("Standard_G1", "G", 2, "", 1),
        ("Standard_GS5", "GS", 32, "", 1),
        ("Standard_B2ats_v2", "B", 2, "ats", 2),
        ("Standard_DC4as_cc_v5", "DC", 4, "as", 5),
        ("Standard_NC4as_T4_v3", "NC", 4, "as", 3),
        ("Standard_NC128lds_xl_RTXPRO6000BSE_v6", "NC", 128, "lds", 6),
        ("Standard_ND128isr_NDR_GB200_v6", "ND", 128, "isr", 6),
        ("Standard_ND128isrG5_GB300_v6", "ND", 128, "isr", 6),
        ("Standard_M1792ixds_32_v3", "M", 1792, "ixds", 3),
        ("Standard_M176s-88_3_v3", "M", 88, "s", 3),
    ],
)
def test_a_name_is_read_by_azures_convention(
    name: str, family: str, vcpus: int, features: str, version: int
) -> None:
    size = VmSize.parse(name)

    assert (size.name, size.family, size.vcpus, size.features, size.version) == (
        name,
        family,
        vcpus,
        features,
        version,
    )


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Standard_",
        "D4ds_v5",
        "Standard_D4ds_v5 ",
        "Standard_Dds_v5",
        "Standard_D\u0664ds_v5",
        "Standard_D12345ds_v5",
    ],
)
def test_what_is_no_name_is_an_error_that_tells_the_form(name: str) -> None:
    with pytest.raises(ValueError, match="is not a virtual machine size") as error:
        VmSize.parse(name)

    assert str(error.value) == (
        f"{name!r} is not a virtual machine size; expected "
        "Standard_<family><vCPUs><features>[_<accelerator>][_v<version>], e.g. Standard_D4ds_v5"
    )


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("standard_d4ds_v5", "Standard_D4ds_v5"),
        ("STANDARD_NC4AS_T4_V3", "Standard_NC4as_T4_v3"),
        ("standard_nd128isrg5_gb300_v6", "Standard_ND128isrG5_GB300_v6"),
    ],
)
def test_case_does_not_matter_in_the_name_of_a_size(given: str, name: str) -> None:
    assert VmSize.parse(given) == VmSize.parse(name)
    assert VmSize.parse(given).name == name


def test_case_does_not_matter_in_a_name_that_is_not_cataloged() -> None:
    size = VmSize.parse("standard_nc4ADS_h100_v9")

    assert (size.family, size.features, size.gpu_model, size.version) == ("NC", "ads", "H100", 9)


def test_every_size_of_the_catalog_is_named_once_and_can_be_read() -> None:
    assert len({name.lower() for name in CATALOG}) == len(CATALOG)
    assert [name for name in CATALOG if VmSize.parse(name).name != name] == []
    assert [name for name in CATALOG if VmSize.parse(name).vcpus > 1792] == []


@pytest.mark.parametrize(
    ("name", "may_be_new", "nearest"),
    [
        ("Standard_D4sd_v5", False, "Standard_D4ds_v5"),
        ("Standard_D5ds_v5", False, "Standard_D8ds_v5"),
        ("Standard_Q4zz_v9", False, None),
        ("Standard_D4ds_v8", True, "Standard_D4ds_v7"),
        ("Standard_D4xds_v6", True, "Standard_D4ds_v6"),
    ],
)
def test_a_size_outside_the_catalog_may_be_new_or_cannot_exist(
    name: str, may_be_new: bool, nearest: str | None
) -> None:
    size = VmSize.parse(name)

    assert (size.cataloged, size.may_be_new, size.nearest) == (False, may_be_new, nearest)


@pytest.mark.parametrize(
    "name",
    [
        "Standard_D4ds_v5",
        "Standard_E96iads_v5",
        "Standard_M1792ixds_32_v3",
        "Standard_NC4as_T4_v3",
        "Standard_PB6s",
    ],
)
def test_the_catalog_has_sizes_of_every_kind(name: str) -> None:
    assert VmSize.parse(name).cataloged


def test_the_sandbox_takes_every_size_of_the_catalog_for_the_same() -> None:
    differing = []
    for name in CATALOG:
        ours, theirs = VmSize.parse(name), vm_size(name)
        assert theirs is not None, name
        if (ours.vcpus, ours.arm64, ours.retired) != (theirs.vcpus, theirs.arm64, theirs.retired):
            differing.append(name)

    assert differing == []


@pytest.mark.parametrize(
    ("name", "lacks"),
    [
        ("Standard_D4s_v5", True),
        ("Standard_D4ds_v5", False),
        ("Standard_D4as_v4", False),
        ("Standard_B4s_v2", True),
        ("Standard_B4ms", False),
        ("Standard_L8s_v3", False),
        ("Standard_HB120rs_v3", False),
        ("Standard_F8s", False),
        ("Standard_F8as_v6", True),
    ],
)
def test_newer_sizes_without_a_d_lack_a_local_disk(name: str, lacks: bool) -> None:
    assert VmSize.parse(name).lacks_local_disk is lacks


@pytest.mark.parametrize(
    ("name", "count", "model", "nvidia", "mig"),
    [
        ("Standard_D4ds_v5", 0, None, False, False),
        ("Standard_NP10s", 0, None, False, False),
        ("Standard_NC4as_T4_v3", 1, "T4", True, False),
        ("Standard_NC64as_T4_v3", 4, "T4", True, False),
        ("Standard_NV6ads_A10_v5", 1, "A10", True, False),
        ("Standard_NV72ads_A10_v5", 2, "A10", True, False),
        ("Standard_NC16ads_A10_v4", 1, "A10", True, False),
        ("Standard_NC32ads_A10_v4", 2, "A10", True, False),
        ("Standard_ND128isrG5_GB300_v6", 4, "GB300", True, False),
        ("Standard_NC24ads_A100_v4", 1, "A100", True, True),
        ("Standard_NC96ads_A100_v4", 4, "A100", True, True),
        ("Standard_ND96asr_v4", 8, "A100", True, True),
        ("Standard_ND96amsr_A100_v4", 8, "A100", True, True),
        ("Standard_NC40ads_H100_v5", 1, "H100", True, True),
        ("Standard_NC80adis_H100_v5", 2, "H100", True, True),
        ("Standard_NCC40ads_H100_v5", 1, "H100", True, True),
        ("Standard_ND96isr_H100_v5", 8, "H100", True, True),
        ("Standard_ND96isr_H200_v5", 8, "H200", True, True),
        ("Standard_NC320ds_xl_RTXPRO6000BSE_v6", 2, "RTX PRO 6000", True, False),
        ("Standard_ND96isr_MI300X_v5", 8, "MI300X", False, False),
        ("Standard_NV4as_v4", 1, "MI25", False, False),
        ("Standard_NC8as_Z9_v9", 1, None, False, False),
    ],
)
def test_gpus_of_a_size(name: str, count: int, model: str | None, nvidia: bool, mig: bool) -> None:
    size = VmSize.parse(name)

    assert (size.gpus, size.gpu_model, size.nvidia, size.supports_mig) == (count, model, nvidia, mig)


def test_every_size_with_several_gpus_is_one_whose_name_can_be_read() -> None:
    counts = table("vm_sizes")["gpus"]["counts"]

    assert {name: VmSize.parse(name).gpus for name in counts} == counts


@pytest.mark.parametrize(
    ("name", "gib"),
    [
        ("Standard_D4ds_v5", 150),
        ("Standard_D2ads_v5", 75),
        ("Standard_E4-2ds_v5", 150),
        ("Standard_D4ds_v6", 220),
        ("Standard_D16ads_v6", 440),
        ("Standard_D4s_v3", 100),
        ("Standard_DS3_v2", 172),
        ("Standard_F8s_v2", 128),
        ("Standard_E20ds_v6", 550),
        ("Standard_E20ads_v6", 550),
        ("Standard_NV18ads_A10_v5", 720),
        ("Standard_NV72ads_A10_v5", 2040),
        ("Standard_NC24ads_A100_v4", 256),
        ("Standard_NC40ads_H100_v5", 2040),
        ("Standard_D48ds_v7", 440),
        ("Standard_D372ds_v7", 2040),
        ("Standard_F8amds_v7", 440),
        ("Standard_F4-1amds_v7", 440),
        ("Standard_E4bds_v5", 150),
        ("Standard_D4s_v5", None),
        ("Standard_L8s_v3", None),
    ],
)
def test_local_disk_of_a_size(name: str, gib: int | None) -> None:
    assert VmSize.parse(name).local_disk_gib == gib


@pytest.mark.parametrize(
    ("name", "trait"),
    [
        ("Standard_B4ms", "burstable"),
        ("Standard_D4pds_v6", "arm64"),
        ("Standard_ND128isr_GB300_v6", "arm64"),
        ("Standard_NV4as_v4", "amd_gpu"),
    ],
)
def test_traits_of_a_size(name: str, trait: str) -> None:
    size, ordinary = VmSize.parse(name), VmSize.parse("Standard_D4ds_v5")

    assert getattr(size, trait) is True
    assert getattr(ordinary, trait) is False


@pytest.mark.parametrize(
    ("name", "encryption_at_host", "trusted_launch"),
    [
        ("Standard_D4ds_v5", True, True),
        ("Standard_NC24ads_A100_v4", True, True),
        ("Standard_DS3_v2", True, True),
        ("Standard_D4_v3", False, False),
        ("Standard_D3_v2", False, False),
        ("Standard_A4m_v2", False, False),
        ("Standard_D4pds_v6", True, False),
        ("Standard_ND96asr_v4", True, False),
        ("Standard_EC4as_v5", True, False),
    ],
)
def test_a_size_says_whether_it_has_encryption_at_host_and_trusted_launch(
    name: str, encryption_at_host: bool, trusted_launch: bool
) -> None:
    size = VmSize.parse(name)

    assert (size.encryption_at_host, size.trusted_launch) == (encryption_at_host, trusted_launch)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Standard_A8", "2024-08-31"),
        ("Standard_H8", "2022-08-31"),
        ("Standard_HB60rs", "2024-08-31"),
        ("Standard_NC6", "2023-09-06"),
        ("Standard_NC6s_v2", "2023-09-06"),
        ("Standard_ND6s", "2023-09-06"),
        ("Standard_NV6", "2023-09-06"),
        ("Standard_NC6s_v3", "2025-09-30"),
        ("Standard_A8_v2", None),
        ("Standard_HB120rs_v3", None),
        ("Standard_NC4as_T4_v3", None),
        ("Standard_ND40rs_v2", None),
    ],
)
def test_a_retired_series_says_since_when(name: str, day: str | None) -> None:
    assert VmSize.parse(name).retired == day


@pytest.mark.parametrize(
    ("vcpus", "size"),
    [(2, 128), (7, 128), (8, 256), (15, 256), (16, 512), (63, 512), (64, 1024), (416, 1024)],
)
def test_aks_chooses_the_os_disk_by_vcpus(vcpus: int, size: int) -> None:
    assert os_disks.default_os_disk_size_gb(vcpus) == size
