"""How the Kubernetes provider is started."""

from __future__ import annotations

import subprocess
from importlib import metadata
from pathlib import Path

import pytest

from sandbox.engine import kubernetes_plugin
from sandbox.programs.binaries import KUBERNETES_PROVIDER, PROGRAMS


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The installed plugin of a sandbox, with its own empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "my cache"))
    home = tmp_path / "a home"
    kubernetes_plugin.install(home, tmp_path)
    version = metadata.version("pulumi-kubernetes")
    return home / "plugins" / f"resource-kubernetes-v{version}" / KUBERNETES_PROVIDER


def test_it_runs_with_the_engines_arguments_and_meets_the_sandbox_alone(
    plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = PROGRAMS[KUBERNETES_PROVIDER].path
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "$@"; env; command -v kubelogin\n')
    program.chmod(0o755)
    monkeypatch.setenv(kubernetes_plugin.PROXY_VARIABLE, "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "ghcr.io")
    said = subprocess.run([plugin, "127.0.0.1:5", "-v"], capture_output=True, text=True, check=True).stdout
    lines = said.splitlines()
    assert lines[0] == "127.0.0.1:5 -v"
    assert lines[-1] == str(plugin.parent / "bin" / "kubelogin")
    assert {"HTTPS_PROXY=http://127.0.0.1:1", "NO_PROXY=", "no_proxy="} <= {*lines}
    assert f"SSL_CERT_FILE={plugin.parents[2] / 'charts-authority.pem'}" in lines
    assert f"DOCKER_CONFIG={plugin.parent / 'helm' / 'docker'}" in lines


def test_it_says_how_to_come_by_the_program_that_is_missing(plugin: Path) -> None:
    ended = subprocess.run([plugin], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        "There is no Pulumi provider for Kubernetes yet. Run 'python -m sandbox.clusters build' first.\n"
    )


def test_without_the_sdk_there_is_no_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubernetes_plugin, "sdk_version", lambda: None)
    kubernetes_plugin.install(tmp_path / "home", tmp_path)
    assert list(tmp_path.iterdir()) == []
