"""Where archives of charts lie, which the program uses, and values schemas without the network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import components
from components.ingress import nginx_ingress
from sandbox.kubernetes.charts import archives, schemas
from sandbox.kubernetes.charts.archives import Remote
from tools.program_charts import charts as program_charts


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


def test_the_programs_charts_are_those_that_its_components_name() -> None:
    assert program_charts() == [(nginx_ingress.CHART, nginx_ingress.CHART_VERSION)]


def test_every_component_with_a_release_names_its_chart() -> None:
    files = Path(components.__path__[0]).rglob("*.py")
    with_release = [file for file in files if "Release(" in file.read_text(encoding="utf-8")]
    assert len(with_release) == len(program_charts())


def chart(directory: Path, schema: Any) -> Path:
    directory.mkdir()
    (directory / "Chart.yaml").write_text("name: web\nversion: 1.2.3\n")
    (directory / "values.schema.json").write_text(schema if isinstance(schema, str) else json.dumps(schema))
    return directory


LOCAL = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://example.org/values.json",
    "$defs": {"port": {"$id": "port.json", "type": "integer"}, "name": {"type": "string"}},
    "properties": {
        "port": {"$ref": "https://example.org/port.json"},
        "name": {"$ref": "#/$defs/name"},
        "schema": {"$ref": "http://json-schema.org/draft-07/schema#"},
        "$ref": {"type": "string"},
    },
}


@pytest.mark.parametrize("schema", [LOCAL, "no JSON", "true"], ids=["own parts only", "no JSON", "no object"])
def test_a_chart_whose_schema_stands_alone_is_handed_over_as_it_is(tmp_path: Path, schema: Any) -> None:
    made = chart(tmp_path / "web", schema)
    work = tmp_path / "work"
    assert schemas.without_remote_parts(made, work) == made
    assert not work.exists()


def test_what_a_schema_refers_to_elsewhere_is_left_out_of_a_copy(tmp_path: Path) -> None:
    kept = {"type": "string"}
    properties = {
        "greeting": kept,
        "$ref": kept,
        "absolute": {"$ref": "https://example.com/a.json#/x", "type": "integer"},
        "relative": {"items": [{"$ref": "b.json"}]},
    }
    schema = {"$id": "https://example.org/values.json", "properties": properties}
    made = chart(tmp_path / "web", schema)
    chart(made / "charts", "no JSON")
    before = (made / "values.schema.json").read_bytes()
    copy = schemas.without_remote_parts(made, tmp_path / "work")
    assert json.loads((copy / "values.schema.json").read_text())["properties"] == {
        "greeting": kept,
        "$ref": kept,
        "absolute": {},
        "relative": {"items": [{}]},
    }
    assert (copy / "charts" / "values.schema.json").read_text() == "no JSON"
    assert (made / "values.schema.json").read_bytes() == before
