"""Programs of one pinned version, from their official download or built from pinned Go modules.

A finished program has its own directory under the user's cache, so that all checkouts share it. The
directory is moved there in one piece: either it holds a finished program or it does not exist.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.programs.console import SetupError, alone, run, say, step
from sandbox.programs.download import DownloadError, download

_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_SCRATCH = "making-"
_OLDEST_GO = (1, 21)


@dataclass(frozen=True, kw_only=True)
class Download:
    """An official download for one kind of computer.

    Attributes:
        url: its address.
        sha256: its published checksum, in hexadecimal digits; None where none is published.
        directory: the directory in the archive (`.tar.gz`) that holds the program; None where the download is
            the program itself.
    """

    url: str
    sha256: str | None
    directory: str | None = None


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program of one pinned version.

    Attributes:
        title: what it is called to the user, such as `Pulumi CLI`.
        command: the name of its file.
        version: its version, without a `v`.
        modules: the directory beside this file with the `go.mod` and `go.sum` that it is built from.
        package: its Go package.
        go: the Go version that the modules ask for, such as `1.26`; an older Go downloads it.
        duration: how long the first build takes, as said to the user.
        remedy: the sentence, without its full stop, that says how else to come by it.
        symbols: the values that the linker sets, by the Go symbol.
        compiler: the compiler's flags, such as `example.com/package/...=-N`.
        url: the address of its official downloads, with the names in braces that `official` fills in.
        archive: the directory in the archive that holds it, likewise; None where the download is the program.
        sha256: the published checksums by system and architecture; None where none are published.
    """

    title: str
    command: str
    version: str
    modules: str
    package: str
    go: str
    duration: str
    remedy: str
    symbols: Mapping[str, str] = field(default_factory=dict)
    compiler: str = ""
    url: str = ""
    archive: str | None = None
    sha256: Mapping[str, str] | None = None

    def official(self) -> Download | None:
        """The official download for this computer; None where no checksum of one is known."""
        system, architecture = machine()
        computer = f"{system}-{architecture}"
        if self.sha256 is not None and computer not in self.sha256:
            return None
        names = {
            "version": self.version,
            "command": self.command,
            "system": system,
            "architecture": architecture,
            "processor": "x64" if architecture == "amd64" else architecture,
        }
        return Download(
            url=self.url.format(**names),
            sha256=None if self.sha256 is None else self.sha256[computer],
            directory=None if self.archive is None else self.archive.format(**names),
        )

    @property
    def directory(self) -> Path:
        """Where it lies once it is made."""
        return cache_directory() / f"{self.command}-v{self.version}"

    @property
    def path(self) -> Path:
        """The file to run once it is made."""
        return self.directory / self.command

    def ensure(self, checkout: Path, official: Download | None) -> Path:
        """The file to run; made where there is none yet.

        Args:
            checkout: the project's directory, which holds the pinned Go modules.
            official: the official download for this computer; None where there is none that is known.

        Raises:
            SetupError: it can be neither downloaded nor built.
        """
        if not self.path.is_file():
            with alone(cache_directory() / "lock"):
                if not self.path.is_file():
                    self._make(checkout / "sandbox" / "programs" / self.modules, official)
        return self.path

    def _make(self, modules: Path, official: Download | None) -> None:
        for left_behind in cache_directory().glob(f"{_SCRATCH}*"):
            shutil.rmtree(left_behind, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=cache_directory()))
        try:
            try:
                made = self._downloaded(official, scratch)
            except DownloadError as error:
                say(f"The official {self.title} is not available here: {error}.")
                made = self._built(modules, scratch)
            # Left behind by a set-up of another age or a hand; what counts as finished was looked for before.
            shutil.rmtree(self.directory, ignore_errors=True)
            made.rename(self.directory)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _downloaded(self, official: Download | None, scratch: Path) -> Path:
        """The directory in *scratch* that holds the official program."""
        if official is None:
            raise DownloadError(f"there is none for {'-'.join(machine())}")
        arrived = cache_directory() / f"{self.command}-v{self.version}.download"
        with step(f"Downloading the {self.title} v{self.version} for {'-'.join(machine())} (once)"):
            download(official.url, arrived, official.sha256)
            if official.directory is None:
                target = scratch / "downloaded"
                target.mkdir()
                arrived.chmod(0o755)
                arrived.rename(target / self.command)
                return target
            with tarfile.open(arrived) as archive:
                archive.extractall(scratch, filter="data")
            arrived.unlink()
        return scratch / official.directory

    def _built(self, modules: Path, scratch: Path) -> Path:
        """A directory in *scratch* with the program built from the pinned Go *modules*.

        Go keeps in its own cache what it has compiled, so that an interrupted build goes on where it stopped.
        """
        go = self._go()
        target = scratch / "built"
        target.mkdir()
        flags = " ".join(["-s", "-w", *(f"-X {symbol}={value}" for symbol, value in self.symbols.items())])
        with step(f"Building the {self.title} v{self.version} from its Go modules (once, {self.duration})"):
            run(
                [
                    go, "build", "-trimpath", "-buildvcs=false", "-mod=readonly",
                    f"-gcflags={self.compiler}", "-ldflags", flags, "-o", str(target / self.command),
                    self.package,
                ],
                directory=modules,
            )  # fmt: skip
        return target

    def _go(self) -> str:
        found = shutil.which("go") or shutil.which("/usr/local/go/bin/go")
        if found is None:
            problem = (
                f"There is no {self.title}, its official download is out of reach, and building it needs Go"
            )
        else:
            asked = [found, "env", "GOVERSION"]
            said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
            version = re.match(r"go(\d+)\.(\d+)", said)
            if version is not None and (int(version[1]), int(version[2])) >= _OLDEST_GO:
                return found
            told = said.strip() or "of no known version"
            problem = f"{found} ({told}) is too old to build the {self.title}"
        raise SetupError(f"{problem}. {self.remedy}, or install Go {self.go} or later (https://go.dev/dl/).")


def cache_directory() -> Path:
    """The project's directory in the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aks-platform"


def machine() -> tuple[str, str]:
    """This computer's operating system and processor in Go's words, such as `linux` and `amd64`."""
    architecture = platform.machine().lower()
    return platform.system().lower(), _ARCHITECTURES.get(architecture, architecture)
