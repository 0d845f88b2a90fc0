"""The programs of a cluster and its provider, each of one pinned version; made when they are first needed.

Official downloads are taken where their checksum is pinned here: of Kubernetes, Helm and kwok. There is none
for etcd, for kwok on the computers not listed, and for Kubernetes' servers on macOS, which are not published:
these are built from their Go modules. So is the Kubernetes provider where Pulumi's own download is out of
reach. No checksum of that one is published, and `pulumi plugin install` checks none either.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sandbox.programs.program import Download, GoBuild, Program, machine

KUBERNETES_VERSION: Final = "1.36.3"
"""The version of Kubernetes' own programs, all control planes alike."""

_CHECKOUT: Final = Path(__file__).resolve().parents[2]

_ETCD: Final = "3.6.16"
_KWOK: Final = "0.8.0"
_HELM: Final = "3.22.0"

KUBERNETES_PROVIDER: Final = "pulumi-resource-kubernetes"
"""Pulumi's Kubernetes provider, of the version of its Python SDK."""

_PROVIDER: Final = "4.34.2"
_PROVIDER_MODULE: Final = "github.com/pulumi/pulumi-kubernetes"


def _kubernetes(command: str, duration: str) -> Program:
    major, minor, _ = KUBERNETES_VERSION.split(".")
    version = {"gitVersion": f"v{KUBERNETES_VERSION}", "gitMajor": major, "gitMinor": minor}
    return Program(
        title=command,
        command=command,
        version=KUBERNETES_VERSION,
        build=GoBuild(
            modules="kubernetes",
            package=f"k8s.io/kubernetes/cmd/{command}",
            go="1.26",
            duration=duration,
            symbols={
                f"k8s.io/{package}.{symbol}": value
                for package in ("component-base/version", "client-go/pkg/version")
                for symbol, value in version.items()
            }
            | {"k8s.io/component-base/version.gitTreeState": "clean"},
        ),
        remedy="Connect to a network that has https://dl.k8s.io",
    )


PROGRAMS: Final[Mapping[str, Program]] = {
    program.command: program
    for program in (
        Program(
            title="etcd",
            command="etcd",
            version=_ETCD,
            build=GoBuild(
                modules="etcd",
                package="go.etcd.io/etcd/server/v3",
                go="1.26",
                duration="about 1 minute on 2 processors",
            ),
            remedy="Connect to a network that has a Go module proxy",
        ),
        _kubernetes("kube-apiserver", "about 5 minutes on 2 processors"),
        _kubernetes("kube-scheduler", "about 1 minute on 2 processors"),
        _kubernetes("kube-controller-manager", "about 2 minutes on 2 processors"),
        _kubernetes("kubectl", "about 1 minute on 2 processors"),
        Program(
            title="kwok",
            command="kwok",
            version=_KWOK,
            build=GoBuild(
                modules="kwok",
                package="sigs.k8s.io/kwok/cmd/kwok",
                go="1.26",
                duration="about 2 minutes on 2 processors",
                symbols={"sigs.k8s.io/kwok/pkg/consts.Version": f"v{_KWOK}"},
            ),
            remedy="Connect to a network that has https://github.com/kubernetes-sigs/kwok/releases",
        ),
        Program(
            title="Helm",
            command="helm",
            version=_HELM,
            build=GoBuild(
                modules="helm",
                package="helm.sh/helm/v3/cmd/helm",
                go="1.26",
                duration="about 3 minutes on 2 processors",
                symbols={"helm.sh/helm/v3/internal/version.version": f"v{_HELM}"},
            ),
            remedy="Connect to a network that has https://get.helm.sh",
        ),
        Program(
            title="Pulumi provider for Kubernetes",
            command=KUBERNETES_PROVIDER,
            version=_PROVIDER,
            build=GoBuild(
                modules="pulumi-kubernetes",
                # The module's own main package embeds generated files that the module does not carry.
                package=".",
                go="1.26",
                duration="about 5 minutes on 2 processors",
                symbols={"main.Version": _PROVIDER},
                # Half of the build is Pulumi's generated SDK for Go, which serves no request.
                compiler=f"{_PROVIDER_MODULE}/sdk/v4/...=-N -l",
            ),
            remedy="Connect to a network that has https://get.pulumi.com",
        ),
    )
}
"""The programs by the name of their command."""

