from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

from sandbox.programs import binaries

MODULES = Path(binaries.__file__).parent


def _on(monkeypatch: pytest.MonkeyPatch, system: str, processor: str) -> None:
    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setattr("platform.machine", lambda: processor)


@pytest.mark.parametrize("command", sorted({*binaries.PROGRAMS} - {binaries.KUBERNETES_PROVIDER}))
def test_the_pinned_modules_are_those_of_the_version(command: str) -> None:
    program = binaries.PROGRAMS[command]
    pinned = (MODULES / program.modules / "go.mod").read_text()
    assert re.search(rf"^(tool |\t){re.escape(program.package)}$", pinned, re.MULTILINE)
    required = dict(re.findall(r"^(?:require |\t)(\S+) v(\S+)(?: // indirect)?$", pinned, re.MULTILINE))
    (version,) = (required[module] for module in required if f"{program.package}/".startswith(f"{module}/"))
    assert version == program.version


def test_the_provider_has_the_version_of_its_sdk_that_is_pinned_for_programs() -> None:
    provider = binaries.PROGRAMS[binaries.KUBERNETES_PROVIDER]
    assert provider.version == metadata.version("pulumi-kubernetes")
    assert provider.symbols == {"main.Version": provider.version}


def test_the_provider_is_downloaded_from_where_pulumi_itself_takes_its_plugins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _on(monkeypatch, "Darwin", "arm64")
    official = binaries.PROGRAMS[binaries.KUBERNETES_PROVIDER].official()
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


KUBERNETES = f"https://dl.k8s.io/release/v{binaries.KUBERNETES_VERSION}/bin"
HELM = f"https://get.helm.sh/helm-v{binaries.PROGRAMS['helm'].version}"
KWOK = f"https://github.com/kubernetes-sigs/kwok/releases/download/v{binaries.PROGRAMS['kwok'].version}"


@pytest.mark.parametrize(
    ("system", "processor", "command", "download"),
    [
        ("Linux", "x86_64", "kube-apiserver", (f"{KUBERNETES}/linux/amd64/kube-apiserver", None)),
        ("Darwin", "arm64", "kubectl", (f"{KUBERNETES}/darwin/arm64/kubectl", None)),
        ("Linux", "aarch64", "helm", (f"{HELM}-linux-arm64.tar.gz", "linux-arm64")),
        ("Linux", "x86_64", "kwok", (f"{KWOK}/kwok-linux-amd64", None)),
        ("Linux", "x86_64", "etcd", None),
        ("Darwin", "arm64", "kube-apiserver", None),
        ("Linux", "riscv64", "helm", None),
    ],
)
def test_an_official_download_is_taken_where_its_checksum_is_pinned(
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    processor: str,
    command: str,
    download: tuple[str, str | None] | None,
) -> None:
    _on(monkeypatch, system, processor)
    official = binaries.PROGRAMS[command].official()
    assert (official and (official.url, official.directory)) == download


def test_checksums_are_whole_and_no_two_downloads_share_one() -> None:
    pinned = [sha256 for program in binaries.PROGRAMS.values() for sha256 in (program.sha256 or {}).values()]
    assert {len(bytes.fromhex(sha256)) for sha256 in pinned} == {32}
    assert len(pinned) == len(set(pinned))


def test_kubernetes_is_built_with_its_version() -> None:
    symbols = binaries.PROGRAMS["kubectl"].symbols
    major, minor, _ = binaries.KUBERNETES_VERSION.split(".")
    version = symbols["k8s.io/component-base/version.gitVersion"]
    assert version == symbols["k8s.io/client-go/pkg/version.gitVersion"] == f"v{binaries.KUBERNETES_VERSION}"
    assert symbols["k8s.io/component-base/version.gitMajor"] == major
    assert symbols["k8s.io/component-base/version.gitMinor"] == minor
