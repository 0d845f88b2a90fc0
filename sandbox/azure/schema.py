"""The shape of azure-native's resources, read from the installed pulumi_azure_native SDK.

The provider itself carries a schema that the SDK was generated from. It is not installed with the SDK, so
the SDK's own
source is read the other way round: argument classes give the inputs, output classes the outputs. Modules are
read as text and only as far as a resource needs, since importing a large one costs more than a second.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import distribution
from pathlib import Path
from typing import Literal

from sandbox.azure import paths

Kind = Literal["string", "integer", "number", "boolean", "array", "map", "object", "any"]

_TOKEN = re.compile(r"azure-native:(\w+):(\w+)")
# A line break as first byte lets the search jump from line to line; `^` would look at every byte. No class
# stands in a file's first line.
_CLASS = re.compile(rb"\nclass (\w+)[(:]")
_CLASS_END = re.compile(rb"\n(?=@pulumi\.|class |def |if )")
_PARAMETER = re.compile(r"^                 (\w+): (.+?)( = [^,\n]+)?(?:,|\):|\) -> .*:)$", re.MULTILINE)
_GETTER = re.compile(
    r'^    @pulumi\.getter(?:\(name="(\w+)"\))?\n    def (\w+)\(self\) -> (.+):$', re.MULTILINE
)
_ENUM_VALUE = re.compile(r'^    \w+ = (".*")$', re.MULTILINE)
_API_VERSION = re.compile(rb"Uses Azure REST API version ([\w-]+)\.")
_PRIMITIVES: dict[str, Kind] = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}


class UnknownResourceType(Exception):  # noqa: N818 - says what it is
    """The SDK has no such resource, or the sandbox does not know where Azure Resource Manager keeps it."""


@dataclass(frozen=True)
class Type:
    """What a value may be.

    Attributes:
        kind: ``any`` where the SDK says nothing more, or allows objects of several shapes.
        items: type of an array's items or a map's values.
        shape: properties of an object.
        enum: documented values of a string; empty when every string will do.
    """

    kind: Kind
    items: Type | None = None
    shape: Shape | None = None
    enum: tuple[str, ...] = ()


@dataclass(frozen=True)
class Property:
    """One property of an object: its type, and whether it must be there."""

    type: Type
    required: bool


class Shape:
    """The properties of an object by wire name; read when first asked for, since shapes may nest."""

    def __init__(self, module: Module, class_name: str, source: Path) -> None:
        self._module = module
        self._source = source
        self.module_name = module.name
        self.class_name = class_name

    @cached_property
    def properties(self) -> dict[str, Property]:
        """Each property by its name on the wire."""
        text = _class_text(self._source, self.class_name)
        wire_names = {python: wire or python for wire, python, _ in _GETTER.findall(text)}
        return {
            wire_names.get(python, python): Property(self._module.type_of(annotation), not default)
            for python, annotation, default in _parameters(text)
        }


@dataclass(frozen=True)
class ResourceType:
    """One resource type of azure-native.

    Attributes:
        token: Pulumi type, for example ``azure-native:network:Subnet``.
        arm_type: Azure Resource Manager type, for example ``Microsoft.Network/virtualNetworks/subnets``.
        path: template of the id; each ``{parameter}`` is an input property but ``{subscriptionId}``.
        api_version: API version that the provider uses.
        inputs: input properties by wire name, path parameters among them.
        outputs: output properties by wire name.
        auto_name: path parameter that is filled in when it is left out, or None.
        auto_name_kind: ``random`` appends a random suffix to the logical name, ``copy`` takes it as it is,
        ``uuid``
            is a random GUID.
    """

    token: str
    arm_type: str
    path: str
    api_version: str
    inputs: dict[str, Property]
    outputs: dict[str, Property]
    auto_name: str | None
    auto_name_kind: Literal["random", "copy", "uuid"]

    @cached_property
    def path_parameters(self) -> tuple[str, ...]:
        """Input properties in the id, in the order of the id."""
        return tuple(name for name in paths.PARAMETER.findall(self.path) if name != "subscriptionId")

    @cached_property
    def body(self) -> dict[str, Property]:
        """Input properties that Azure is sent, by wire name."""
        parameters = set(self.path_parameters)
        return {name: property_ for name, property_ in self.inputs.items() if name not in parameters}

    def id_of(self, inputs: dict[str, object], subscription_id: str) -> str:
        """The Azure Resource Manager id that these inputs make.

        Raises:
            KeyError: a path parameter is missing.
        """
        values = {**inputs, "subscriptionId": subscription_id}
        return "/" + paths.PARAMETER.sub(lambda match: str(values[match[1]]).strip("/"), self.path).strip("/")

    def parameters_of(self, resource_id: str) -> dict[str, str]:
        """The path parameters that an id holds; empty when the id is of another type."""
        pattern = paths.PARAMETER.sub(lambda match: f"(?P<{match[1]}>.+)", "/" + self.path.strip("/"))
        match = re.fullmatch(pattern, resource_id, re.IGNORECASE)
        if match is None:
            return {}
        found = match.groupdict()
        found.pop("subscriptionId", None)
        # A parameter at the start of the id is a scope: an id itself, with its leading slash.
        return {name: f"/{value}" if "/" in value else value for name, value in found.items()}


@cache
def sdk_directory() -> Path:
    """Where the installed pulumi_azure_native package lies."""
    return Path(str(distribution("pulumi-azure-native").locate_file("pulumi_azure_native")))


@cache
def sdk_version() -> str:
    """Version of the installed pulumi_azure_native SDK, which is also the provider's."""
    return distribution("pulumi-azure-native").version


