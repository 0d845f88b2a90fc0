"""What the sandbox knows of Azure: a data file for each subject, with its source and the day it was read.

Gathered apart from the program under test, so that an error there is not confirmed here.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def facts(subject: str) -> dict[str, Any]:
    """The content of ``<subject>.json``; a missing file raises ``FileNotFoundError``."""
    return json.loads((Path(__file__).parent / f"{subject}.json").read_text(encoding="utf-8"))
