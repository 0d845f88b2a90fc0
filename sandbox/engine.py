"""The real Pulumi engine, run against the sandbox instead of Azure.

`Engine` gives the Pulumi CLI a home, a state backend and provider plugins of its own, so that neither the
user's login, plugins and stacks nor a tracked file of the project is touched.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from sandbox.control_plane.control_plane import remove_all
from tools.pulumi_cli import find_cli

SUBSCRIPTION_ID: Final = "00000000-0000-0000-0000-000000000001"
TENANT_ID: Final = "00000000-0000-0000-0000-000000000002"
CLIENT_OBJECT_ID: Final = "00000000-0000-0000-0000-000000000003"

ROOT_VARIABLE: Final = "AKS_PLATFORM_SANDBOX"
"""The environment variable that tells the provider plugins the sandbox's directory."""

_CHECKOUT: Final = Path(__file__).resolve().parent.parent
_PASSPHRASE: Final = "sandbox"  # noqa: S105 - it guards nothing: no true secret enters a sandbox.
_SECRETS_KEYS: Final = re.compile(r"^(encryptionsalt|encryptedkey|secretsprovider)\s*:.*\n?", re.MULTILINE)
_SECURE_VALUE: Final = re.compile(r"^\s*(?:-\s+)?secure\s*:", re.MULTILINE)
_FOREIGN_VARIABLES: Final = ("PULUMI_", "ARM_", "AZURE_", "KUBECONFIG", "K8S_")
_CONTENTS: Final = (
    "backend",
    "bench",
    "cloud.sqlite",
    "control-planes",
    "lock",
    "pulumi-home",
    "setup.lock",
    "work",
)
_STACK_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")


class EngineError(Exception):
    """The sandbox cannot run the engine; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """A provider plugin that stands in for an official one.

    Attributes:
        distribution: the Python distribution whose version the engine asks for, such as
            `pulumi-azure-native`.
        module: the Python module that serves the plugin when run with `python -m`.
        path: the directory that `module` is imported from.
    """

    distribution: str
    module: str
    path: Path = _CHECKOUT


PLUGINS: Final[Mapping[str, Plugin]] = {
    "azure-native": Plugin(distribution="pulumi-azure-native", module="sandbox.azure_native"),
    "kubernetes": Plugin(distribution="pulumi-kubernetes", module="sandbox.kubernetes"),
}


@dataclass(frozen=True, kw_only=True)
class Run:
    """How one command of the engine ended.

    Attributes:
        exit_code: the Pulumi CLI's exit code; 0 is success.
        output: what it wrote to standard output and standard error; empty unless it was captured.
    """

    exit_code: int
    output: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the command ended without an error."""
        return self.exit_code == 0


