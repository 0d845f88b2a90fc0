"""Where archives of charts lie, what is wrong with one, and values schemas without the network."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from sandbox.clusters.charts import archives
from sandbox.clusters.charts.archives import Remote


@pytest.fixture(autouse=True)
def charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(archives.DIRECTORY_VARIABLE, str(tmp_path / "charts"))
    return tmp_path / "charts"


@pytest.mark.parametrize(
    ("remote", "version", "place"),
    [
        (Remote("oci://Registry.example/team/web"), "1.2.3", "registry.example/team/web-1.2.3.tgz"),
        (Remote("oci://registry.example/web/"), "v1.2.3-rc.1+b", "registry.example/web-1.2.3-rc.1+b.tgz"),
        (
            Remote("web", "https://me:word@charts.example:8443/a/"),
            "1.2.3",
            "charts.example:8443/a/web-1.2.3.tgz",
        ),
        (Remote("web", "https://charts.example"), "1.2.3", "charts.example/web-1.2.3.tgz"),
        (Remote("web", "https://charts.example"), "1.2", None),
        (Remote("web", "https://charts.example"), ">=1.2.3", None),
        (Remote("web", "https://charts.example"), "1.2.3/../../../x", None),
        (Remote("web", "https://charts.example/../.."), "1.2.3", None),
        (Remote("oci://registry.example/.."), "1.2.3", None),
        (Remote("alias/web"), "1.2.3", None),
    ],
)
def test_the_place_of_an_archive_mirrors_its_address(
    charts: Path, remote: Remote, version: str, place: str | None
) -> None:
    assert remote.archive(version) == (None if place is None else charts / place)


def test_a_version_that_is_published_with_a_v_is_found_without_it(charts: Path) -> None:
    remote = Remote("web", "https://charts.example")
    place = charts / "charts.example" / "web-v1.2.3.tgz"
    place.parent.mkdir(parents=True)
    place.touch()
    assert remote.archive("1.2.3") == place
    place.with_name("web-api-1.0.0.tgz").touch()
    assert remote.versions() == ["v1.2.3"]


def test_without_a_directory_of_ones_own_archives_are_in_the_cache_that_checkouts_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(archives.DIRECTORY_VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert archives.directory() == tmp_path / "aks-platform" / "charts"


def packed(place: Path, **files: str) -> Path:
    with tarfile.open(place, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"web/{name.replace('__', '.')}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return place


def test_an_archive_of_the_chart_has_no_problem(tmp_path: Path) -> None:
    archive = packed(tmp_path / "web.tgz", Chart__yaml="name: web\nversion: v1.2.3\n")
    assert archives.problem(archive, "web", "1.2.3") is None


def test_what_is_wrong_with_an_archive_names_its_path(tmp_path: Path) -> None:
    archive = packed(tmp_path / "web.tgz", Chart__yaml="name: web\nversion: 1.2.3\n")
    assert archives.problem(archive, "web", "2.0.0") == f"{archive} holds version 1.2.3, not 2.0.0"
    assert archives.problem(archive, "api", "1.2.3") == f"{archive} holds no chart api"
    archive.write_bytes(archive.read_bytes()[:-20])
    assert str(archives.problem(archive, "web", "1.2.3")).startswith(f"{archive} is no archive of a chart: ")


def test_what_a_values_schema_refers_to_elsewhere_is_left_out_of_what_is_served(tmp_path: Path) -> None:
    properties = {
        "own": {"$ref": "#/$defs/name"},
        "schema": {"$ref": "http://json-schema.org/draft-07/schema#"},
        "remote": {"$ref": "https://example.com/a.json#/x"},
    }
    described = "name: web\nversion: 1.2.3\n"
    archive = packed(
        tmp_path / "web.tgz",
        Chart__yaml=described,
        values__schema__json=json.dumps({"properties": properties}),
    )
    with tarfile.open(fileobj=io.BytesIO(archives.without_remote_schemas(archive))) as served:
        texts = {member.name: served.extractfile(member).read().decode() for member in served}  # type: ignore[union-attr]
    assert texts["web/Chart.yaml"] == described
    assert json.loads(texts["web/values.schema.json"])["properties"] == {
        **properties,
        "remote": {"$comment": "https://example.com/a.json#/x"},
    }
