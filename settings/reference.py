"""The configuration reference and the schema of stack files, both made from the models.

``python -m settings.reference`` writes ``docs/configuration.md`` and ``settings/stack.schema.json``.
"""

import json
from pathlib import Path
from typing import Final

from settings.reference_page import page
from settings.stack_schema import schema

CHECKOUT: Final = Path(__file__).resolve().parent.parent


def files() -> dict[Path, str]:
    """Every file that is made from the models, with its content."""
    return {
        CHECKOUT / "docs" / "configuration.md": page(),
        CHECKOUT / "settings" / "stack.schema.json": json.dumps(schema(), indent=2, ensure_ascii=False)
        + "\n",
    }


def write() -> None:
    """Write them."""
    for path, content in files().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    write()
