"""Names of a stack file that become part of names in Azure."""

import re
from collections.abc import Iterable

from settings.rules import Refusals, refuse


def misnamed(key: str, names: Iterable[str], *, what: str, example: str) -> Refusals:
    """Refuse the ``names`` below ``key`` that Azure would not take in the name of ``what``."""
    for name in names:
        if re.fullmatch(r"(?=.{1,20}$)[a-z0-9]+(-[a-z0-9]+)*", name) is None:
            limit = "1 to 20 lower-case letters, digits and single hyphens between them"
            reason = f"the {what}'s name in Azure contains it"
            yield refuse((key, name), limit, reason, f"{example}: <the same>")
