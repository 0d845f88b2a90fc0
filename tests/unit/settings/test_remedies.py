"""What a message says to write is right: in the stack file, it removes the problem and brings no other.

A remedy has one or more alternatives, with ``, or`` between them. An alternative is keys with their values,
the name of a key as which the value goes on (``name:``), an item of a list, or ``remove`` and a key; several
go together with ``and``. A word in angle brackets stands for what only people know; ``PROSE`` has the others.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final, cast

import pytest
import yaml

from components.settings import Settings
from settings import loader
from settings.errors import Path, Problem, SettingsError
from settings.shape import value_at
from tests.unit.settings.stack import PROJECT, handed_over, text_of
from tests.unit.settings.test_bad_input import CASES, Case

PROSE: Final = {
    "a key such as team or example.com/team",
    "a name such as batch",
    "a range instead of an id",
    "a shorter value",
    "add a pool of kind user without taints",
    "another kind of egress",
    "another one nearby",
    "fewer tags",
    "fewer, larger pools",
    "fewer, larger ranges",
    "gpuDriver: None and a signed driver of your own",
    "fewer ports",
    "lower maxCount",
    "remove the pool",
    "the public addresses from which you reach the internet, such as 203.0.113.7/32",
}
"""Alternatives that leave the choice to people."""

UNCOVERS: Final = {
    "DNS servers inside the cluster": "network.dnsServers",
    "GPU settings in a user pool": "nodePools.t4.vmSize",
    "a misspelt key": "nodePools.a.count",
    "a misspelt key in a pool's upgrade settings": "nodePools.batch.upgradeSettings.maxSurge",
    "more nodes than a pool holds": "network.cni.podCidr",
    "peerings that Azure would refuse": "network.peerings.hub",
    "a way out that is in preview": "",  # everything that needs a way out
}
"""Cases whose remedy lets the program see one more problem, which was there before."""

Config = dict[str, Any]


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.says], ids=lambda case: f"{case.topic}: {case.title}"
)
def test_every_remedy_removes_its_problem_and_brings_no_other(case: Case) -> None:
    config = yaml.safe_load(text_of(case.config))["config"]
    config = {key.removeprefix(f"{PROJECT}:"): value for key, value in config.items()}
    problems = {(problem.path, problem.limit): problem for problem in _problems(config)}
    for told, problem in problems.items():
        for alternative in _alternatives(problem.write):
            outcomes = [{*_told(edited)} for edited in _edited(config, problem, alternative)]
            works = any(
                told not in after and all(_is_uncovered(each, case) for each in after - {*problems})
                for after in outcomes
            )
            assert works, f"{problem.title}\n{alternative}\n{outcomes}"


def _is_uncovered(told: tuple[Path, str], case: Case) -> bool:
    place = UNCOVERS.get(case.title)
    return place is not None and ".".join(map(str, told[0])).startswith(place)


def _alternatives(write: str) -> list[str]:
    parts = re.split(r", or (?![^{\[]*[}\]])", write)
    in_words = r"<(?!the same>)[^>]+>|what the property id of `az resource show` says$"
    return [part for part in parts if part not in PROSE and not re.search(in_words, part)]


def _problems(config: Config) -> tuple[Problem, ...]:
    whole = {key if ":" in key else f"{PROJECT}:{key}": value for key, value in config.items()}
    try:
        loader.read(Settings, handed_over(whole), project=PROJECT, stack="dev", warn=lambda _: None)
    except SettingsError as refusal:
        return refusal.problems
    return ()


def _told(config: Config) -> Iterator[tuple[Path, str]]:
    return ((problem.path, problem.limit) for problem in _problems(config))


def _edited(config: Config, problem: Problem, text: str) -> Iterator[Config]:
    """``config`` with what ``text`` says, in each place that people may understand it to be about."""
    *outer, last = problem.path
    before = value_at(config, problem.path)
    if choice := re.fullmatch(r"(\w+): ([\w, -]+) or ([\w-]+)", text):  # one word of several
        text = f"{choice[1]}: {choice[2].split(', ')[0]}"
    text = re.sub(r"^(nothing: )?remove |(?<= and )remove ", "-", text.removesuffix(" to use the default"))
    text = re.sub(r"^(-.*) and (?!-)", r"\1 and -", text)
    for depth in range(len(outer), -1, -1):
        for keeps_the_old in (True, False):
            edited = deepcopy(config)
            if not keeps_the_old and isinstance(last, str):
                _remove(edited, problem.path)
            for part in text.split(" and "):
                _follow(edited, problem.path, before, tuple(outer[:depth]), part)
            yield edited


def _follow(config: Config, path: Path, before: object, place: Path, part: str) -> None:
    """Do one thing about the value at ``path``, which was ``before``; other keys are at ``place``."""
    if part == "-it":
        _remove(config, path)
    elif part.startswith("-"):
        _remove(config, (*place, part[1:]))
    elif isinstance(path[-1], int):
        _put(config, path, yaml.safe_load(part))
    else:
        for key, value in yaml.safe_load(f"{part} <the same>" if part.endswith(":") else part).items():
            whole = (*key.split("."),) if re.fullmatch(r"[a-z]\w*(\.\w+)+", key) else (*place, key)
            _put(config, whole, _same(value, before))


def _same(value: object, before: object) -> object:
    """``value``, in which ``before`` takes the place of ``<the same>``."""
    if isinstance(value, dict):
        return {key: _same(member, before) for key, member in value.items()}
    return before if value == "<the same>" else value


def _put(config: Config, path: Path, value: object) -> None:
    *outer, last = path
    holder: Any = config
    for part in outer:
        if isinstance(holder, dict) and not isinstance(holder.get(part), dict | list):
            holder[part] = {}
        holder = holder[part]
    if isinstance(holder, dict) or isinstance(last, int):
        cast("Any", holder)[last] = value


def _remove(config: Config, path: Path) -> None:
    holder, last = value_at(config, path[:-1]), path[-1]
    if isinstance(holder, dict):
        holder.pop(last, None)
    elif isinstance(holder, list) and isinstance(last, int):
        del holder[last]
