"""What a Pulumi SDK's classes say of themselves: which arguments there are, and under which names."""

from __future__ import annotations

import functools
import importlib
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Final, Union, get_args, get_origin

from pulumi import _types

_PACKAGES: Final = {"azure-native": "pulumi_azure_native", "kubernetes": "pulumi_kubernetes"}


class UnknownArgumentError(Exception):
    """An input has no argument in the SDK; the message says which."""


def resource_class(token: str) -> type:
    """The class of a type token: `kubernetes:core/v1:Namespace`, `pulumi:providers:kubernetes`."""
    package, module, name = token.split(":")
    if (package, module) == ("pulumi", "providers"):
        return importlib.import_module(_PACKAGES[name]).Provider
    group, *version = module.split("/")
    # Of a group like helm.sh or rbac.authorization.k8s.io the SDK keeps the first word.
    path = ".".join((_PACKAGES[package], group.split(".")[0], *version))
    return getattr(importlib.import_module(path), name)


def public_name(class_: type) -> tuple[str, str]:
    """Package, and the path below it, by which people name *class_*: each SDK keeps it one module deeper."""
    package, *modules = class_.__module__.split(".")
    return package, ".".join((*modules[:-1], class_.__name__))


@functools.cache
def constructor(resource: type) -> tuple[type, frozenset[str]]:
    """The class of a resource's arguments, and the keywords of its constructor."""
    arguments: Any = None
    keywords: frozenset[str] = frozenset()
    for form in typing.get_overloads(resource.__init__):
        hints = form.__annotations__
        if "args" in hints:
            arguments = next(member for member in members(hints["args"]) if is_arguments(member))
        else:
            keywords = frozenset(hints)
    return arguments, keywords


def arguments(class_: type, inputs: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Each of *inputs* (camelCase) as Python name, type and value, in the order of *class_*.

    Raises:
        UnknownArgumentError: the class has no argument for an input.
    """
    names = _types.input_type_py_to_pulumi_names(class_)
    unknown = sorted(inputs.keys() - set(names.values()))
    if unknown:
        raise UnknownArgumentError(f"{class_.__name__} has no argument for {', '.join(unknown)}.")
    hints = _types.input_type_types(class_)
    for python_name, pulumi_name in names.items():
        if pulumi_name in inputs:
            yield python_name, hints.get(pulumi_name, Any), inputs[pulumi_name]


def text_outputs(resource: type) -> dict[str, str]:
    """The outputs of a resource class that are text: Python names by camelCase names."""
    names = _types.resource_pulumi_to_py_names(resource)
    return {key: names[key] for key, hint in _types.resource_types(resource).items() if hint is str}


def members(hint: object) -> Iterator[Any]:
    """The types that *hint* allows, those of unions one by one."""
    if get_origin(hint) in (Union, types.UnionType):
        for member in get_args(hint):
            yield from members(member)
    else:
        yield hint


def is_arguments(hint: object) -> bool:
    """Whether *hint* is a class of arguments, rather than a plain type."""
    return isinstance(hint, type) and _types.is_input_type(hint)


def item_hint(hint: object, container: type) -> object:
    """What *hint* says of the items of a *container* (Sequence or Mapping); Any where it says nothing."""
    for member in members(hint):
        if get_origin(member) is container:
            return get_args(member)[-1]
    return Any
