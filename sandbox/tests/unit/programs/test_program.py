from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from sandbox.programs.console import SetupError, duration
from sandbox.programs.program import Download, Program, machine
from sandbox.tests.unit.programs.conftest import FileServer, write_script

SCRIPT = b"#!/bin/sh\necho this is the program\n"
PROGRAM = Program(
    title="example program",
    command="program",
    version="1.2.3",
    modules="modules",
    package="example.invalid/program",
    go="1.26",
    duration="a while",
    symbols={"example.invalid/v.Version": "v1.2.3", "example.invalid/v.Major": "1"},
    compiler="example.invalid/big/...=-N -l",
    remedy="Do without it",
)


def _download(server: FileServer, name: str, content: bytes, directory: str | None = None) -> Download:
    server.files[name] = content
    return Download(
        url=f"{server.url}/{name}", sha256=hashlib.sha256(content).hexdigest(), directory=directory
    )


def test_a_download_that_is_the_program_itself_can_be_run(
    server: FileServer, cache: Path, tmp_path: Path
) -> None:
    made = PROGRAM.ensure(tmp_path, _download(server, "raw", SCRIPT))
    assert made == cache / "program-v1.2.3" / "program"
    assert subprocess.check_output([made]) == b"this is the program\n"
    assert sorted(path.name for path in cache.iterdir()) == ["lock", "program-v1.2.3"]


def test_a_program_in_an_archive_is_unpacked_from_its_directory(
    server: FileServer, cache: Path, tmp_path: Path
) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entry = tarfile.TarInfo("linux-amd64/program")
        entry.size, entry.mode = len(SCRIPT), 0o755
        archive.addfile(entry, io.BytesIO(SCRIPT))
    made = PROGRAM.ensure(tmp_path, _download(server, "packed.tar.gz", packed.getvalue(), "linux-amd64"))
    assert subprocess.check_output([made]) == b"this is the program\n"
    assert sorted(path.name for path in cache.iterdir()) == ["lock", "program-v1.2.3"]


def test_what_is_made_is_not_made_again(server: FileServer, cache: Path, tmp_path: Path) -> None:
    official = _download(server, "raw", SCRIPT)
    PROGRAM.ensure(tmp_path, official)
    PROGRAM.ensure(tmp_path, official)
    assert server.ranges == [None]


def test_without_a_known_download_it_is_built_with_its_symbols(
    bin_directory: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sandbox" / "programs" / "modules").mkdir(parents=True)
    write_script(
        bin_directory / "go",
        f"""[ "$1" = env ] && {{ echo go1.26.0; exit 0; }}
echo "$PWD $*" > {tmp_path}/called
while [ "$1" != -o ]; do shift; done
echo built > "$2"
""",
    )
    made = PROGRAM.ensure(tmp_path, None)
    assert made.read_text() == "built\n"
    called = (tmp_path / "called").read_text()
    assert called.startswith(f"{tmp_path}/sandbox/programs/modules build ")
    assert "-ldflags -s -w -X example.invalid/v.Version=v1.2.3 -X example.invalid/v.Major=1 " in called
    assert called.endswith(" example.invalid/program\n")
    assert "-gcflags=example.invalid/big/...=-N -l " in called
    assert f"there is none for {'-'.join(machine())}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("go", "problem"),
    [
        (None, "building it needs Go"),
        ("echo go1.20.14", r"go \(go1\.20\.14\) is too old to build the example program"),
    ],
)
def test_without_a_recent_go_one_sentence_tells_the_remedies(
    bin_directory: Path,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    go: str | None,
    problem: str,
) -> None:
    if go is None:
        monkeypatch.setattr("shutil.which", lambda name: None)
    else:
        write_script(bin_directory / "go", go)
    with pytest.raises(SetupError, match=rf"{problem}\. Do without it, or install Go 1\.26"):
        PROGRAM.ensure(tmp_path, None)


@pytest.mark.parametrize(
    ("system", "processor", "expected"),
    [
        ("Linux", "x86_64", ("linux", "amd64")),
        ("Linux", "aarch64", ("linux", "arm64")),
        ("Darwin", "arm64", ("darwin", "arm64")),
        ("Linux", "riscv64", ("linux", "riscv64")),
    ],
)
def test_computers_are_named_as_go_names_them(
    monkeypatch: pytest.MonkeyPatch, system: str, processor: str, expected: tuple[str, str]
) -> None:
    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setattr("platform.machine", lambda: processor)
    assert machine() == expected


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (246, "4 min 6 s")]
)
def test_a_duration_is_given_in_minutes_and_seconds(seconds: float, told: str) -> None:
    assert duration(seconds) == told
