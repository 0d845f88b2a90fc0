from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

from sandbox.programs import binaries

MODULES = Path(__file__).resolve().parents[4] / "sandbox" / "programs"
PACKAGE_VERSIONS = {
    "etcd": ("go.etcd.io/etcd/server/v3", "3.6.16"),
    "kube-apiserver": ("k8s.io/kubernetes", "1.36.3"),
    "kube-scheduler": ("k8s.io/kubernetes", "1.36.3"),
    "kube-controller-manager": ("k8s.io/kubernetes", "1.36.3"),
    "kubectl": ("k8s.io/kubernetes", "1.36.3"),
    "kwok": ("sigs.k8s.io/kwok", "0.8.0"),
    "helm": ("helm.sh/helm/v3", "3.22.0"),
}


def _on(monkeypatch: pytest.MonkeyPatch, system: str, processor: str) -> None:
    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setattr("platform.machine", lambda: processor)


@pytest.mark.parametrize("command", PACKAGE_VERSIONS)
def test_the_pinned_modules_are_those_of_the_version(command: str) -> None:
    program = binaries.PROGRAMS[command]
    module, version = PACKAGE_VERSIONS[command]
    assert program.version == version
    pinned = (MODULES / program.build.modules / "go.mod").read_text()
    assert re.search(
        rf"^(require |\t){re.escape(module)} v{re.escape(version)}( // indirect)?$", pinned, re.MULTILINE
    )
    assert re.search(rf"^(tool |\t){re.escape(program.build.package)}$", pinned, re.MULTILINE)


def test_the_provider_has_the_version_of_its_sdk_that_is_pinned_for_programs() -> None:
    provider = binaries.PROGRAMS[binaries.KUBERNETES_PROVIDER]
    assert {*binaries.PROGRAMS} == {*PACKAGE_VERSIONS, binaries.KUBERNETES_PROVIDER}
    assert provider.version == metadata.version("pulumi-kubernetes")
    assert provider.build.symbols == {"main.Version": provider.version}


def test_the_provider_is_downloaded_from_where_pulumi_itself_takes_its_plugins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _on(monkeypatch, "Darwin", "arm64")
    official = binaries.official(binaries.KUBERNETES_PROVIDER)
    assert official is not None
    assert official.url == (
        "https://get.pulumi.com/releases/plugins/pulumi-resource-kubernetes-v4.34.2-darwin-arm64.tar.gz"
    )


def test_the_staging_modules_are_of_the_same_release_as_kubernetes() -> None:
    pinned = (MODULES / "kubernetes" / "go.mod").read_text()
    replaced = re.findall(r"^\tk8s\.io/\S+ => k8s\.io/\S+ (\S+)$", pinned, re.MULTILINE)
    assert set(replaced) == {f"v0{binaries.KUBERNETES_VERSION.removeprefix('1')}"}
    assert len(replaced) > 30


def test_every_server_is_a_program() -> None:
    assert set(binaries.SERVERS) <= set(binaries.PROGRAMS)


@pytest.mark.parametrize(
    ("system", "processor", "command", "url", "directory"),
    [
        (
            "Linux", "x86_64", "kube-apiserver",
            "https://dl.k8s.io/release/v1.36.3/bin/linux/amd64/kube-apiserver", None,
        ),
        (
            "Darwin", "arm64", "kubectl",
            "https://dl.k8s.io/release/v1.36.3/bin/darwin/arm64/kubectl", None,
        ),
        (
            "Linux", "aarch64", "helm",
            "https://get.helm.sh/helm-v3.22.0-linux-arm64.tar.gz", "linux-arm64",
        ),
        (
            "Linux", "x86_64", "kwok",
            "https://github.com/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-linux-amd64", None,
        ),
    ],
)  # fmt: skip
def test_an_official_download_is_taken_where_its_checksum_is_pinned(
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    processor: str,
    command: str,
    url: str,
    directory: str | None,
) -> None:
    _on(monkeypatch, system, processor)
    official = binaries.official(command)
    assert official is not None
    assert (official.url, official.directory) == (url, directory)
    assert len(bytes.fromhex(official.sha256 or "")) == 32


@pytest.mark.parametrize(
    ("system", "processor", "command"),
    [("Linux", "x86_64", "etcd"), ("Darwin", "arm64", "kube-apiserver"), ("Linux", "riscv64", "helm")],
)
def test_there_is_no_download_without_a_pinned_checksum(
    monkeypatch: pytest.MonkeyPatch, system: str, processor: str, command: str
) -> None:
    _on(monkeypatch, system, processor)
    assert binaries.official(command) is None


def test_no_two_downloads_share_a_checksum() -> None:
    pinned = [sha256 for of_command in binaries._SHA256.values() for sha256 in of_command.values()]
    assert len(pinned) == len(set(pinned))


def test_kubernetes_is_told_its_version() -> None:
    symbols = binaries.PROGRAMS["kubectl"].build.symbols
    assert symbols["k8s.io/component-base/version.gitVersion"] == "v1.36.3"
    assert symbols["k8s.io/component-base/version.gitMajor"] == "1"
    assert symbols["k8s.io/component-base/version.gitMinor"] == "36"
    assert symbols["k8s.io/client-go/pkg/version.gitVersion"] == "v1.36.3"
