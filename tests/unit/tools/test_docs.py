from __future__ import annotations

from pathlib import Path

import pytest

from tools import docs


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only generated file of a checkout; it should say `new`."""
    page = tmp_path / "page.md"
    monkeypatch.setattr(docs, "CHECKOUT", tmp_path)
    monkeypatch.setattr(docs, "files", lambda: {page: "new\n"})
    return page


def test_every_generated_file_of_this_checkout_is_current() -> None:
    assert docs.outdated() == []


def test_the_generated_files_are_these() -> None:
    names = sorted(str(path.relative_to(docs.CHECKOUT)) for path in docs.files())
    assert names == [
        "README.md",
        "azure_facts/arm_types.json",
        "docs/configuration.md",
        "docs/images/plan-firewall.svg",
        "docs/images/plan-pod-subnet.svg",
        "docs/images/plan-wide-network.svg",
        "docs/network.md",
        "docs/sandbox.md",
        "settings/stack.schema.json",
    ]


@pytest.mark.parametrize("content", [None, "old\n"])
def test_a_missing_or_old_file_fails_the_check_and_stays(
    page: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        page.write_text(content)
    assert docs.main(["--check"]) == 1
    assert capsys.readouterr().err == "page.md is out of date: run `make docs`.\n"
    assert (page.read_text() if page.exists() else None) == content


def test_writing_makes_a_file_current(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert docs.main([]) == 0
    assert page.read_text() == "new\n"
    assert capsys.readouterr().out == "Wrote page.md.\n"
    assert docs.main(["--check"]) == 0


def test_a_generated_part_takes_the_place_of_what_is_between_its_marks(page: Path) -> None:
    start, end = "<!-- rules: written by `make docs` -->", "<!-- end of the rules -->"
    page.write_text(f"before {start} old {end} after")
    assert docs.with_parts(page, rules="new") == {page: f"before {start}\n\nnew\n\n{end} after"}
    page.write_text(f"before {start} old")
    with pytest.raises(ValueError, match=r"page\.md needs the marks"):
        docs.with_parts(page, rules="new")
