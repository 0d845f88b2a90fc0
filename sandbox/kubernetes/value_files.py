"""A Release's values files: assets that the engine hands over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from sandbox.kubernetes import charts
from sandbox.kubernetes.kinds import Object
from sandbox.kubernetes.provider_error import ProviderError


def merged(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """All values together; of two for one key the later holds, and a null takes an earlier one away."""
    result: dict[str, Any] = {}
    for part in parts:
        result = charts.merged(result, part)
    return result


def read(asset: Object) -> dict[str, Any]:
    """The values in a text or file asset.

    Raises:
        ProviderError: it is neither, or holds no values.
    """
    if asset.get("text"):
        text = asset["text"]
    elif asset.get("path"):
        text = Path(asset["path"]).read_text()
    else:
        raise ProviderError(
            "unsupported type for 'valueYamlFiles' arg: only text and file assets can be read here"
        )
    parsed = yaml.safe_load(text) or {}
    if not isinstance(parsed, dict):
        raise ProviderError("error unmarshaling JSON: a values file must hold a mapping")
    return parsed