@cache
def resource_type(token: str) -> ResourceType:
    """The resource type of a Pulumi type token.

    Raises:
        UnknownResourceType: the SDK has no such resource, or its id is not in ``paths.py``.
    """
    match = _TOKEN.fullmatch(token)
    source = sdk_directory() / match[1] / f"{_snake(match[2])}.py" if match else None
    if match is None or source is None or not source.is_file():
        raise UnknownResourceType(f"Resource type {token} not found")
    path = paths.path_of(token)
    if path is None:
        raise UnknownResourceType(
            f"The sandbox does not know the Azure Resource Manager id of {token}: "
            "add its path to sandbox/azure/paths.py."
        )
    module, name = Module(match[1]), match[2]
    version = _API_VERSION.search(_source(source))
    auto_name, kind = paths.auto_name(path)
    return ResourceType(
        token=token,
        arm_type=paths.arm_type(path),
        path=path,
        api_version=version[1].decode() if version else "",
        inputs=_inputs(module, name, source),
        outputs=_outputs(module, name, source),
        auto_name=auto_name,
        auto_name_kind=kind,
    )


class Module:
    """One module of the SDK, such as ``network``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def type_of(self, annotation: str) -> Type:
        """The type that a Python annotation of the SDK stands for."""
        return self._type(_parsed(annotation))

    def _type(self, node: ast.expr) -> Type:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._named(node.value)
        if isinstance(node, ast.Attribute):
            return Type(_PRIMITIVES.get(node.attr, "any"))
        if not isinstance(node, ast.Subscript):
            return Type("any")
        outer = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if outer in ("Input", "Output", "Optional"):
            return self._type(arguments[0])
        if outer == "Sequence":
            return Type("array", items=self._type(arguments[0]))
        if outer == "Mapping":
            return Type("map", items=self._type(arguments[1]))
        if outer == "Union":
            return self._union([self._type(argument) for argument in arguments])
        return Type("any")

    @staticmethod
    def _union(members: list[Type]) -> Type:
        if {member.kind for member in members} == {"string"}:
            return Type("string", enum=tuple(value for member in members for value in member.enum))
        # Arguments come as a class or as the dict of the same shape.
        shapes = {member.shape.class_name for member in members if member.shape is not None}
        return members[0] if len(shapes) == 1 and members[0].shape is not None else Type("any")

    def _named(self, name: str) -> Type:
        if name.startswith("outputs."):
            return Type("object", shape=self._shape(name.removeprefix("outputs."), "outputs.py"))
        if name.endswith(("ArgsDict", "Args")):
            return Type("object", shape=self._shape(name.removesuffix("Dict"), "_inputs.py"))
        return Type("string", enum=self._enum(name))

    def _shape(self, class_name: str, file_name: str) -> Shape:
        return _shape(self.name, class_name, file_name)

    def _enum(self, class_name: str) -> tuple[str, ...]:
        # `Known...` lists examples of an open set: Microsoft-PrometheusMetrics is a stream that none names.
        if class_name.startswith("Known"):
            return ()
        text = _class_text(_file(self.name, "_enums.py"), class_name)
        return tuple(ast.literal_eval(value) for value in _ENUM_VALUE.findall(text))


@cache
def _parsed(annotation: str) -> ast.expr:
    return ast.parse(annotation, mode="eval").body


@cache
def _shape(module: str, class_name: str, file_name: str) -> Shape:
    return Shape(Module(module), class_name, _file(module, file_name))


@cache
def _file(module: str, file_name: str) -> Path:
    return sdk_directory() / module / file_name


@cache
def _source(source: Path) -> bytes:
    # As bytes: one module's outputs are megabytes, of which a resource needs a few classes.
    return source.read_bytes()


@cache
def _class_starts(source: Path) -> dict[str, int]:
    starts: dict[str, int] = {}
    for match in _CLASS.finditer(_source(source)):
        starts.setdefault(match[1].decode(), match.start() + 1)
    return starts


def _class_text(source: Path, class_name: str) -> str:
    start = _class_starts(source).get(class_name)
    if start is None:
        raise UnknownResourceType(f"{source} has no class {class_name}")
    content = _source(source)
    end = _CLASS_END.search(content, start)
    text = content[start : end.start() + 1 if end else len(content)].decode("utf-8")
    return text.replace("\r\n", "\n")


def _parameters(class_text: str) -> list[tuple[str, str, str]]:
    start = class_text.index("def __init__(__self__")
    end = re.compile(r"\):$", re.MULTILINE).search(class_text, start)
    return _PARAMETER.findall(class_text, start, end.end() if end else len(class_text))


def _inputs(module: Module, name: str, source: Path) -> dict[str, Property]:
    # The SDK calls the arguments XInitArgs where XArgs is also the name of a nested type.
    class_name = f"{name}InitArgs" if f"{name}InitArgs" in _class_starts(source) else f"{name}Args"
    return Shape(module, class_name, source).properties


def _outputs(module: Module, name: str, source: Path) -> dict[str, Property]:
    getters = _GETTER.findall(_class_text(source, name))
    return {
        wire or python: Property(module.type_of(annotation), "Optional" not in annotation)
        for wire, python, annotation in getters
    }


def _snake(name: str) -> str:
    # The rule by which the SDK names its files: a run of capitals is one word.
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