SERVERS: Final = ("etcd", "kube-apiserver", "kube-scheduler", "kube-controller-manager", "kwok")
"""What runs in every control plane."""

# Kubernetes' and Helm's are published beside the downloads, as <address>.sha256 and <address>.sha256sum.
_SHA256: Final[Mapping[str, Mapping[str, str]]] = {
    "kube-apiserver": {
        "linux-amd64": "1f217d397234a6d065da663c6e086fdb02c0f0de97a0758ff3e6f3956f4ef8ab",
        "linux-arm64": "16001b9d35d23634c361a1e2b7b0fc7abe186984af697ef7a869c8c8cded78b7",
    },
    "kube-controller-manager": {
        "linux-amd64": "7edfe976d5a06c7a702d653e914095f4a732a04bb2139115b6a6eba6a9b781c7",
        "linux-arm64": "27868a5c822824945b93f2d8a724a5dcd99affc68b47230ae766bff8795bbb84",
    },
    "kube-scheduler": {
        "linux-amd64": "b8955d4518c902110b50a825364339b1fb673822518ce0ba081a69ed634f8eee",
        "linux-arm64": "ca1c7cd0033942bf9ef7eac80e18375d91f6f29487244c3e685f11163b01a88d",
    },
    "kubectl": {
        "darwin-amd64": "158b3b46cf74e8b6bd9b1d7cd30f665e3efb2bc1ec3c843ec925bcfdd2930de0",
        "darwin-arm64": "fc8582acde13869a606730a79379d6515f30c68afcced0b5ac8789d5d002b7d6",
        "linux-amd64": "ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336",
        "linux-arm64": "3d86f24401c41ae5a46ac50eef8865fe891d3647d324a0836f6c63757a126e62",
    },
    "kwok": {
        "darwin-arm64": "69a064ec98d37844d9d742b5b28ff57825659a983ccc3e208daa6948b94d64ba",
        "linux-amd64": "f5a4385a2ae1b9dd7f8acae18e002a75c0ebba124ae9d7259aa8dadb50711f46",
    },
    "helm": {
        "darwin-amd64": "bd1d09f316558dda23698527859600936fed1371021ce0f2272d66b2fdcfa69c",
        "darwin-arm64": "4c9982a6cdeb458b60258df66b55398ca5b19293f6877faffe2909ad6f23dfe0",
        "linux-amd64": "1e4ab49e429626cf6c6958d914248b78c9730803c2751b87627e171dc800e7bb",
        "linux-arm64": "f14e804dfee240f55525b667488fe9adca349e63e00c9af634c0beb1421ac310",
    },
}


def ensure(command: str) -> Path:
    """The file to run for *command*, one of `PROGRAMS`; downloaded or built where there is none yet.

    Raises:
        sandbox.programs.console.SetupError: it can be neither downloaded nor built.
    """
    return PROGRAMS[command].ensure(_CHECKOUT, official(command))


def ensure_servers() -> None:
    """Make what every control plane runs, where it is missing.

    Raises:
        sandbox.programs.console.SetupError: one can be neither downloaded nor built.
    """
    for command in SERVERS:
        ensure(command)


def official(command: str) -> Download | None:
    """The official download of *command* for this computer; None where no checksum of one is known."""
    system, architecture = machine()
    if command == KUBERNETES_PROVIDER:
        archive = f"{command}-v{_PROVIDER}-{system}-{architecture}.tar.gz"
        return Download(url=f"https://get.pulumi.com/releases/plugins/{archive}", sha256=None, directory=".")
    sha256 = _SHA256.get(command, {}).get(f"{system}-{architecture}")
    if sha256 is None:
        return None
    if command == "helm":
        name = f"{system}-{architecture}"
        return Download(url=f"https://get.helm.sh/helm-v{_HELM}-{name}.tar.gz", sha256=sha256, directory=name)
    if command == "kwok":
        address = f"https://github.com/kubernetes-sigs/kwok/releases/download/v{_KWOK}"
        return Download(url=f"{address}/kwok-{system}-{architecture}", sha256=sha256)
    return Download(
        url=f"https://dl.k8s.io/release/v{KUBERNETES_VERSION}/bin/{system}/{architecture}/{command}",
        sha256=sha256,
    )
