"""An upgrade from an earlier release replaces or deletes only what the changelog announces."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.engine.platform_project import CHECKOUT, Change, PlatformProject
from tests.upgrade.restoring import restore

CHANGELOG = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
KEPT = sorted(Path(__file__).parent.glob("*/*.json"))

_BREAKING = re.compile(r"^### Breaking\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^- (Replaces|Deletes) `([^`]+)`: \S", re.MULTILINE)
_OPS = {
    "Replaces": {"replace", "create-replacement", "delete-replaced"},
    "Deletes": {"delete"},
}


def unannounced(changes: set[Change], changelog: str, *, release: str, stack: str) -> list[str]:
    """The replacements and deletions among *changes* that no release after *release* announces.

    A line under "Breaking" announces one: "- Replaces `X`: why" or "- Deletes `X`: why". X is a Pulumi type,
    or a resource's name with `<stack>` for the stack's.
    """
    since = changelog.partition(f"\n## [{release}]")[0]
    lines = [line for section in _BREAKING.findall(since) for line in _LINE.findall(section)]
    announced = {(verb, what.replace("<stack>", stack)) for verb, what in lines}
    return sorted(
        f"{verb} `{change.type}` {change.name}"
        for verb, ops in _OPS.items()
        for change in {Change(verb, each.name, each.type) for each in changes if each.op in ops}
        if not {(verb, change.type), (verb, change.name)} & announced
    )


@pytest.mark.engine
@pytest.mark.scenario
@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: f"{kept.parent.name}-{kept.stem}")
def test_a_deployed_stack_loses_nothing_that_the_changelog_does_not_announce(
    kept: Path, tmp_path: Path
) -> None:
    stack = kept.stem
    project = PlatformProject(tmp_path)
    shutil.copy(kept.with_name(f"Pulumi.{stack}.yaml"), project.directory)
    try:
        restore(project, stack, kept)
        changes = project.planned(stack)
    finally:
        project.engine.clean()
    assert unannounced(changes, CHANGELOG, release=kept.parent.name, stack=stack) == []


def test_every_stack_of_a_kept_release_is_kept_whole() -> None:
    assert KEPT
    for release in {kept.parent for kept in KEPT}:
        assert {path.name for path in release.iterdir()} == {
            name for stack in ("dev", "staging", "prod") for name in (f"{stack}.json", f"Pulumi.{stack}.yaml")
        }


POOL = "azure-native:containerservice:AgentPool"
REPLACED = {
    Change("replace", "np-platform-dev-t4", POOL),
    Change("delete-replaced", "np-platform-dev-t4", POOL),
}
DELETED = {Change("delete", "np-platform-dev-t4", POOL)}


@pytest.mark.parametrize(
    ("changes", "line", "left"),
    [
        (REPLACED, "None.", [f"Replaces `{POOL}` np-platform-dev-t4"]),
        (REPLACED, f"- Replaces `{POOL}`: a new name.", []),
        (REPLACED, "- Replaces `np-platform-<stack>-t4`: a new name.", []),
        (REPLACED, f"- Replaces `{POOL}`:", [f"Replaces `{POOL}` np-platform-dev-t4"]),
        (REPLACED, f"- Deletes `{POOL}`: gone.", [f"Replaces `{POOL}` np-platform-dev-t4"]),
        (DELETED, f"- Replaces `{POOL}`: a new name.", [f"Deletes `{POOL}` np-platform-dev-t4"]),
        (DELETED, f"- Deletes `{POOL}`: gone.", []),
        ({Change("update", "np-platform-dev-t4", POOL), Change("create", "new", POOL)}, "None.", []),
    ],
)
def test_a_line_under_breaking_announces_one_kind_of_change(
    changes: set[Change], line: str, left: list[str]
) -> None:
    changelog = f"# Changelog\n\n## [Unreleased]\n\n### Breaking\n\n{line}\n\n### Added\n\n- `{POOL}`.\n"
    assert unannounced(changes, changelog, release="0.1.0", stack="dev") == left


@pytest.mark.parametrize(("heading", "counts"), [("### Breaking", True), ("### Changed", False)])
@pytest.mark.parametrize(("release", "since"), [("0.1.0", True), ("0.2.0", False)])
def test_only_what_is_breaking_in_a_later_release_counts(
    heading: str, counts: bool, release: str, since: bool
) -> None:
    changelog = (
        f"# Changelog\n\n## [Unreleased]\n\n### Breaking\n\nNone.\n\n## [0.2.0] - 2027-01-01\n\n{heading}\n\n"
        f"- Deletes `{POOL}`: gone.\n\n## [0.1.0] - 2026-12-01\n"
    )
    assert (unannounced(DELETED, changelog, release=release, stack="dev") == []) is (counts and since)
