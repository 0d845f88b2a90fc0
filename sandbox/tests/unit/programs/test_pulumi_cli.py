from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.programs import pulumi_cli
from sandbox.programs.console import SetupError
from sandbox.programs.pulumi_cli import URL_VARIABLE, VERSION, ensure, find_cli
from sandbox.tests.unit.programs.conftest import FileServer, write_script

CHECKOUT = Path(__file__).resolve().parents[4]
BUNDLE = f"pulumi-v{VERSION}-linux-x64.tar.gz"
FAKE_GO = """
[ "$1" = env ] && {{ echo go1.25.11; exit 0; }}
echo "$PWD $*" >> "{log}"
while [ "$1" != -o ]; do shift; done
{body}
"""

pytestmark = pytest.mark.usefixtures("bin_directory", "cache")


def _bundle(names: list[str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name in names:
            entry = tarfile.TarInfo(f"pulumi/{name}")
            content = f"#!/bin/sh\necho v{VERSION}\n".encode()
            entry.size, entry.mode = len(content), 0o755
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture(autouse=True)
def mirror(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> FileServer:
    """Where the official bundle is looked for, which does not have it."""
    monkeypatch.setenv(URL_VARIABLE, f"{server.url}/")
    return server


@pytest.fixture
def official(mirror: FileServer, monkeypatch: pytest.MonkeyPatch) -> FileServer:
    """A mirror with the official bundle for this computer, which is taken to run Linux on x86-64."""
    content = _bundle(["pulumi", "pulumi-language-python"])
    mirror.files[BUNDLE] = content
    checksums = {"linux-amd64": hashlib.sha256(content).hexdigest()}
    monkeypatch.setattr(pulumi_cli, "PROGRAM", replace(pulumi_cli.PROGRAM, sha256=checksums))
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    return mirror


@pytest.fixture
def fake_go(bin_directory: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Puts a Go on PATH that logs how it is called and then runs a script with the target's path as `$2`."""

    def put(body: str) -> Path:
        log = tmp_path / "go.log"
        write_script(bin_directory / "go", FAKE_GO.format(log=log, body=body))
        return log

    return put


@pytest.mark.parametrize(
    ("script", "taken"),
    [
        ("#!/bin/sh\necho v3.251.1", True),
        *((f"#!/bin/sh\necho {said}", False) for said in ("v3.249.9", "v4.0.0", "what?", "")),
        ("#!/no/such/shell", False),
    ],
)
def test_the_cli_on_path_is_taken_where_it_runs_and_is_as_recent_as_ours(
    bin_directory: Path, script: str, taken: bool
) -> None:
    cli = bin_directory / "pulumi"
    cli.write_text(f"{script}\n", encoding="utf-8")
    cli.chmod(0o755)
    assert find_cli() == (cli if taken else None)


def test_a_cli_on_path_is_asked_once_until_it_changes_and_with_a_home_apart_from_the_users(
    bin_directory: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_HOME", "/home/of/the/user")
    cli = bin_directory / "pulumi"
    write_script(cli, f'echo "$PULUMI_HOME" >> {bin_directory}/asked; echo v{VERSION}')
    assert [find_cli(), find_cli()] == [cli, cli]
    assert (bin_directory / "asked").read_text() == f"{cache}/home\n"

    write_script(cli, "echo v3.0.0; echo it is an old one")
    assert find_cli() is None


def test_our_cli_is_found_once_it_is_made(cache: Path) -> None:
    assert find_cli() is None
    ours = cache / f"pulumi-v{VERSION}" / "pulumi"
    ours.parent.mkdir(parents=True)
    ours.touch()
    assert find_cli() == ours


def test_every_platform_of_ours_has_a_pinned_checksum() -> None:
    pinned = pulumi_cli.PROGRAM.sha256
    assert pinned is not None
    assert sorted(pinned) == ["darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64"]
    assert {len(bytes.fromhex(sha256)) for sha256 in pinned.values()} == {32}


def test_the_official_bundle_is_unpacked_with_its_language_host(
    official: FileServer, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli = ensure(CHECKOUT)
    assert cli == cache / f"pulumi-v{VERSION}" / "pulumi"
    assert subprocess.check_output([cli], text=True) == f"v{VERSION}\n"
    assert sorted(path.name for path in cli.parent.iterdir()) == ["pulumi", "pulumi-language-python"]
    assert sorted(path.name for path in cache.iterdir()) == ["lock", f"pulumi-v{VERSION}"]
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"Downloading the Pulumi CLI v{VERSION} for linux-amd64 (once)\n")


def test_a_bundle_with_another_checksum_is_not_unpacked_and_the_cli_is_built(
    official: FileServer, fake_go: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    official.files[BUNDLE] = _bundle(["pulumi", "malware"])
    fake_go('echo built > "$2"')
    cli = ensure(CHECKOUT)
    assert cli.read_text() == "built\n"
    assert [path.name for path in cli.parent.iterdir()] == ["pulumi"]
    said = capsys.readouterr().err
    assert "not the pinned sha256:" in said
    assert "once, about 5 minutes on 2 processors" in said


def test_without_an_official_bundle_the_pinned_modules_are_built_with_the_version(
    official: FileServer,
    fake_go: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    log = fake_go('echo built > "$2"')
    assert ensure(CHECKOUT).read_text() == "built\n"
    assert "there is none for linux-riscv64" in capsys.readouterr().err
    assert official.ranges == []
    called = log.read_text()
    assert called.startswith(f"{CHECKOUT}/sandbox/programs/pulumi-cli build ")
    assert f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION} " in called
    assert " -mod=readonly " in called
    assert called.endswith(" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi\n")


def test_the_pinned_modules_are_those_of_the_version() -> None:
    pinned = (CHECKOUT / "sandbox" / "programs" / "pulumi-cli" / "go.mod").read_text()
    assert f"github.com/pulumi/pulumi/pkg/v3 v{VERSION}" in pinned
    assert f"github.com/pulumi/pulumi/sdk/v3 v{VERSION}" in pinned


def test_a_build_that_fails_leaves_no_cli_and_tells_what_go_said(
    cache: Path, fake_go: Callable[[str], Path]
) -> None:
    fake_go('echo half > "$2"; echo "no space left on device" >&2; exit 1')
    with pytest.raises(SetupError, match="no space left on device"):
        ensure(CHECKOUT)
    assert [path.name for path in cache.iterdir()] == ["lock"]
    assert find_cli() is None


def test_a_build_that_is_killed_leaves_no_cli_and_the_next_set_up_makes_it(
    cache: Path, fake_go: Callable[[str], Path], tmp_path: Path
) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    fake_go(f'echo half > "$2"; echo > {started}; exec sleep 600')
    with _ensure_elsewhere() as setting_up:
        started.read_text()
        os.killpg(setting_up.pid, signal.SIGKILL)
    assert find_cli() is None

    fake_go('echo built > "$2"')
    assert ensure(CHECKOUT).read_text() == "built\n"
    assert sorted(path.name for path in cache.iterdir()) == ["lock", f"pulumi-v{VERSION}"]


def test_set_ups_that_run_at_once_build_once(fake_go: Callable[[str], Path], tmp_path: Path) -> None:
    started, go_on = tmp_path / "started", tmp_path / "go-on"
    os.mkfifo(started)
    os.mkfifo(go_on)
    log = fake_go(f'echo > {started}; cat {go_on}; echo built > "$2"')
    with _ensure_elsewhere() as first:
        started.read_text()
        with _ensure_elsewhere() as second:
            assert second.stderr is not None
            assert second.stderr.readline() == "Another set-up is running; waiting for it to end.\n"
            go_on.write_text("go on")
    assert [first.returncode, second.returncode] == [0, 0]
    assert len(log.read_text().splitlines()) == 1


def _ensure_elsewhere() -> subprocess.Popen[str]:
    """`ensure` in its own process, which leads a process group."""
    program = (
        "import pathlib, sys; from sandbox.programs import pulumi_cli; "
        "pulumi_cli.ensure(pathlib.Path(sys.argv[1]))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program, str(CHECKOUT)],
        cwd=CHECKOUT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
