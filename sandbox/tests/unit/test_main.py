from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import sandbox.__main__ as command_line
from sandbox.clusters.charts import pulling
from sandbox.clusters.charts.archives import Remote
from sandbox.engine.cli import Run
from sandbox.engine.engine_error import EngineError


class RecordingEngine:
    """Stands in for the engine, and keeps what it is asked for."""

    calls: list[tuple[Any, ...]]

    def __init__(self, root: Path, project_dir: Path, *, signed_in: bool = True) -> None:
        self.calls.append(("engine", root, project_dir, *([] if signed_in else ["signed out"])))

    def preview(self, stack: str, *arguments: str) -> Run:
        """Show what would happen."""
        self.calls.append(("preview", stack, *arguments))
        return Run(exit_code=7)

    def up(self, stack: str, *arguments: str) -> Run:
        """Do it."""
        raise EngineError("There is no stack 'nope'.")

    def refresh(self, stack: str, *arguments: str) -> Run:
        """Look."""
        raise KeyboardInterrupt

    def destroy(self, stack: str, *arguments: str) -> Run:
        """Undo it."""
        return Run(exit_code=0)

    def outputs(self, stack: str, *, show_secrets: bool) -> dict[str, str]:
        """What it says."""
        return {"stack": stack, "password": "hush" if show_secrets else "[secret]"}

    def pulumi(self, arguments: list[str], *, stack: str | None) -> Run:
        self.calls.append(("pulumi", stack, *arguments))
        return Run(exit_code=0)

    @contextmanager
    def beside(self, stack: str | None = None) -> Iterator[RecordingEngine]:
        self.calls.append(("beside", stack))
        yield self

    def run(self, arguments: list[str]) -> Run:
        self.calls.append(("run", *arguments))
        return Run(exit_code=3)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the engine is asked for, after its making."""
    RecordingEngine.calls = []
    monkeypatch.setattr(command_line.binaries, "ensure", lambda command: None)
    monkeypatch.setattr(command_line, "Engine", RecordingEngine)
    return RecordingEngine.calls


def test_a_command_runs_for_the_dev_stack_of_this_directory(calls: list[tuple[Any, ...]]) -> None:
    assert command_line.main(["preview"]) == 7
    assert calls == [("engine", Path(".sandbox"), Path()), ("preview", "dev")]


def test_what_follows_two_hyphens_goes_to_pulumi(calls: list[tuple[Any, ...]]) -> None:
    command_line.main(["preview", "--stack", "prod", "--", "--diff", "--", "--target"])
    assert calls[1:] == [("preview", "prod", "--diff", "--", "--target")]


def test_any_pulumi_command_is_passed_on(calls: list[tuple[Any, ...]]) -> None:
    assert command_line.main(["pulumi", "--stack", "dev", "--", "stack", "ls"]) == 0
    assert calls[1:] == [("pulumi", "dev", "stack", "ls")]


def test_any_program_runs_beside_pulumi(calls: list[tuple[Any, ...]]) -> None:
    assert command_line.main(["run", "--stack", "prod", "--", "python", "-m", "tool"]) == 3
    assert calls[1:] == [("beside", "prod"), ("run", "python", "-m", "tool")]


def test_a_program_to_run_has_to_be_named(
    calls: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["run"]) == 1
    assert capsys.readouterr().err == "error: Write the program to run after `--`.\n"


@pytest.mark.parametrize("arguments", [["preview", "--diff"], ["outputs", "--", "--diff"], ["what"], []])
def test_what_is_not_understood_is_refused_and_runs_nothing(
    calls: list[tuple[Any, ...]], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        command_line.main(arguments)
    assert refused.value.code == 2
    assert calls == []


def test_each_chart_is_pulled_in_its_exact_version(monkeypatch: pytest.MonkeyPatch) -> None:
    pulled: list[tuple[Remote, str]] = []
    monkeypatch.setattr(pulling, "pull", lambda *asked: pulled.append(asked))
    assert (
        command_line.main(["charts", "oci://registry.example:5000/web:1.2.3", "oci://other/api:2.0.0"]) == 0
    )
    assert pulled == [
        (Remote("oci://registry.example:5000/web"), "1.2.3"),
        (Remote("oci://other/api"), "2.0.0"),
    ]


def test_an_error_of_the_engine_is_one_line(
    calls: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["up"]) == 1
    assert capsys.readouterr().err == "error: There is no stack 'nope'.\n"


class Cluster:
    """A control plane that runs, or does not."""

    def __init__(self, name: str, kubeconfig: Path | None) -> None:
        self.cluster_id = f"/subscriptions/0/managedClusters/{name}"
        self.kubeconfig = kubeconfig

    def running(self) -> Cluster | None:
        return self if self.kubeconfig else None


LOOK_INTO_IT = """\
Kubernetes of aks-here runs until it is destroyed. Look into it with `make kubectl`, or:
  kubectl --kubeconfig '/a sandbox/kubeconfig' get nodes,pods,ingress -A
