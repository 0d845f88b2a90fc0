"""What docs/network.md says of a change to a running network is what happens.

The changes are in network_changes.yaml. A platform is built once for all of them, and each change starts from
what those before it have left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.engine.platform_project import PlatformProject

pytestmark = [pytest.mark.engine, pytest.mark.scenario]

Change = dict[str, Any]
FILE: Final = Path(__file__).with_name("network_changes.yaml")
KNOWN: Final = yaml.safe_load(FILE.read_text(encoding="utf-8"))
_LEAST: Final = {
    "azure-native:location": "westeurope",
    "access": {"adminGroupObjectIDs": ["00000000-0000-0000-0000-000000000000"]},
    "ingress": {"kind": "none"},
    "monitoring": {"enabled": False, "controlPlaneLogs": {"enabled": False}},
}


def _overlaid(settings: Any, change: Any) -> Any:
    """The settings with those of a change laid over them."""
    if not isinstance(change, Mapping):
        return change
    was = settings if isinstance(settings, Mapping) else {}
    both = {**was, **{key: _overlaid(was.get(key), value) for key, value in change.items()}}
    return {key: value for key, value in both.items() if value is not None}


def _parts(tree: Any) -> set[tuple[str, ...]]:
    """The paths to all values of a tree."""
    if not isinstance(tree, Mapping):
        return {()}
    return {(key, *path) for key, value in tree.items() for path in _parts(value)}


def _meet(one: Change, other: Change) -> bool:
    """Whether one update cannot tell two changes apart, because a setting or a shown property is of both."""
    paths = [(a, b) for a in _parts(one["settings"]) for b in _parts(other["settings"])]
    shown = one.get("shows", {}), other.get("shows", {})
    said = [
        ({*shown[0][name].split()}, {*shown[1][name].split()}) for name in shown[0].keys() & shown[1].keys()
    ]
    return any(a[: len(b)] == b[: len(a)] for a, b in paths) or any(
        a & b or (a | b) & {"create", "delete", "replace"} for a, b in said
    )


def _together(key: str) -> Iterator[Any]:
    """All changes that `key` proves, as many in one update as can be told apart, in their order."""
    for platform in KNOWN["platforms"]:
        updates: list[list[Change]] = []
        for change in KNOWN["changes"]:
            if change["platform"] == platform and key in change:
                after = [
                    at for at, update in enumerate(updates) if any(_meet(change, other) for other in update)
                ]
                at = max(after, default=-1) + 1
                updates[at : at + 1] = [[*(updates[at] if at < len(updates) else []), change]]
        for number, update in enumerate(updates, start=1):
            yield pytest.param(
                platform, update, id=f"{platform} {number}", marks=pytest.mark.xdist_group(platform)
            )


class RunningPlatform:
    """A platform that was built from its settings, and what became of them."""

    def __init__(self, name: str, directory: Path) -> None:
        known = KNOWN["platforms"][name]
        self.name, self.project = name, PlatformProject(directory)
        self.settings = _overlaid(_LEAST, known["settings"])
        self.project.given(known.get("given", {}))
        self.made(self.settings)
        exported = self.project.engine.export(name)["deployment"]["resources"]
        self.protected = {
            self._short(each["urn"].rpartition("::")[2]) for each in exported if each.get("protect")
        }

    def write(self, settings: Mapping[str, Any]) -> None:
        config = {key if ":" in key else f"aks-platform:{key}": value for key, value in settings.items()}
        file = self.project.directory / f"Pulumi.{self.name}.yaml"
        file.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")

    def made(self, settings: Mapping[str, Any]) -> None:
        self.write(settings)
        self.settings = settings
        built = self.project.up(self.name)
        assert built.succeeded, built.output

    def shown(self) -> dict[str, str]:
        """What a preview says of resources, without what may differ after a refresh."""
        noise = self.project.noise(self.name)
        found = {
            self._short(name): " ".join(word for word in what.split() if word != noise.get(name))
            for name, what in self.project.differences(self.name).items()
        }
        return {name: what for name, what in found.items() if what}

    def cluster(self) -> Any:
        (cluster,) = self.project.in_azure("managedClusters").values()
        return cluster

    def _short(self, name: str) -> str:
        return name.replace(f"-platform-{self.name}", "").replace(f"platform{self.name}", "")


@pytest.fixture(scope="module")
def platform_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], RunningPlatform]]:
    """The platforms, each built when the first test asks for it."""
    running: dict[str, RunningPlatform] = {}

    def of(name: str) -> RunningPlatform:
        if name not in running:
            running[name] = RunningPlatform(name, tmp_path_factory.mktemp(name))
        return running[name]

    yield of
    for each in running.values():
        each.project.engine.clean()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(change, id=change["change"], marks=pytest.mark.xdist_group(change["platform"]))
        for change in KNOWN["changes"]
        if "says" in change
    ],
)
def test_what_azure_does_not_change_is_refused(
    platform_of: Callable[[str], RunningPlatform], change: Change
) -> None:
    platform = platform_of(change["platform"])
    platform.write(_overlaid(platform.settings, change["settings"]))
    preview = platform.project.engine.preview(platform.name, capture=True)
    assert not preview.succeeded
    assert change["says"] in preview.output


@pytest.mark.parametrize(("name", "changes"), _together("shows"))
def test_what_changes_in_place_does(
    platform_of: Callable[[str], RunningPlatform], name: str, changes: list[Change]
) -> None:
    platform, expected = platform_of(name), {}
    if platform.settings.get("protect") is not False:
        platform.made({**platform.settings, "protect": False})
    settings = platform.settings
    for change in changes:
        settings = _overlaid(settings, change["settings"])
        for resource, what in change["shows"].items():
            expected[resource] = " ".join(sorted({*expected.get(resource, "").split(), *what.split()}))

    cluster = platform.cluster()
    platform.write(settings)
    assert platform.shown() == expected
    for change in changes:
        goes = {resource for resource, what in change["shows"].items() if what in {"delete", "replace"}}
        assert bool(goes & platform.protected) is change.get("protected", False), change["change"]
    platform.made(settings)
    platform.project.previews_no_change(name)
    assert platform.cluster().created_at == cluster.created_at, "the cluster is the same"


@pytest.mark.parametrize(("name", "changes"), _together("az"))
def test_what_a_procedure_changes_does_not_replace_the_cluster(
    platform_of: Callable[[str], RunningPlatform], name: str, changes: list[Change]
) -> None:
    platform = platform_of(name)
    settings, before = {**platform.settings, "protect": False}, platform.cluster()
    profile = before.properties["networkProfile"]
    for change in changes:
        settings, profile = _overlaid(settings, change["settings"]), _overlaid(profile, change["az"])
    platform.write(settings)
    assert platform.shown()["aks"] == "replace", "this is what the procedure avoids"
    network = platform.project.engine.up(name, "--skip-preview", "--target", "**network**", capture=True)
    assert network.succeeded, network.output
    platform.project.change_in_azure("managedClusters", networkProfile=profile)
    platform.project.refresh(name)

    assert platform.shown().get("aks") != "replace"
    platform.made(settings)
    platform.project.previews_no_change(name)
    assert platform.cluster().created_at == before.created_at, "the cluster is the same"
