"""What a rule between settings is, and how all of them are run."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from components.nodepool.settings import NodePoolBase, SystemNodePoolSettings, SystemPoolSettings
from settings.errors import Path, Problem, dotted

Refusing = Callable[..., Iterator[Problem]]


@dataclass(frozen=True)
class Rule:
    """One rule between settings."""

    function: Refusing
    wants: tuple[str, ...]
    """What it asks for, by parameter name."""
    sentence: str
    """What it says, for people."""
    topic: str
    """What the rules of its file are about."""


RULES: Final[list[Rule]] = []
"""Every rule, in the order of its file."""


@dataclass(frozen=True)
class Pool:
    """A node pool and where it stands in the stack file."""

    place: Path
    settings: NodePoolBase

    def at(self, *keys: str | int) -> Path:
        """The place of one of its settings."""
        return (*self.place, *keys)

    @property
    def title(self) -> str:
        """Its place in words."""
        return dotted(self.place)

    @property
    def system(self) -> bool:
        """Whether it is of mode System."""
        return isinstance(self.settings, SystemPoolSettings | SystemNodePoolSettings)


def rule(function: Refusing) -> Refusing:
    """Register ``function`` as a rule. Its parameters name what it needs; its docstring is one sentence."""
    module = sys.modules[function.__module__]
    wants = function.__code__.co_varnames[: function.__code__.co_argcount]
    RULES.append(Rule(function, wants, _first_line(function.__doc__), _first_line(module.__doc__)))
    return function


def problems(sections: Mapping[str, object], pools: Sequence[Pool]) -> Iterator[Problem]:
    """What the rules say of ``sections`` and of each of ``pools``."""
    for each in RULES:
        for extra in [{"pool": pool} for pool in pools] if "pool" in each.wants else [{}]:
            known = {**sections, **extra}
            if known.keys() >= set(each.wants):
                yield from each.function(**{name: known[name] for name in each.wants})


def _first_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[0]
