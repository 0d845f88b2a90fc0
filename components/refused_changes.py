"""Changes of the stack file that Azure refuses: refused in the preview, before anything is sent.

Azure refuses them in the middle of an update, when other resources have changed already. The hook
`before_update` of a resource runs in the preview too, and gets what the state has and what the program says.

https://www.pulumi.com/docs/iac/concepts/resources/options/hooks/
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pulumi
from pulumi import ResourceHook, ResourceHookArgs, ResourceHookBinding, ResourceHookOptions

from settings.errors import Mark, Problem, render
from settings.rules import Refusals, refuse
from settings.stack_file import StackFile


@dataclass(frozen=True, kw_only=True)
class Update:
    """An update of one resource, in Azure's names.

    Attributes:
        old: What the state has as its inputs: what the last update sent, or the last refresh read.
        new: What the program says now.
        answer: What Azure last answered about it.
    """

    old: Mapping[str, Any]
    new: Mapping[str, Any]
    answer: Mapping[str, Any]


def refused_changes(name: str, check: Callable[[Update], Refusals]) -> ResourceHookBinding:
    """Refuse what `check` finds in an update of the resource `name`, all of it in one message.

    A new resource, a replacement and a deletion are not looked at, so `destroy` needs no hook.
    """
    project, stack = pulumi.get_project(), pulumi.get_stack()

    def refuse_all(args: ResourceHookArgs) -> None:
        old, new, answer = map(_plain, (args.old_inputs, args.new_inputs, args.old_outputs))
        file = StackFile.of(stack, project, Path.cwd())
        problems = [
            replace(problem, line=file.line_of(problem.path, problem.value))
            for problem in check(Update(old=old, new=new, answer=answer))
        ]
        if problems:
            outcome = f"Azure refuses to change what is there. No change of {name} was sent."
            raise pulumi.RunError(render(problems, source=file.name, project=project, outcome=outcome))

    hook = ResourceHook(f"unchangeable in {name}", refuse_all, ResourceHookOptions(on_dry_run=True))
    return ResourceHookBinding(before_update=[hook])


def refused(setting: str, limit: str, reason: str, write: str, *, wanted: object) -> Problem:
    """Refuse the value `wanted` of a setting; the rest is as in `settings.rules.refuse`."""
    return replace(refuse(setting, limit, reason, write), value=wanted)


def fixed(setting: str, *, was: object, wanted: object, reason: str, instead: str) -> Refusals:
    """Refuse another value than a resource was made with.

    Args:
        setting: The place in the stack file that decides it.
        was: The value that it has; an empty text where the stack file said nothing.
        wanted: The value that the program says.
        reason: Why it cannot change.
        instead: What people do who need another value.
    """
    if _sorted(was) != _sorted(wanted):
        kept, key = was if isinstance(was, str) else json.dumps(was), setting.rpartition(".")[2]
        write = f"{key}: {kept}; {instead}" if kept else f"remove {key}; {instead}"
        missing = Mark.MISSING if wanted == "" else wanted
        yield refused(setting, f"{kept or 'none'}, as it was made", reason, write, wanted=missing)


def _sorted(value: object) -> object:
    """Azure answers lists, such as zones, in any order."""
    return sorted(value) if isinstance(value, list) else value


def _plain(inputs: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Protobuf knows one kind of number; what is not known yet is a text that equals no value."""

    def number(text: str) -> float:
        return int(float(text)) if float(text).is_integer() else float(text)

    return json.loads(json.dumps(inputs or {}, default=str), parse_float=number)
