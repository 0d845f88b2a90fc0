"""The Pulumi CLI that the project runs, from PATH, from the official bundle, or built from pinned Go modules.

A finished CLI lies in a directory of its own under the user's cache, so that all checkouts share it. The
directory is moved there in one piece: either it holds a finished CLI or it does not exist.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from tools.console import SetupError, alone, run, say, step
from tools.download import DownloadError, download

VERSION = "3.250.0"
"""The version that is downloaded or built. From PATH, this or a later one is taken; none older was tried."""

URL_VARIABLE = "AKS_PLATFORM_PULUMI_URL"
"""The environment variable with another address that the official bundle lies under, such as a mirror."""

_URL = f"https://github.com/pulumi/pulumi/releases/download/v{VERSION}"

# Published with the release: https://github.com/pulumi/homebrew-tap/blob/master/Formula/pulumi.rb
_SHA256 = {
    "linux-x64": "8916fd36ccc96adbd45ca679194b685e3b767d94502ae05610878a6d9870b8f3",
    "linux-arm64": "deb4bf0d05b4cbaf3adcf82ffa44039ad0ebf039e33338ead8136877a437b4e5",
    "darwin-x64": "8aa1615ed737022949d4050bf183ab37bce1f9cecb88877bc6636db82604e348",
    "darwin-arm64": "dbd289ce3069cf567683252082e226aef533775f546df7286f64f3f36f5fda28",
}
_ARCHITECTURES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}

_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_VERSION_SYMBOL = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_SCRATCH = "making-"
_OLDEST_GO = (1, 21)
_REMEDY = f"Put a Pulumi CLI v{VERSION} or later on PATH (https://www.pulumi.com/docs/install/)"


def find_cli() -> Path | None:
    """The Pulumi CLI to run, if there is one: the one on PATH where it is recent enough, else ours."""
    on_path = shutil.which("pulumi")
    if on_path is not None and _is_recent(Path(on_path)):
        return Path(on_path)
    ours = _directory() / "pulumi"
    return ours if ours.is_file() else None


def ensure(checkout: Path) -> Path:
    """The Pulumi CLI to run; made where there is none yet.

    Args:
        checkout: the project's directory, which holds the pinned Go modules.

    Raises:
        SetupError: there is none, and it can be neither downloaded nor built.
    """
    found = find_cli()
    if found is not None:
        return found
    with alone(_cache() / "lock"):
        if not (_directory() / "pulumi").is_file():
            _make(checkout / "tools" / "pulumi-cli")
    return _directory() / "pulumi"


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aks-platform"


def _directory() -> Path:
    return _cache() / f"pulumi-v{VERSION}"


def _make(modules: Path) -> None:
    for left_behind in _cache().glob(f"{_SCRATCH}*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=_cache()))
    try:
        try:
            made = _downloaded(scratch)
        except DownloadError as error:
            say(f"The official Pulumi CLI is not to be had here: {error}.")
            made = _built(modules, scratch)
        # Left behind by a set-up of another age or a hand; what counts as finished was looked for before.
        shutil.rmtree(_directory(), ignore_errors=True)
        made.rename(_directory())
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _downloaded(scratch: Path) -> Path:
    """The directory of the official bundle, unpacked in *scratch*."""
    machine = (
        f"{platform.system().lower()}-{_ARCHITECTURES.get(platform.machine().lower(), platform.machine())}"
    )
    sha256 = _SHA256.get(machine)
    if sha256 is None:
        raise DownloadError(f"there is none for {machine}")
    name = f"pulumi-v{VERSION}-{machine}.tar.gz"
    archive = _cache() / name
    with step(f"Downloading the Pulumi CLI v{VERSION} for {machine} (once)"):
        download(f"{os.environ.get(URL_VARIABLE, _URL).rstrip('/')}/{name}", archive, sha256)
        with tarfile.open(archive) as bundle:
            bundle.extractall(scratch, filter="data")
        archive.unlink()
    return scratch / "pulumi"


def _built(modules: Path, scratch: Path) -> Path:
    """A directory in *scratch* with the CLI built from the pinned Go *modules*.

    Go keeps in its own cache what it has compiled, so that an interrupted build goes on where it stopped.
    """
    go = _go()
    target = scratch / "built"
    target.mkdir()
    with step(
        f"Building the Pulumi CLI v{VERSION} from its Go modules (once, about 5 minutes on 2 processors)"
    ):
        run(
            [
                go, "build", "-trimpath", "-buildvcs=false", "-mod=readonly",
                "-ldflags", f"-s -w -X {_VERSION_SYMBOL}=v{VERSION}",
                "-o", str(target / "pulumi"), _PACKAGE,
            ],
            directory=modules,
        )  # fmt: skip
    return target


def _go() -> str:
    found = shutil.which("go") or shutil.which("/usr/local/go/bin/go")
    if found is None:
        raise SetupError(
            f"There is no Pulumi CLI, its official bundle is out of reach, and building it needs Go. "
            f"{_REMEDY}, or install Go 1.25 or later (https://go.dev/dl/)."
        )
    said = subprocess.run([found, "env", "GOVERSION"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"go(\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < _OLDEST_GO:
        raise SetupError(
            f"{found} ({said.strip() or 'of no known version'}) is too old to build the Pulumi CLI. "
            f"{_REMEDY}, or install Go 1.25 or later (https://go.dev/dl/)."
        )
    return found


def _is_recent(cli: Path) -> bool:
    """Whether *cli* is of the oldest version taken or later, and of the same major version."""
    wanted = tuple(map(int, VERSION.split(".")))
    version = _version(cli)
    return version is not None and version[0] == wanted[0] and version >= wanted


def _version(cli: Path) -> tuple[int, ...] | None:
    """The version that *cli* says it is, or None; asked once for each state of the file.

    The answer takes a quarter of a second.
    """
    status = cli.stat()
    key = f"{cli.resolve()} {status.st_mtime_ns} {status.st_size}"
    memory = _cache() / "version-on-path.json"
    try:
        known = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    if not isinstance(known, dict) or key not in known:
        known = {key: _ask_version(cli)}
        memory.parent.mkdir(parents=True, exist_ok=True)
        memory.write_text(json.dumps(known), encoding="utf-8")
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", str(known[key]))
    return tuple(map(int, found.groups())) if found else None


def _ask_version(cli: Path) -> str:
    # The home of its own keeps the question from touching the user's.
    environment = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true", "PULUMI_HOME": str(_cache() / "home")}
    try:
        ended = subprocess.run(
            [str(cli), "version"],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ended.stdout.strip()
