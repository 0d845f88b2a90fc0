"""Which of the known words a misspelled one is probably meant to be."""

import difflib
from collections.abc import Iterable
from os.path import commonprefix
from typing import Final

_LONGEST: Final = 100
"""Letters of a word that may be a misspelt one."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that ``word`` is probably meant to be; None where a guess would mislead."""
    known = list(known)
    if len(word) > _LONGEST:
        return None
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.8)
    return by_folded[close[0]] if close else one_slip_from(word, known)


def one_slip_from(word: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that is ``word`` but for case and one letter added, lost, wrong or swapped."""
    return next((each for each in known if _is_one_slip(word.casefold(), each.casefold())), None)


def _is_one_slip(one: str, other: str) -> bool:
    start = len(commonprefix([one, other]))  # noqa: RUF071 - words, not paths
    one, other = one[start:], other[start:]
    end = len(commonprefix([one[::-1], other[::-1]]))  # noqa: RUF071 - words, not paths
    one, other = one[: len(one) - end], other[: len(other) - end]
    return max(len(one), len(other)) <= 1 or (len(one) == 2 and one == other[::-1])
