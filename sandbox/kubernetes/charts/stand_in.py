"""A stand-in as a chart of its own, so that Helm installs it like any other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import yaml

from sandbox.kubernetes.charts import STANDS_IN_FOR, ChartError, Instance
from sandbox.kubernetes.kinds import Object

# Taken in as a file, the objects are not looked through for template expressions.
_TEMPLATE: Final = '{{ .Files.Get "objects.yaml" }}\n'


class Objects(Protocol):
    """What a stand-in knows of the chart that it stands in for; see ``charts.Chart``."""

    @property
    def name(self) -> str:
        """The name, as labels have it."""
        ...

    @property
    def version(self) -> str:
        """The exact version."""
        ...

    @property
    def app_version(self) -> str:
        """The version of what the chart installs."""
        ...

    def definitions(self) -> list[Object]:
        """The CustomResourceDefinitions that Helm installs before all else and never removes."""
        ...

    def render(self, instance: Instance, given: Mapping[str, Any]) -> list[Object]:
        """The objects of an installation with these values."""
        ...


def write(chart: Objects, instance: Instance, given: Mapping[str, Any], work: Path) -> Path:
    """Write the objects that values describe into *work* as a chart of that name and version.

    Every object says in the annotation :data:`STANDS_IN_FOR` what it stands in for.

    Raises:
        ChartError: a null took a value away that the chart cannot do without.
    """
    directory = work / chart.name
    (directory / "templates").mkdir(parents=True)
    described = {
        "apiVersion": "v2",
        "name": chart.name,
        "version": chart.version,
        "appVersion": chart.app_version,
    }
    (directory / "Chart.yaml").write_text(json.dumps(described))
    (directory / "templates" / "objects.yaml").write_text(_TEMPLATE)
    try:
        objects = chart.render(instance, given)
    except KeyError as error:
        raise ChartError(
            f"template: {chart.name}: nil pointer evaluating interface {{}}.{error.args[0]}"
        ) from error
    (directory / "objects.yaml").write_text(_documents(chart, objects))
    definitions = chart.definitions()
    if definitions:
        (directory / "crds").mkdir()
        (directory / "crds" / "definitions.yaml").write_text(_documents(chart, definitions))
    return directory


def _documents(chart: Objects, objects: list[Object]) -> str:
    return yaml.safe_dump_all([_marked(chart, obj) for obj in objects], sort_keys=False)


def _marked(chart: Objects, obj: Object) -> Object:
    metadata = obj["metadata"]
    annotations = {STANDS_IN_FOR: f"{chart.name}@{chart.version}", **(metadata.get("annotations") or {})}
    return {**obj, "metadata": {**metadata, "annotations": annotations}}
