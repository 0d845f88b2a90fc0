"""Writes ``resource_types.json``, or with ``--check`` fails where it is not current.

Shapes and Pulumi tokens come from the source of pulumi-azure-native, ids and limits from the source of
Azure's management packages, which ``resource_types_sources.toml`` lists. Nothing of either is imported.
The provider has all of this in a schema that does not come with the SDK. So the SDK is read the other way
round: argument classes give the inputs, output classes the rest.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.metadata import distribution, version
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from sandbox.azure.resource_types import FILE, PARAMETER

SDK: Final = "pulumi-azure-native"
SOURCES: Final = FILE.with_name("resource_types_sources.toml")

_LIMITS = ("minimum", "maximum", "min_length", "max_length", "pattern")
_PRIMITIVES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
# A line break as first character lets the search jump from line to line; `^` would look at each character.
_CLASS = re.compile(r"\nclass (\w+)[(:]")
_GETTER = re.compile(
    r'^    @pulumi\.getter(?:\(name="(\w+)"\))?\n    def (\w+)\(self\) -> (.+):$', re.MULTILINE
)
_OPTIONAL = re.compile(r"^                 (\w+): .+ = ", re.MULTILINE)
_ENUM_VALUE = re.compile(r'^    \w+ = (".*")$', re.MULTILINE)
_API_VERSION = re.compile(r"Uses Azure REST API version ([\w-]+)\.")
_FUNCTION = re.compile(r"^def build_(\w+)_request\(.*?(?=^(?:def|class) |\Z)", re.DOTALL | re.MULTILINE)
_METHOD = re.compile(r"_?(create_or_update|create_if_not_exist|create|put|update)(?=$|_)")


class Sdk:
    """One module of the SDK: its resources, and the shapes of what they contain."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.directory = Path(str(distribution(SDK).locate_file("pulumi_azure_native"))) / name
        self.shapes: dict[str, dict[str, Any]] = {}

    def resources(self) -> Iterator[tuple[str, str, str]]:
        """The name of each resource, and the text of its class and of that of its arguments."""
        for file in sorted(self.directory.glob("*.py")):
            classes = _classes(file)
            for name, text in classes.items():
                if text.startswith(f"\nclass {name}(pulumi.CustomResource):"):
                    # XArgs is XInitArgs where it is also the name of a nested type.
                    yield name, text, classes.get(f"{name}InitArgs") or classes[f"{name}Args"]

    def properties(self, inputs: str, outputs: str) -> dict[str, Any]:
        """Properties of an object, from the texts of two classes."""
        return self._merged(self._properties(inputs), self._properties(outputs))

    def _properties(self, text: str) -> dict[str, Any]:
        optional, found = {*_OPTIONAL.findall(text)}, {}
        for wire, python, annotation in _GETTER.findall(text):
            required = {} if python in optional else {"required": True}
            found[wire or python] = self._type(_parsed(annotation)) | required
        return found

    def _shape(self, name: str) -> dict[str, Any]:
        if name not in self.shapes:
            self.shapes[name] = {}  # Shapes nest; this one may be in itself.
            inputs = _classes(self.directory / "_inputs.py").get(f"{name}Args", "")
            outputs = _classes(self.directory / "outputs.py")
            answer = outputs.get(f"{name}Response") or outputs.get(name, "")
            self.shapes[name].update(self.properties(inputs, answer))
        return {"type": "object", "shape_name": f"{self.name}:{name}"}

    @staticmethod
    def _merged(inputs: dict[str, Any], outputs: dict[str, Any]) -> dict[str, Any]:
        merged = {}
        for name in sorted({*inputs, *outputs}):
            given, answered = inputs.get(name), dict(outputs.get(name, {}))
            answered.pop("required", None)
            if given is None:
                merged[name] = {**answered, "read_only": True}
            elif name not in outputs:
                merged[name] = {**given, "write_only": True}
            elif _bare(given) == _bare(answered):
                merged[name] = given
            else:
                # A set of names, say, goes in as a list and comes back as an object that tells of each.
                merged[name] = {**given, "answer": answered}
        return merged

    def _type(self, node: ast.expr) -> dict[str, Any]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._named(node.value)
        if isinstance(node, ast.Attribute):
            return {"type": _PRIMITIVES.get(node.attr, "any")}
        if not isinstance(node, ast.Subscript):
            return {"type": "any"}
        outer = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if outer in ("Input", "Output", "Optional"):
            return self._type(arguments[0])
        if outer in ("Sequence", "Mapping"):
            return {"type": "array" if outer == "Sequence" else "map", "items": self._type(arguments[-1])}
        members = [self._type(argument) for argument in arguments] if outer == "Union" else []
        if members and all(member["type"] == "string" for member in members):
            enum = [value for member in members for value in member.get("enum", [])]
            return {"type": "string"} | ({"enum": enum} if enum else {})
        # Arguments come as a class or as the dict of the same shape.
        return (
            members[0]
            if len({member.get("shape_name") for member in members} - {None}) == 1
            else {"type": "any"}
        )

    def _named(self, name: str) -> dict[str, Any]:
        if name.startswith("outputs."):
            return self._shape(name.removeprefix("outputs.").removesuffix("Response"))
        if name.endswith(("ArgsDict", "Args")):
            return self._shape(re.sub("Args(Dict)?$", "", name))
        # `Known...` lists examples of an open set: Microsoft-PrometheusMetrics is a stream that none names.
        if name.startswith("Known"):
            return {"type": "string"}
        values = _ENUM_VALUE.findall(_classes(self.directory / "_enums.py")[name])
        return {"type": "string", "enum": [ast.literal_eval(value) for value in values]}


