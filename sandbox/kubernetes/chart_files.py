"""A chart and its values as files, which Helm reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sandbox.kubernetes.charts import Chart, Instance


@contextmanager
def laid_out(chart: Chart, instance: Instance, values: dict[str, Any]) -> Iterator[list[str]]:
    """Keep the files for as long as Helm runs.

    Yields the arguments that name release, chart, namespace and values, as ``install``, ``upgrade`` and
    ``template`` take them.

    Args:
        chart: the chart.
        instance: the release.
        values: what is given beside the chart's own values.
    """
    with TemporaryDirectory(prefix="chart-") as work:
        given = Path(work) / "values.json"
        given.write_text(json.dumps(values))
        directory = chart.directory(instance, values, Path(work))
        yield [instance.name, str(directory), f"--namespace={instance.namespace}", f"--values={given}"]