class Engine:
    """The Pulumi CLI with the sandbox's own home, backend and plugins, for one project.

    Commands of one sandbox run one after another, because its stacks share one simulated cloud; a command
    that has to wait says so. Every command but `pulumi` makes the stack when it does not exist.
    """

    def __init__(
        self,
        root: Path,
        project_dir: Path,
        *,
        cli: Path | None = None,
        plugins: Mapping[str, Plugin] = PLUGINS,
        signed_in: bool = True,
    ) -> None:
        """Keep all the sandbox's files in *root*, and run the Pulumi project in *project_dir*.

        Args:
            root: the sandbox's directory; made when it does not exist.
            project_dir: the directory of `Pulumi.yaml`; only read.
            cli: the Pulumi CLI; by default the one that the set-up found or made.
            plugins: the provider plugins by provider name.
            signed_in: whether somebody is signed in to the simulated Azure.
        """
        self.root = root.resolve()
        self.project_dir = project_dir.resolve()
        self.home = self.root / "pulumi-home"
        self.backend = self.root / "backend"
        self._cli = cli
        self._plugins = plugins
        self._account = (
            {"ARM_SUBSCRIPTION_ID": SUBSCRIPTION_ID, "ARM_TENANT_ID": TENANT_ID} if signed_in else {}
        )

    @cached_property
    def cli(self) -> Path:
        """The Pulumi CLI that runs.

        Raises:
            EngineError: the set-up has not been run.
        """
        found = self._cli or find_cli()
        if found is None:
            raise EngineError("There is no Pulumi CLI yet. Run `make setup` first.")
        return found

    def preview(self, stack: str, *arguments: str, capture: bool = False) -> Run:
        """Show what `up` would do to *stack*."""
        return self._operate("preview", stack, arguments, capture=capture)

    def up(self, stack: str, *arguments: str, capture: bool = False) -> Run:
        """Make the simulated cloud what the program says for *stack*."""
        return self._operate("up", stack, ["--yes", *arguments], capture=capture)

    def refresh(self, stack: str, *arguments: str, capture: bool = False) -> Run:
        """Take into the state of *stack* what the simulated cloud holds."""
        return self._operate("refresh", stack, ["--yes", *arguments], capture=capture)

    def destroy(self, stack: str, *arguments: str, capture: bool = False) -> Run:
        """Delete everything that *stack* holds in the simulated cloud."""
        return self._operate("destroy", stack, ["--yes", *arguments], capture=capture)

    def outputs(self, stack: str, *, show_secrets: bool = False) -> dict[str, Any]:
        """The outputs of *stack* as `up` left them; secret ones masked unless *show_secrets*."""
        arguments = ["stack", "output", "--json", "--stack", stack]
        return self._json(stack, [*arguments, "--show-secrets"] if show_secrets else arguments)

    def export(self, stack: str) -> dict[str, Any]:
        """The state of *stack* as `pulumi stack export` gives it."""
        return self._json(stack, ["stack", "export", "--stack", stack])

    def pulumi(self, arguments: Sequence[str], *, stack: str | None = None, capture: bool = False) -> Run:
        """Run the Pulumi CLI in the sandbox with any *arguments*.

        Args:
            arguments: what follows `pulumi` on a command line.
            stack: the stack meant where *arguments* name none.
            capture: whether to return the output instead of showing it.
        """
        with self.alone():
            self._install()
            if stack is not None:
                self._prepare(stack)
            return self._run(arguments, stack=stack, capture=capture)

    def clean(self) -> None:
        """Delete the sandbox: its simulated cloud and the state of all its stacks.

        Raises:
            EngineError: the directory holds something that no sandbox does, so that it may be a wrong one.
        """
        if not self.root.exists():
            return
        strange = sorted(path.name for path in self.root.iterdir() if not path.name.startswith(_CONTENTS))
        if strange:
            raise EngineError(f"{self.root} is no sandbox, it holds {strange[0]!r}; nothing was deleted.")
        with self.alone():
            remove_all(self.root)
            shutil.rmtree(self.root)

    def _operate(self, command: str, stack: str, arguments: Sequence[str], *, capture: bool) -> Run:
        with self.alone():
            self._install()
            config_file = self._prepare(stack)
            line = [command, "--stack", stack, "--config-file", str(config_file)]
            if capture or not sys.stdout.isatty():
                line.append("--non-interactive")
            return self._run([*line, *arguments], capture=capture)

    def _json(self, stack: str, arguments: Sequence[str]) -> dict[str, Any]:
        with self.alone():
            self._install()
            self._prepare(stack)
            ended = self._call(arguments)
        if ended.returncode:
            raise EngineError(ended.stderr.strip())
        return json.loads(ended.stdout)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the sandbox's lock, which the operating system gives back however this process ends."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(
                    f"Another command is running in the sandbox {self.root}; waiting for it to end.",
                    file=sys.stderr,
                )
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _install(self) -> None:
        """Write the provider plugins and the language host where the engine looks for installed plugins."""
        self.backend.mkdir(parents=True, exist_ok=True)
        for name, plugin in self._plugins.items():
            version = metadata.version(plugin.distribution)
            self._write_plugin(
                f"resource-{name}-v{version}", f"pulumi-resource-{name}", plugin.module, plugin.path
            )
        version = metadata.version("pulumi")
        self._write_plugin(
            f"language-python-v{version}", "pulumi-language-python", "sandbox.language_host", _CHECKOUT
        )

    def _write_plugin(self, directory: str, executable: str, module: str, path: Path) -> None:
        script = (
            "#!/bin/sh\n"
            f"export PYTHONPATH={shlex.quote(str(path))}${{PYTHONPATH:+:$PYTHONPATH}}\n"
            f'exec {shlex.quote(sys.executable)} -P -u -m {module} "$@"\n'
        )
        _write(self.home / "plugins" / directory / executable, script, mode=0o755)

    def _prepare(self, stack: str) -> Path:
        """Make *stack* where it does not exist, and its config file from the user's."""
        if not _STACK_NAME.fullmatch(stack):
            raise EngineError(
                f"{stack!r} is no stack name: it takes 1 to 100 letters, digits, hyphens, underscores and "
                "full stops."
            )
        user_file = self.project_dir / f"Pulumi.{stack}.yaml"
        if not user_file.is_file():
            known = sorted(path.name.split(".")[1] for path in self.project_dir.glob("Pulumi.*.yaml"))
            raise EngineError(
                f"There is no stack {stack!r}: {user_file.name} does not exist. "
                f"Stacks: {', '.join(known) or 'none'}."
            )
        text = user_file.read_text(encoding="utf-8")
        if _SECURE_VALUE.search(text):
            raise EngineError(
                f"{user_file.name} holds a secret, encrypted with a key that the sandbox does not have. Use "
                "a stack file without `secure:` values in the sandbox."
            )
        text = _SECRETS_KEYS.sub("", text)
        if text and not text.endswith("\n"):
            text += "\n"
        salt = self._encryption_salt(stack)
        self._release_stale_lock(stack)
        config_file = self.root / "work" / stack / user_file.name
        _write(config_file, f"{text}encryptionsalt: {salt}\n")
        return config_file

    def _encryption_salt(self, stack: str) -> str:
        """The salt of the passphrase of *stack*; the stack is made where there is none yet.

        `pulumi stack init` writes the salt into the stack file beside `Pulumi.yaml`, so it is given a
        directory with no more than these.
        """
        kept = self.root / "work" / stack / "init" / f"Pulumi.{stack}.yaml"
        if not kept.is_file():
            self._init_stack(stack, kept.parent)
        found = re.search(r"^encryptionsalt:\s*(\S+)", kept.read_text(encoding="utf-8"), re.MULTILINE)
        if found is None:
            raise EngineError(
                f"{kept} has lost its salt. Remove the directory {self.root} (`make clean`) and start again."
            )
        return found[1]

    def _init_stack(self, stack: str, kept: Path) -> None:
        project_file = self.project_dir / "Pulumi.yaml"
        if not project_file.is_file():
            raise EngineError(f"{self.project_dir} holds no Pulumi project: Pulumi.yaml does not exist.")
        kept.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="init-", dir=kept.parent))
        try:
            shutil.copy(project_file, scratch)
            ended = self._call(["stack", "init", stack, "--non-interactive"], directory=scratch)
            if ended.returncode and "already exists" in ended.stderr:
                # An earlier start was interrupted between making the stack and keeping its salt.
                elsewhere = {"PULUMI_BACKEND_URL": scratch.as_uri()}
                ended = self._call(
                    ["stack", "init", stack, "--non-interactive"], directory=scratch, extra=elsewhere
                )
            if ended.returncode:
                raise EngineError(ended.stderr.strip())
            scratch.rename(kept)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _release_stale_lock(self, stack: str) -> None:
        """Remove the backend's lock on *stack* where the engine that took it was killed on this computer."""
        for lock in (self.backend / ".pulumi" / "locks").glob(f"**/{stack}/*.json"):
            try:
                holder = json.loads(lock.read_text(encoding="utf-8"))
                alive = holder["hostname"] != socket.gethostname() or _is_running(int(holder["pid"]))
            except (OSError, ValueError, KeyError):
                alive = False
            if not alive:
                print(f"The last command on {stack} was killed; taking its lock back.", file=sys.stderr)
                lock.unlink(missing_ok=True)
                lock.with_name(lock.name + ".attrs").unlink(missing_ok=True)

    def environment(self) -> dict[str, str]:
        """The environment variables that the Pulumi CLI runs with.

        They are the user's, without those that name their clouds, their clusters and their Pulumi.
        """
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN_VARIABLES)}
        local = ",".join(
            filter(None, (kept.get("no_proxy") or kept.get("NO_PROXY"), "127.0.0.1", "localhost"))
        )
        return kept | {
            "PULUMI_HOME": str(self.home),
            "PULUMI_BACKEND_URL": self.backend.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": _PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            **self._account,
            ROOT_VARIABLE: str(self.root),
            "no_proxy": local,
            "NO_PROXY": local,
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), kept.get("PATH", os.defpath))),
        }

    def _call(
        self,
        arguments: Sequence[str],
        *,
        directory: Path | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run the CLI for its answer: a short command that shows nothing."""
        return subprocess.run(
            [str(self.cli), *arguments],
            cwd=directory or self.project_dir,
            env=self.environment() | dict(extra or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def _run(self, arguments: Sequence[str], *, stack: str | None = None, capture: bool = False) -> Run:
        """Run the CLI for the user, or for its output; Ctrl-C reaches it exactly once."""
        environment = self.environment()
        if stack is not None:
            environment["PULUMI_STACK"] = stack
        foreground = not capture and _is_in_foreground()
        process = subprocess.Popen(
            [str(self.cli), *arguments],
            cwd=self.project_dir,
            env=environment,
            stdin=None if foreground else subprocess.DEVNULL,
            stdout=subprocess.PIPE if capture else None,
            stderr=subprocess.STDOUT if capture else None,
            text=True,
            # A terminal sends Ctrl-C to every process in its foreground group, so that the engine gets it
            # without our help. Anywhere else we pass it on, and a group of its own keeps the engine from
            # getting it a second time.
            process_group=None if foreground else 0,
        )
        with _signals_passed_to(process, interrupt=not foreground):
            output, _ = process.communicate()
        return Run(exit_code=process.returncode, output=output or "")


@contextlib.contextmanager
def _signals_passed_to(process: subprocess.Popen[str], *, interrupt: bool) -> Iterator[None]:
    """Pass SIGTERM, and SIGINT too if *interrupt*, on to *process*, which is waited for in any case."""

    def forward(number: int, _frame: object) -> None:
        if number != signal.SIGINT or interrupt:
            process.send_signal(number)

    try:
        before = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # Only the main thread may handle signals; in another one there are none to pass on.
        before = {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_in_foreground() -> bool:
    """Whether a terminal would send Ctrl-C to this process."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _write(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write *text* to *path* all at once, unless it is there already."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        file.write(text)
    Path(file.name).chmod(mode)
    Path(file.name).replace(path)
