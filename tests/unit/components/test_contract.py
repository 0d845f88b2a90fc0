"""What every component keeps to, read from the source: a new one cannot forget it."""

import ast
import dataclasses
import gc
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pulumi
import pytest

import components
from components.context import Context
from components.ingress.kinds import INGRESS_KINDS
from components.nodepool.kinds import NODE_POOL_KINDS
from tools.program_charts import charts

SHARE_ARGS: Final = {*NODE_POOL_KINDS.values(), *INGRESS_KINDS.values()}
"""Kinds of one family take the arguments of the family."""

MAY_BE_IMPORTED: Final = {
    *sys.stdlib_module_names,
    "azure_facts",
    "components",
    "pulumi",
    "pulumi_azure_native",
    "pulumi_kubernetes",
    "pydantic",
    "settings",
    "yaml",
}
"""No Azure SDK and no HTTP client: a component talks to Pulumi alone."""

NOT_FROM_THE_STANDARD_LIBRARY: Final = {"http", "os", "socket", "subprocess", "time", "urllib"}


ROOT: Final = Path(components.__path__[0])
AREAS: Final = {folder.parent.name for folder in ROOT.glob("*/__init__.py")}


@cache
def modules() -> list[ModuleType]:
    found = pkgutil.walk_packages(components.__path__, "components.")
    return [importlib.import_module(module.name) for module in found]


def is_rules(module: ModuleType) -> bool:
    return "rules" in module.__name__.split(".")


@cache
def tree(module: ModuleType) -> ast.Module:
    source = inspect.getsource(module)
    # Where garbage of an earlier test logs as it is collected, Python takes that for an error of the parser.
    # https://github.com/python/cpython/issues/106905
    gc.disable()
    try:
        return ast.parse(source)
    finally:
        gc.enable()


def of_this(module: ModuleType, base: type) -> list[type]:
    """Classes that the module itself declares."""
    return [
        found
        for found in vars(module).values()
        if inspect.isclass(found) and issubclass(found, base) and found.__module__ == module.__name__
    ]


COMPONENTS: Final = [
    (module, component) for module in modules() for component in of_this(module, pulumi.ComponentResource)
]
EVERY_COMPONENT: Final = pytest.mark.parametrize(
    ("module", "component"), COMPONENTS, ids=[component.__name__ for _, component in COMPONENTS]
)
EVERY_MODULE: Final = pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)


def constructor(module: ModuleType, component: type) -> ast.FunctionDef:
    (declared,) = [
        node
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ClassDef) and node.name == component.__name__
    ]
    (init,) = [
        node for node in declared.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"
    ]
    return init