class Management:
    """What Azure's management packages say about one module: ids, limits, and what only creation sets."""

    def __init__(self, folders: list[Path]) -> None:
        self.paths: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        self.limits: dict[str, dict[str, dict[str, Any]]] = {}
        self.create_only: dict[str, set[str]] = {}
        for folder in folders:
            for source in sorted(folder.glob("operations/_*operations.py")):
                for name, path, limits in _requests(source):
                    self.paths.setdefault(name, []).append((path, limits))
            for source in folder.glob("models/_models*.py"):
                for model in ast.parse(source.read_text(encoding="utf-8")).body:
                    if isinstance(model, ast.ClassDef):
                        self._read(model)

    def path(self, name: str, inputs: Collection[str]) -> tuple[str, dict[str, Any]] | None:
        """Id template of a resource, and limits of what stands in it; None where no path fits its inputs."""
        spelling = {each.lower(): each for each in (*inputs, "subscriptionId")}
        for path, limits in self.paths.get(name.lower(), []):
            if all(each.lower() in spelling for each in PARAMETER.findall(path)):
                return (
                    PARAMETER.sub(lambda match: f"{{{spelling[match[1].lower()]}}}", path),
                    {spelling[each.lower()]: found for each, found in limits.items()},
                )
        return None

    def _read(self, model: ast.ClassDef) -> None:
        values = {
            target.id: ast.literal_eval(statement.value)
            for statement in model.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name) and target.id in ("_validation", "_attribute_map")
        }
        for attribute, checks in values.get("_validation", {}).items():
            limits = {name: checks[name] for name in _LIMITS if name in checks}
            if limits and not checks.get("readonly"):
                name = values["_attribute_map"][attribute]["key"].split(".")[-1]
                self.limits.setdefault(model.name, {})[name] = limits
        bases = [base.id if isinstance(base, ast.Name) else getattr(base, "attr", "") for base in model.bases]
        fixed = self.create_only[model.name] = set().union(
            *(self.create_only.get(base, ()) for base in bases)
        )
        for statement in model.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.value, ast.Call):
                options = {each.arg: each.value for each in statement.value.keywords}
                if "visibility" in options and ast.literal_eval(options["visibility"]) == ["read", "create"]:
                    name = options.get("name", statement.target)
                    fixed.add(name.value if isinstance(name, ast.Constant) else name.id)  # type: ignore[union-attr]


