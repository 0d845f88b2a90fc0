"""Writes ``limits.json`` by ``python -m sandbox.azure.limits_generator [DIRECTORY]``.

Reads the source of azure-mgmt-containerservice 40.1.0, azure-mgmt-network 28.1.0 and
azure-mgmt-containerregistry 14.0.0, the last versions whose models carry the limits of the REST API
specifications; later ones leave the checks to Azure. DIRECTORY is where they are installed, by default among
this Python's packages. Nothing of them is imported.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.azure.limits import LIMITS_FILE, path_key

PACKAGES = {
    "containerservice": "containerservice",
    "network": "network",
    "containerregistry": "containerregistry/v2025_04_01",
}
_LIMITS = ("minimum", "maximum", "min_length", "max_length", "pattern")


def installed_directory() -> Path | None:
    """Directory that holds the ``azure/mgmt`` packages in this Python, or None when one is missing."""
    if importlib.util.find_spec("azure") is None:
        return None
    mgmt = importlib.util.find_spec("azure.mgmt")
    for location in mgmt.submodule_search_locations or [] if mgmt else []:
        if all((Path(location) / package).is_dir() for package in PACKAGES.values()):
            return Path(location).parent.parent
    return None


def tables(directory: Path) -> dict[str, Any]:
    """All limits in the packages: of types by module, type and property; of parameters by path and name."""
    types: dict[str, dict[str, Any]] = {}
    parameters: dict[str, Any] = {}
    for module, package in PACKAGES.items():
        root = directory / "azure" / "mgmt" / package
        models = ast.parse((root / "models" / "_models_py3.py").read_text(encoding="utf-8"))
        types[module] = dict(sorted(_types(models)))
        for source in sorted((root / "operations").glob("_*operations.py")):
            parameters.update(_parameters(ast.parse(source.read_text(encoding="utf-8"))))
    return {"types": types, "parameters": dict(sorted(parameters.items()))}


def _types(models: ast.Module) -> Iterator[tuple[str, dict[str, Any]]]:
    for node in models.body:
        if not isinstance(node, ast.ClassDef):
            continue
        values = {
            target.id: ast.literal_eval(statement.value)
            for statement in node.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name) and target.id in ("_validation", "_attribute_map")
        }
        found = {}
        for attribute, checks in sorted(values.get("_validation", {}).items()):
            limits = {name: checks[name] for name in _LIMITS if name in checks}
            if limits and not checks.get("readonly"):
                found[values["_attribute_map"][attribute]["key"].split(".")[-1]] = limits
        if found:
            yield node.name, found


def _parameters(operations: ast.Module) -> Iterator[tuple[str, dict[str, Any]]]:
    for function in operations.body:
        if isinstance(function, ast.FunctionDef) and function.name.startswith("build_create"):
            path, found = "", {}
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                    constants = [
                        argument.value for argument in call.args if isinstance(argument, ast.Constant)
                    ]
                    if call.func.attr == "pop" and constants[:1] == ["template_url"]:
                        path = "".join(ast.literal_eval(argument) for argument in call.args[1:])
                    elif call.func.attr == "url":
                        limits = {
                            keyword.arg: ast.literal_eval(keyword.value)
                            for keyword in call.keywords
                            if keyword.arg in _LIMITS
                        }
                        if limits:
                            found[constants[0]] = limits
            found.pop("subscriptionId", None)
            found.pop("subscription_id", None)
            if path and found:
                yield path_key(path), {_camel(name): limits for name, limits in sorted(found.items())}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def text(directory: Path) -> str:
    """The content of ``limits.json`` for the packages in a directory."""
    return json.dumps(tables(directory), indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write the file next to this module."""
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else installed_directory()
    if directory is None:
        sys.exit("The azure-mgmt packages are not installed: pip install -r requirements-dev.txt")
    LIMITS_FILE.write_text(text(directory), encoding="utf-8")


if __name__ == "__main__":
    main()
