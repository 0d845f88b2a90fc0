"""Values schemas without the network.

A values schema may refer to others by their addresses, and Helm asks for these each time it renders the
chart. The sandbox contacts nobody unasked: what lies elsewhere is left out of the schema, and Helm checks the
rest.
"""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urldefrag, urljoin

from sandbox.kubernetes.kinds import Json

_FILE: Final = "values.schema.json"
# Helm carries the schemas of schemas with it.
_CARRIED: Final = ("http://json-schema.org/", "https://json-schema.org/")
_REMOTE: Final = ("http://", "https://")


def without_remote_parts(chart: Path, work: Path) -> Path:
    """The chart with values schemas that stand alone: itself where they do, else a copy in *work*.

    Args:
        chart: a directory or an archive that is known to be whole.
        work: an empty directory.
    """
    if not any(_remote_references(schema) for schema in _schemas(chart)):
        return chart
    copy = work / "chart"
    if chart.is_dir():
        shutil.copytree(chart, copy)
    else:
        with tarfile.open(chart) as archive:
            archive.extractall(copy, filter="data")
        copy = next(path.parent for path in copy.glob("*/Chart.yaml"))
    for file in copy.rglob(_FILE):
        text = file.read_bytes()
        if remote := _remote_references(text):
            file.write_text(json.dumps(_alone(json.loads(text), remote)))
    return copy


def _schemas(chart: Path) -> Iterator[bytes]:
    if chart.is_dir():
        yield from (file.read_bytes() for file in chart.rglob(_FILE))
        return
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(chart.read_bytes()))) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.name.endswith(f"/{_FILE}") else None
            if content is not None:
                yield content.read()


def _remote_references(text: bytes) -> set[str]:
    """The references to addresses; none where the text is no JSON: Helm says so."""
    try:
        schema = json.loads(text)
    except ValueError:
        return set()
    parts = list(_parts(schema))
    base = schema.get("$id") or "" if isinstance(schema, dict) else ""
    own = {urljoin(base, part["$id"]) for part in parts if isinstance(part.get("$id"), str)}
    references = {part["$ref"] for part in parts if isinstance(part.get("$ref"), str)}
    addresses = {reference: urldefrag(urljoin(base, reference)).url for reference in references}
    return {
        reference
        for reference, address in addresses.items()
        if address.startswith(_REMOTE) and not address.startswith(_CARRIED) and address not in own
    }


def _parts(schema: Json) -> Iterator[dict[str, Json]]:
    if isinstance(schema, dict):
        yield schema
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _parts(part)


def _alone(schema: Json, remote: set[str]) -> Json:
    if isinstance(schema, list):
        return [_alone(part, remote) for part in schema]
    if not isinstance(schema, dict):
        return schema
    # Drafts up to 7 do not read what stands beside a reference, so that nothing of it may come into force.
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference in remote:
        return {}
    return {key: _alone(part, remote) for key, part in schema.items()}
