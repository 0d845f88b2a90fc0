"""The rules between settings: what one is, how it refuses or warns, and how all of them are run.

A rule is a function in the module ``rules`` beside the models that it is about, or in a module of a package
of that name:

    @rule
    def a_system_pool_is_not_burstable(pool: NodePoolBase) -> Refusals:
        \"\"\"A pool of mode System is not of the B series.\"\"\"
        if pool.mode == "System" and pool.size.burstable:
            yield refuse("vmSize", "a size outside the B series", ...)

It runs for every part of the stack that is of its parameter's type; one about the whole stack runs once. A
second parameter asks for the whole stack beside the part. A rule that comes to a setting which could not be
read says nothing more.

What is allowed but probably not meant, a rule yields as ``warn(...)`` instead: it is told in the same form,
and the stack is built. The sentence of such a rule begins with "Warns".
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from inspect import getdoc, getmodule, signature
from itertools import chain
from pkgutil import iter_modules
from types import ModuleType
from typing import get_type_hints

from settings.errors import Path, Problem
from settings.model import SettingsModel, UnreadError, keys_of
from settings.shape import models_of, parts_of

Refusals = Iterator[Problem]
"""What a rule yields: refusals and warnings."""


@dataclass(frozen=True)
class Rule:
    """One rule between settings."""

    check: Callable[..., Refusals]
    subject: type[SettingsModel]
    """The type of the parts that it is about."""
    topic: str
    """What the rules of its module are about."""
    sentence: str
    """Its sentence, for people."""

    @cached_property
    def _count(self) -> int:
        """How many parameters the rule has: the part, and perhaps the stack."""
        return len(signature(self.check).parameters)

    def __call__(self, part: SettingsModel, stack: SettingsModel) -> Refusals:
        """What it refuses or warns of in ``part``, which is a part of ``stack``."""
        return self.check(*(part, stack)[: self._count])


def rule(check: Callable[..., Refusals]) -> Rule:
    """Make ``check`` a rule. Its docstring is one sentence, for the reference."""
    subject = get_type_hints(check)[next(iter(signature(check).parameters))]
    topic, sentence = (str(getdoc(each)).splitlines()[0] for each in (getmodule(check), check))
    return Rule(check, subject, topic, sentence)


def refuse(at: str | Path, limit: str, reason: str, write: str) -> Problem:
    """Refuse the value ``at`` a place below the part that the rule is about.

    Args:
        at: Its keys as ``upgradeSettings.maxSurge``, or one by one where some are names that users choose.
        limit: What is allowed there.
        reason: Why not this.
        write: What to write instead.
    """
    return Problem(tuple(at.split(".")) if isinstance(at, str) else at, limit, reason, write)


def warn(at: str | Path, advice: str, reason: str, write: str) -> Problem:
    """Warn of the value ``at`` a place below the part that the rule is about; the run goes on.

    Args:
        at: As for ``refuse``.
        advice: What is better there.
        reason: What comes of this value.
        write: What to write instead.
    """
    return replace(refuse(at, advice, reason, write), warning=True)


def unused(part: SettingsModel, keys: Iterable[str], because: str, write: str) -> Refusals:
    """Refuse those of ``keys`` that a stack file sets though they have no effect: someone counts on them."""
    names = keys_of(type(part))
    for key in keys:
        if names[key] in part.model_fields_set and getattr(part, names[key]) is not None:
            yield refuse(key, f"not with {because}", "it would have no effect", f"{write}, or remove {key}")


def rules_of(model: type[SettingsModel]) -> list[Rule]:
    """The rules beside ``model`` and beside every model that it holds."""
    names = dict.fromkeys(f"{part.__module__.rpartition('.')[0]}.rules" for part in models_of(model))
    modules = [module for name in names if find_spec(name) for module in _modules(name)]
    return [member for module in modules for member in vars(module).values() if isinstance(member, Rule)]


def _modules(name: str) -> list[ModuleType]:
    """The module ``name``, or the modules in it if it is a package."""
    module = import_module(name)
    inside = [found.name for found in iter_modules(getattr(module, "__path__", ()), f"{name}.")]
    return [import_module(each) for each in inside] or [module]


def problems_in(stack: SettingsModel) -> Refusals:
    """What the rules refuse in ``stack`` or warn of, with whole places."""
    parts: dict[type[SettingsModel], list[tuple[Path, SettingsModel]]] = {}
    for place, part in parts_of(stack):
        parts.setdefault(type(part), []).append((place, part))
    for each in rules_of(type(stack)):
        of_rule = (found for model, found in parts.items() if issubclass(model, each.subject))
        for place, part in chain.from_iterable(of_rule):
            with suppress(UnreadError):
                for problem in each(part, stack):
                    yield replace(problem, path=(*place, *problem.path))