"""


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("up", LOOK_INTO_IT),
        ("destroy", ""),
    ],
)
def test_up_ends_with_the_kubeconfig_of_what_runs(
    calls: list[tuple[Any, ...]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    told: str,
) -> None:
    monkeypatch.setattr(RecordingEngine, "up", RecordingEngine.destroy)
    monkeypatch.setattr(command_line.binaries, "ensure_servers", lambda: None)
    clusters = [Cluster("aks-here", Path("/a sandbox/kubeconfig")), Cluster("aks-stopped", None)]
    monkeypatch.setattr(command_line, "all_of", lambda root: clusters)
    assert command_line.main([command]) == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", told)


def test_an_interruption_before_the_engine_runs_ends_like_any_interrupted_command(
    calls: list[tuple[Any, ...]],
) -> None:
    assert command_line.main(["refresh"]) == 130


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_before_the_engine_runs_interrupts_the_command(
    calls: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:

    def make(engine: RecordingEngine, stack: str) -> Run:
        """Make the stack, which leaves a lock if this process ends and its child does not."""
        subprocess.run(["kill", f"-{number.name}", str(os.getpid())], check=True)
        subprocess.run(["sleep", "60"], check=True)
        return Run(exit_code=0)

    monkeypatch.setattr(RecordingEngine, "refresh", make)
    before = signal.getsignal(number)
    assert command_line.main(["refresh"]) == 130
    assert signal.getsignal(number) is before


@pytest.mark.parametrize(("arguments", "password"), [([], "[secret]"), (["--show-secrets"], "hush")])
def test_outputs_are_printed_as_json(
    calls: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str], arguments: list[str], password: str
) -> None:
    assert command_line.main(["outputs", "--stack", "prod", *arguments]) == 0
    assert capsys.readouterr().out == f'{{\n  "stack": "prod",\n  "password": "{password}"\n}}\n'


def test_clean_deletes_the_sandbox_and_nothing_beside_it(tmp_path: Path) -> None:
    root = tmp_path / "sandbox"
    (root / "work").mkdir(parents=True)
    (tmp_path / "other").touch()
    assert command_line.main(["--root", str(root), "clean"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_clean_without_a_sandbox_is_no_error(tmp_path: Path) -> None:
    assert command_line.main(["--root", str(tmp_path / "none"), "clean"]) == 0


def test_clean_keeps_off_a_directory_that_is_no_sandbox(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "precious").touch()
    assert command_line.main(["--root", str(tmp_path), "clean"]) == 1
    assert (tmp_path / "precious").exists()
    assert "is not a sandbox" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["preview", "outputs", "clean"])
def test_a_place_that_cannot_be_written_to_is_told_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: web\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").touch()
    (tmp_path / "file").touch()
    monkeypatch.setattr(command_line.binaries, "ensure", lambda command: None)
    root = tmp_path / "file" / "sandbox" if command != "clean" else tmp_path / "file"
    assert command_line.main(["--root", str(root), "--project", str(tmp_path), command]) == 1
    assert capsys.readouterr().err.endswith(
        f"Not a directory. The sandbox keeps its files in {root}; `--root` names another directory.\n"
    )


def test_a_run_can_be_tried_signed_out(calls: list[tuple[Any, ...]]) -> None:
    command_line.main(["--signed-out", "preview"])
    assert calls[0] == ("engine", Path(".sandbox"), Path(), "signed out")
