"""Writes recorded resources down as people write a program without components: one file, plain arguments.

The text declares the same resources under the same names with the same inputs. An id or a name of another
resource is read off that resource, so that the engine learns the same dependencies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from benchmarks import sdk_classes
from benchmarks.recording import CLIENT, REFERENCE, Registration

_KUBERNETES_PROVIDER: Final = "pulumi:providers:kubernetes"
_CLUSTER: Final = "azure-native:containerservice:ManagedCluster"
_SET_BY_THE_SDK: Final = frozenset({"apiVersion", "kind", "compat", "resourceNames"})
_KUBECONFIG: Final = (
    "pulumi.Output.secret("
    "credentials.kubeconfigs[0].value.apply(lambda text: base64.b64decode(text).decode())"
    ")"
)
_PROVIDER_VALUES: Final = {"true": True, "false": False}
"""A provider's inputs travel as JSON texts."""

_INDENT: Final = "    "


def flat_program(registrations: Sequence[Registration], *, drop_versioned_aliases: bool = False) -> str:
    """The text of a `__main__.py` that declares *registrations*.

    Args:
        registrations: leaf resources, each after those that it refers to.
        drop_versioned_aliases: whether it first calls the function of that name, of a module beside it.

    Raises:
        UnknownArgumentError: an input has no argument in the SDK.
    """
    writer = _Writer(registrations)
    body = "\n".join(writer.statement(registration) for registration in registrations)
    if f"{CLIENT}." in body:
        writer.imports.add("from pulumi_azure_native import authorization")
        body = f"{CLIENT} = authorization.get_client_config()\n{body}"
    if drop_versioned_aliases:
        writer.imports.add("from versioned_aliases import drop_versioned_aliases")
        body = f"drop_versioned_aliases()\n{body}"
    imports = "\n".join(sorted(writer.imports))
    return f'"""Everything in one file."""\n\n{imports}\n\n{body}\n'


def awaited(registrations: Sequence[Registration]) -> dict[str, frozenset[str]]:
    """The names of all that each resource waits for, directly or not."""
    found: dict[str, frozenset[str]] = {}
    for registration in registrations:
        direct = registration.dependencies
        found[registration.name] = frozenset(direct).union(*(found[name] for name in direct))
    return found


class _Writer:
    """Writes statements, and gathers the imports that they need."""

    def __init__(self, registrations: Sequence[Registration]) -> None:
        self.imports = {"import pulumi"}
        self._declared = {registration.name: registration for registration in registrations}
        self.awaited = awaited(registrations)

    def statement(self, registration: Registration) -> str:
        resource = sdk_classes.resource_class(registration.type)
        class_, keywords = sdk_classes.constructor(resource)
        before = ""
        inputs = dict(registration.inputs)
        if registration.type == _KUBERNETES_PROVIDER:
            before = self._credentials()
            inputs = {key: _PROVIDER_VALUES.get(value, value) for key, value in inputs.items()}
        elif registration.type.startswith("kubernetes:"):
            inputs = {key: value for key, value in inputs.items() if key not in _SET_BY_THE_SDK}
        lines = []
        for name, hint, value in sdk_classes.arguments(class_, inputs):
            written = _KUBECONFIG if name == "kubeconfig" else self._value(value, hint, 1)
            # The SDK gives an argument an underscore where the constructor has the name for itself.
            keyword = f"{name}_" if f"{name}_" in keywords else name
            lines.append(_line(f"{keyword}={written}"))
        return before + self._constructor_call(registration, self._name(resource), lines)

    def _credentials(self) -> str:
        """The kubeconfig as Azure answers it; ours is rendered, which no flat program does."""
        self.imports |= {"import base64", "from pulumi_azure_native import containerservice"}
        cluster = next(known for known in self._declared.values() if known.type == _CLUSTER)
        group = self._value(cluster.inputs["resourceGroupName"], Any, 1)
        return (
            "credentials = containerservice.list_managed_cluster_user_credentials_output(\n"
            + _line(f"resource_group_name={group}")
            + _line(f"resource_name={_variable(cluster.name)}.name")
            + ")\n"
        )

    def _constructor_call(self, registration: Registration, class_: str, lines: Sequence[str]) -> str:
        name = _line(json.dumps(registration.name))
        arguments = f"{name}{''.join(lines)}{self._options(registration)}"
        return f"{_variable(registration.name)} = {class_}(\n{arguments})"

    def _options(self, registration: Registration) -> str:
        options: dict[str, str] = {}
        if registration.provider in self._declared:
            options["provider"] = _variable(registration.provider or "")
        if registration.protect:
            options["protect"] = "True"
        if registration.delete_before_replace is not None:
            options["delete_before_replace"] = str(registration.delete_before_replace)
        if registration.ignore_changes:
            options["ignore_changes"] = json.dumps(registration.ignore_changes)
        waited_for = self._waited_for(registration)
        if waited_for:
            options["depends_on"] = f"[{', '.join(map(_variable, waited_for))}]"
        if not options:
            return ""
        written = ", ".join(f"{name}={value}" for name, value in options.items())
        return _line(f"opts=pulumi.ResourceOptions({written})")

    def _waited_for(self, registration: Registration) -> list[str]:
        """What has to be said of its dependencies: neither inputs nor other dependencies imply it."""
        implied = set(registration.property_dependencies)
        for dependency in registration.dependencies:
            implied |= self.awaited[dependency]
        return sorted(set(registration.dependencies) - implied)

    def _value(self, value: object, hint: object, depth: int) -> str:
        if isinstance(value, str):
            return _text(value)
        if isinstance(value, list):
            inner = sdk_classes.item_hint(hint, Sequence)
            return _enclosed("[]", [self._value(item, inner, depth + 1) for item in value], depth)
        if not isinstance(value, Mapping):
            return repr(value)
        for member in sdk_classes.members(hint):
            if sdk_classes.is_arguments(member):
                fields = sdk_classes.arguments(member, value)
                items = [f"{name}={self._value(item, inner, depth + 1)}" for name, inner, item in fields]
                return self._name(member) + _enclosed("()", items, depth)
        inner = sdk_classes.item_hint(hint, Mapping)
        items = [f"{json.dumps(key)}: {self._value(item, inner, depth + 1)}" for key, item in value.items()]
        return _enclosed("{}", items, depth)

    def _name(self, class_: type) -> str:
        package, path = sdk_classes.public_name(class_)
        self.imports.add(f"from {package} import {path.split('.')[0]}")
        return path


def _text(text: str) -> str:
    """*text* as an expression, its references read off their resources."""
    parts: list[str] = []
    end = 0
    for found in REFERENCE.finditer(text):
        if text[end : found.start()]:
            parts.append(json.dumps(text[end : found.start()]))
        parts.append(f"{_variable(found['name'])}.{found['attribute']}")
        end = found.end()
    if text[end:] or not parts:
        parts.append(json.dumps(text[end:]))
    return parts[0] if len(parts) == 1 else f"pulumi.Output.concat({', '.join(parts)})"


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _line(text: str, depth: int = 1) -> str:
    return f"{_INDENT * depth}{text},\n"


def _enclosed(brackets: str, items: Sequence[str], depth: int) -> str:
    inside = "".join(_line(item, depth + 1) for item in items)
    return f"{brackets[0]}\n{inside}{_INDENT * depth}{brackets[1]}" if items else brackets
