"""What a rule between settings is, and how all of them are run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from settings.errors import Path, Problem, dotted
from settings.node_pools import NodePoolBase, SystemNodePoolSettings, SystemPoolSettings

Rule = Callable[..., Iterator[Problem]]

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


def rule(function: Rule) -> Rule:
    """Register ``function`` as a rule. Its parameters name what it needs; its docstring is one sentence."""
    RULES.append(function)
    return function


def problems(sections: Mapping[str, object], pools: Sequence[Pool]) -> Iterator[Problem]:
    """What the rules say of ``sections`` and of each of ``pools``."""
    for function in RULES:
        wanted = function.__code__.co_varnames[: function.__code__.co_argcount]
        for extra in [{"pool": pool} for pool in pools] if "pool" in wanted else [{}]:
            known = {**sections, **extra}
            if known.keys() >= set(wanted):
                yield from function(**{name: known[name] for name in wanted})
