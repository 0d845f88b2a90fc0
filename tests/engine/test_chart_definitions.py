"""The ingress chart's definitions: taken over from Helm, upgraded with the chart, never deleted."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from kubernetes import client

from components.ingress.nginx_ingress import CHART, CHART_VERSION
from sandbox.clusters.charts import stand_ins
from sandbox.clusters.charts.archives import DIRECTORY_VARIABLE, Remote, packed
from tests.engine.platform_project import Change, PlatformProject

pytestmark = [pytest.mark.engine, pytest.mark.scenario]

Settings = dict[str, Any]
GROUP: Final = "k8s.nginx.org"
POLICIES: Final = f"policies.{GROUP}"
DEFINITION: Final = Change(
    "update",
    f"crds-platform-dev-ingress:{POLICIES}",
    "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
)


def _without_ingress(settings: Settings) -> None:
    settings["ingress"] = {"kind": "none"}
    settings.pop("nodePools", None)


def _with_ingress(settings: Settings) -> None:
    settings["ingress"] = {"replicas": 1}


def _chart_files() -> dict[str, bytes]:
    """The files of the stand-in for the chart."""
    archive = stand_ins.archive(Remote(CHART).name, CHART_VERSION)
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(archive))) as members:
        return {member.name: file.read() for member in members if (file := members.extractfile(member))}


def _described(definition: dict[str, Any], text: str) -> dict[str, Any]:
    """`definition` with another schema."""
    for version in definition["spec"]["versions"]:
        version["schema"]["openAPIV3Schema"]["description"] = text
    return definition


def _with_new_definitions(files: dict[str, bytes]) -> bytes:
    """The chart, packed, when its definition of policies has changed."""
    name = "nginx-ingress/crds/definitions.yaml"
    definitions = [
        _described(each, "as of the next chart") if each["metadata"]["name"] == POLICIES else each
        for each in yaml.safe_load_all(files[name])
    ]
    return packed({**files, name: yaml.safe_dump_all(definitions).encode()}.items())


def test_definitions_are_taken_over_from_helm_upgraded_with_the_chart_and_outlive_the_ingress(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = PlatformProject(tmp_path)
    try:
        project.edit("dev", _without_ingress)
        assert project.up("dev").succeeded
        api = project.core().api_client
        definitions: Any = client.ApiextensionsV1Api(api)
        objects: Any = client.CustomObjectsApi(api)

        def description() -> str | None:
            found = definitions.read_custom_resource_definition(POLICIES)
            return found.spec.versions[0].schema.open_apiv3_schema.description

        def policies() -> list[str]:
            found = objects.list_namespaced_custom_object(GROUP, "v1", "default", "policies")
            return [each["metadata"]["name"] for each in found["items"]]

        files = _chart_files()
        installed = {
            each["metadata"]["name"]: each
            for each in yaml.safe_load_all(files["nginx-ingress/crds/definitions.yaml"])
        }
        definitions.create_custom_resource_definition(
            _described(installed[POLICIES], "as of an older chart"), field_manager="helm"
        )

        project.edit("dev", _with_ingress)
        taken_over = project.up("dev")
        assert taken_over.succeeded, taken_over.output
        assert description() is None, "the stand-in's own definition has none"
        body = {"apiVersion": f"{GROUP}/v1", "kind": "Policy", "metadata": {"name": "of-a-team"}}
        objects.create_namespaced_custom_object(GROUP, "v1", "default", "policies", body)
        project.previews_no_change("dev")

        archive = tmp_path / "charts" / f"ghcr.io/nginx/charts/nginx-ingress-{CHART_VERSION}.tgz"
        archive.parent.mkdir(parents=True)
        archive.write_bytes(_with_new_definitions(files))
        monkeypatch.setenv(DIRECTORY_VARIABLE, str(tmp_path / "charts"))
        assert DEFINITION in project.planned("dev")
        upgraded = project.up("dev")
        assert upgraded.succeeded, upgraded.output
        assert description() == "as of the next chart"
        assert policies() == ["of-a-team"]

        project.edit("dev", _without_ingress)
        assert project.up("dev").succeeded
        assert description() == "as of the next chart"
        assert policies() == ["of-a-team"]
        project.destroys_everything("dev")
    finally:
        project.engine.clean()