def _requests(source: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for function in _FUNCTION.finditer(source.read_text(encoding="utf-8")):
        if 'method="PUT"' not in function[0]:
            continue
        # The resource is in the name of the file, or before the method in that of the function.
        group, _, rest = _METHOD.sub("|", function[1], count=1).partition("|")
        group = group or source.stem.removeprefix("_").removesuffix("_operations")
        path, limits = "", {}
        for node in ast.walk(ast.parse(function[0])):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("/"):
                path = node.value.strip("/").replace("/resourcegroups/", "/resourceGroups/")
            elif isinstance(node, ast.Dict):
                for key, call in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(call, ast.Call):
                        limits[key.value] = {
                            option.arg: ast.literal_eval(option.value)
                            for option in call.keywords
                            if option.arg in _LIMITS
                        }
        for name in _singulars(group.replace("_", "")):
            yield name + rest.replace("_", ""), path, limits


def _singulars(plural: str) -> Iterator[str]:
    yield plural
    for ending, singular in (("ies", "y"), ("es", ""), ("s", "")):
        if plural.endswith(ending):
            yield plural.removesuffix(ending) + singular


def generated() -> dict[str, Any]:
    """The content of the file."""
    types, shapes = {}, {}
    told = tomllib.loads(SOURCES.read_text(encoding="utf-8"))
    packages = Path(str(distribution("azure-mgmt-core").locate_file("azure/mgmt")))
    for module, folders in told["modules"].items():
        sdk, management = Sdk(module), Management([packages / folder for folder in folders.values()])
        for name, resource, arguments in sdk.resources():
            token = f"{module}:{name}"
            inputs = [wire or python for wire, python, _ in _GETTER.findall(arguments)]
            path, limits = management.path(name, inputs) or (told["ids"].get(token), {})
            if path is None:
                continue
            properties = sdk.properties(arguments, resource)
            _limit(properties, {**management.limits.get(name, {}), **limits})
            fixed = {*told["create_only"].get(token, ())}
            if module in told["location_is_fixed"]:
                fixed.add("location")
            api_version = _API_VERSION.search(resource)
            types[token] = {
                "id": path,
                "api_version": api_version[1] if api_version else "",
                "create_only": sorted(
                    {*_paths_of(fixed, properties, sdk.shapes)}
                    | management.create_only.get(name, set()) & {*inputs}
                ),
                "properties": properties,
            }
        for name, shape in sdk.shapes.items():
            _limit(shape, management.limits.get(name, {}))
            shapes[f"{module}:{name}"] = shape
    names = [SDK, *(name for folders in told["modules"].values() for name in folders)]
    return {"sources": {name: version(name) for name in names}, "types": types, "shapes": shapes}


def _limit(properties: dict[str, Any], limits: Mapping[str, dict[str, Any]]) -> None:
    for name in properties.keys() & limits.keys():
        properties[name].update(limits[name])


def _paths_of(names: set[str], properties: dict[str, Any], shapes: dict[str, Any]) -> Iterator[str]:
    # At the top and one level down, as the provider does.
    for outer, property_ in properties.items():
        if property_.get("read_only"):
            continue
        if outer in names:
            yield outer
        inner, of_items = property_.get("items", property_), "[]" if property_["type"] == "array" else ""
        if property_["type"] in ("object", "array") and "shape_name" in inner:
            for each, inner_property in shapes[inner["shape_name"].partition(":")[2]].items():
                if each in names and not inner_property.get("read_only"):
                    yield f"{outer}{of_items}.{each}"


def _bare(type_: dict[str, Any]) -> dict[str, Any]:
    # Outputs say nothing about required and allowed values.
    return {
        name: _bare(value) if name == "items" else value
        for name, value in type_.items()
        if name not in ("enum", "required")
    }


@cache
def _parsed(annotation: str) -> ast.expr:
    return ast.parse(annotation, mode="eval").body


@cache
def _classes(source: Path) -> dict[str, str]:
    # Each class with what follows it up to the next. Not by `ast`: one module's outputs are megabytes.
    text = source.read_text(encoding="utf-8") if source.exists() else ""
    starts = [(match[1], match.start()) for match in _CLASS.finditer(text)]
    bounds = pairwise([*starts, ("", len(text))])
    return {name: text[start:end] for (name, start), (_, end) in bounds}


def text() -> str:
    """The file, one line for each resource type and shape."""
    tables = (
        f'"{table}": {{\n'
        + ",\n".join(
            f"{json.dumps(name)}: {json.dumps(value, separators=(',', ':'), sort_keys=True)}"
            for name, value in sorted(rows.items())
        )
        + "\n}"
        for table, rows in generated().items()
    )
    return "{" + ",\n".join(tables) + "}\n"


def main() -> None:
    """Write the file next to this module, or with ``--check`` say whether it is current."""
    if sys.argv[1:] != ["--check"]:
        FILE.write_text(text(), encoding="utf-8")
    elif FILE.read_text(encoding="utf-8") != text():
        sys.exit(f"{FILE.name} is not what the pinned packages say: run python -m {__spec__.name}")


if __name__ == "__main__":
    main()