def is_call_of(node: ast.AST, target: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == target


def type_token(module: ModuleType, component: type) -> str:
    calls = [
        node for node in ast.walk(constructor(module, component)) if is_call_of(node, "super().__init__")
    ]
    assert len(calls) == 1
    (call,) = calls
    assert isinstance(call, ast.Call)
    token, *rest = call.args
    assert [ast.unparse(argument) for argument in rest] == ["name", "None", "opts"]
    assert call.keywords == []
    return ast.literal_eval(token)


def test_no_file_escapes_the_contract_by_lying_in_a_folder() -> None:
    files = {Path(str(module.__file__)) for module in modules()}
    assert files == {*ROOT.rglob("*.py")} - {ROOT / "__init__.py"}
    assert len(COMPONENTS) >= 14


def test_no_chart_escapes_the_list_by_lying_in_a_folder() -> None:
    releasing = [module for module in modules() if "helm" in " ".join(names_imported_by(module)).split(".")]
    listed = [str(chart) for chart in charts()]
    assert len(listed) == len(releasing)
    for module in releasing:
        assert [chart for chart in listed if module.CHART in chart and module.CHART_VERSION in chart]


def test_what_a_stack_may_say_and_what_is_refused_knows_nothing_of_pulumi() -> None:
    plain = [module for module in modules() if is_rules(module) or module.__name__.endswith(".settings")]
    assert len(plain) > len(AREAS)
    for module in plain:
        assert not [name for name in imported_by(module) if name.startswith("pulumi")], module.__name__


def test_between_areas_arrows_point_one_way() -> None:
    uses: dict[str, set[str]] = {area: set() for area in AREAS}
    for module in modules():
        area = module.__name__.split(".")[1]
        # A rule may compare what any area says.
        if area in AREAS and not is_rules(module):
            uses[area] |= {used for used in imports(module) if used in AREAS} - {area}
    assert {*TopologicalSorter(uses).static_order()} == AREAS, "a cycle would have raised"


def test_no_module_declares_two_components() -> None:
    owners = [module.__name__ for module, _ in COMPONENTS]
    assert len(set(owners)) == len(owners), "one component, one noun, one file"


@EVERY_COMPONENT
def test_a_type_token_names_package_module_and_class(module: ModuleType, component: type) -> None:
    assert re.fullmatch(rf"aks-platform:[a-z]+:{component.__name__}", type_token(module, component))


def test_no_two_components_share_a_type_token() -> None:
    tokens = [type_token(module, component) for module, component in COMPONENTS]
    assert len(set(tokens)) == len(tokens)


@EVERY_COMPONENT
def test_a_component_is_made_of_a_name_args_and_options(module: ModuleType, component: type) -> None:
    signature = inspect.signature(component)
    assert list(signature.parameters) == ["name", "args", "opts"]
    name, args, opts = signature.parameters.values()
    assert name.annotation is str
    assert opts.annotation == pulumi.ResourceOptions | None
    assert opts.default is None
    family: type = getattr(args.annotation, "__origin__", args.annotation)
    assert dataclasses.is_dataclass(family)
    if component not in SHARE_ARGS:
        assert family.__name__ == f"{component.__name__}Args"


@EVERY_COMPONENT
def test_the_callers_options_go_to_the_component_and_nowhere_else(
    module: ModuleType, component: type
) -> None:
    names = [node.id for node in ast.walk(constructor(module, component)) if isinstance(node, ast.Name)]
    assert names.count("opts") == 1, "a child would take over its aliases"


@EVERY_COMPONENT
def test_registering_the_outputs_is_the_last_thing_that_a_component_does(
    module: ModuleType, component: type
) -> None:
    *before, last = constructor(module, component).body
    assert isinstance(last, ast.Expr)
    assert is_call_of(last.value, "self.register_outputs")
    assert not any(is_call_of(node, "self.register_outputs") for part in before for node in ast.walk(part))


@EVERY_COMPONENT
def test_every_output_that_the_class_promises_is_registered(module: ModuleType, component: type) -> None:
    last = constructor(module, component).body[-1]
    assert isinstance(last, ast.Expr)
    assert isinstance(last.value, ast.Call)
    (registered,) = last.value.args
    promised = {
        name for name, kind in inspect.get_annotations(component).items() if "Output[" in str(kind)
    } - {"outputs"}
    if isinstance(registered, ast.Dict):
        assert {ast.literal_eval(key) for key in registered.keys if key} == promised
    else:
        assert ast.unparse(registered) == "dict(self.outputs)"


@EVERY_COMPONENT
def test_a_component_says_what_it_makes_and_follows_a_document(module: ModuleType, component: type) -> None:
    said = inspect.getdoc(component) or ""
    assert said
    if component.__name__ != "Platform":
        assert "https://learn.microsoft.com/azure/" in said


@EVERY_MODULE
def test_every_dataclass_is_frozen_and_takes_keywords_only(module: ModuleType) -> None:
    for declared in of_this(module, object):
        if dataclasses.is_dataclass(declared) and not declared.__name__.startswith("_"):
            parameters: Any = vars(declared)["__dataclass_params__"]
            assert parameters.frozen, declared
            assert all(field.kw_only for field in dataclasses.fields(declared)), declared


@EVERY_MODULE
def test_every_field_of_an_args_class_is_described(module: ModuleType) -> None:
    for declared in of_this(module, object):
        if dataclasses.is_dataclass(declared) and declared.__name__.endswith("Args"):
            said = inspect.getdoc(declared) or ""
            missing = [
                field.name
                for field in dataclasses.fields(declared)
                if field.type is not Context and f"    {field.name}: " not in said
            ]
            assert missing == [], f"{declared.__name__} does not describe {missing}"


@EVERY_MODULE
def test_a_component_talks_to_pulumi_alone(module: ModuleType) -> None:
    # It only sees whether something listens where Pulumi's Kubernetes provider is about to ask.
    connects = module.__name__ == "components.cluster.reachability"
    assert imported_by(module) <= MAY_BE_IMPORTED - (set() if connects else NOT_FROM_THE_STANDARD_LIBRARY)


def imported_by(module: ModuleType) -> set[str]:
    """The top-level packages."""
    return {name.partition(".")[0] for name in names_imported_by(module)}


def imports(module: ModuleType) -> set[str]:
    """The folders of `components` that it imports from."""
    return {name.split(".")[1] for name in names_imported_by(module) if name.startswith("components.")}


def names_imported_by(module: ModuleType) -> Iterator[str]:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            # `from components.network import security_rules` names a module last.
            yield from (f"{node.module}.{name.name}" for name in node.names)


@EVERY_MODULE
def test_only_settings_read_the_config(module: ModuleType) -> None:
    for node in ast.walk(tree(module)):
        assert not (isinstance(node, ast.Attribute) and ast.unparse(node) == "pulumi.Config")
        assert not (isinstance(node, ast.alias) and node.name == "Config")


@EVERY_MODULE
def test_nothing_is_made_awaited_or_registered_once_a_value_is_known(module: ModuleType) -> None:
    for call in calls_inside_applies(module):
        target = eval(ast.unparse(call.func), vars(module))
        home = sys.modules[target.__module__]
        assert home.__name__ == "builtins" or "pulumi" not in imported_by(home), (
            f"{ast.unparse(call)}: only what knows nothing of Pulumi can make nothing"
        )


def calls_inside_applies(module: ModuleType) -> Iterator[ast.Call]:
    """What is called once a value is known; calls of the value's own methods are left out."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".apply"):
            (then,) = node.args
            assert isinstance(then, ast.Lambda) or ast.unparse(then) == "str", (
                f"{ast.unparse(then)}: write a lambda that calls something pure"
            )
            values = {argument.arg for argument in then.args.args} if isinstance(then, ast.Lambda) else set()
            for call in ast.walk(then):
                if isinstance(call, ast.Call) and root_of(call.func) not in values:
                    yield call


def root_of(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def test_applies_were_found_to_look_at() -> None:
    found = {ast.unparse(call.func) for module in modules() for call in calls_inside_applies(module)}
    assert {"naming.role_assignment_name", "kubeconfig.render"} <= found
