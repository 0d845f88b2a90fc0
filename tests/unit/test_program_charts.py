"""The charts that `make charts` pulls."""

from pathlib import Path

import components
from components.ingress import nginx_ingress
from tools.program_charts import charts


def test_the_programs_charts_are_those_that_its_components_name() -> None:
    assert charts() == [f"{nginx_ingress.CHART}:{nginx_ingress.CHART_VERSION}"]


def test_every_component_with_a_release_names_its_chart() -> None:
    files = Path(components.__path__[0]).rglob("*.py")
    assert len([file for file in files if "Release(" in file.read_text(encoding="utf-8")]) == len(charts())
