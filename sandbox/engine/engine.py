"""The real Pulumi engine, run against the sandbox instead of Azure.

`Engine` gives the Pulumi CLI its own home, state backend and provider plugins, so that neither the
user's login, plugins and stacks nor a tracked file of the project is touched.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sandbox.azure.cloud import Cloud
from sandbox.clusters import api_server
from sandbox.clusters.charts import registry
from sandbox.clusters.control_plane import remove_all
from sandbox.engine import environment, kubernetes_plugin, locks, plugin_installation, state
from sandbox.engine.beside import Beside
from sandbox.engine.cli import Cli, Run
from sandbox.engine.directory import CLOUD_FILE, CONTENTS
from sandbox.engine.engine_error import EngineError
from sandbox.engine.plugin_installation import PLUGINS, Plugin
from sandbox.engine.stack import Stack
from sandbox.engine.work_directory import WorkDirectory
from sandbox.programs import console
from sandbox.programs.pulumi_cli import find_cli


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
            signed_in: whether the user is signed in to the simulated Azure.
        """
        self.root = root.resolve()
        self.project_dir = project_dir.resolve()
        self.home = self.root / "pulumi-home"
        self.backend = self.root / "backend"
        self._work = WorkDirectory(path=self.root / "work", project_dir=self.project_dir, root=self.root)
        self._cli = cli
        self._plugins = plugins
        self._signed_in = signed_in

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
        ended = self._operate("destroy", stack, ["--yes", *arguments], capture=capture)
        if not ended.succeeded:
            self._tell_of_protection(stack)
        return ended

    def outputs(self, stack: str, *, show_secrets: bool = False) -> dict[str, Any]:
        """The outputs of *stack* as `up` left them; secret ones masked unless *show_secrets*."""
        arguments = ["stack", "output", "--json", "--stack", stack]
        return self._json(stack, [*arguments, "--show-secrets"] if show_secrets else arguments)

    def export(self, stack: str) -> dict[str, Any]:
        """The state of *stack* as `pulumi stack export` gives it."""
        return self._json(stack, ["stack", "export", "--stack", stack])

    def pulumi(self, arguments: Sequence[str], *, stack: str | None = None, capture: bool = False) -> Run:
        """Run the Pulumi CLI in the sandbox with any *arguments*; those that change the config fail.

        Args:
            arguments: what follows `pulumi` on a command line.
            stack: the stack meant where *arguments* name none.
            capture: whether to return the output instead of showing it.
        """
        with self.alone(), registry.serving(self.home) as charts:
            self._prepare(stack)
            ended = self._command(charts).run(self._work.arguments(arguments), stack=stack, capture=capture)
            # What was asked of `config set` has not happened, and a script must learn of it.
            was_in_vain = self._tell_of_changes() and "config" in arguments
            return replace(ended, exit_code=1) if was_in_vain and ended.succeeded else ended

    @contextmanager
    def beside(self, stack: str | None = None) -> Iterator[Beside]:
        """Run other programs while the block runs.

        `pulumi` and `kubelogin` are on their PATH. `ARM_ENDPOINT` is the simulated Azure Resource Manager,
        where Microsoft's clients sign in as a managed identity.

        Args:
            stack: the stack that `pulumi` means.
        """
        from sandbox.azure import arm_server  # noqa: PLC0415 - no other command serves it

        with self.alone(), registry.serving(self.home) as charts, arm_server.serving(self.root) as arm:
            self._prepare(stack)
            own = self.environment()
            on_path = (self.cli.parent, kubernetes_plugin.directory(self.home) / "bin")
            variables = {
                kubernetes_plugin.PROXY_VARIABLE: charts,
                "PULUMI_OPTION_CWD": str(self._work.path),
                "AZURE_CONFIG_DIR": str(self.root / "azure-cli"),
                "AZURE_CORE_COLLECT_TELEMETRY": "false",
                "PATH": os.pathsep.join((*map(str, on_path), own["PATH"])),
                **arm.variables,
            }
            yield Beside(environment=own | variables, directory=self.project_dir, stack=stack)

    def clean(self) -> None:
        """Delete the sandbox: its simulated cloud and the state of all its stacks.

        Raises:
            EngineError: the directory holds something that no sandbox does, so that it may be a wrong one.
        """
        if not self.root.exists():
            return
        strange = sorted(path.name for path in self.root.iterdir() if not path.name.startswith(CONTENTS))
        if strange:
            raise EngineError(
                f"{self.root} is not a sandbox: it contains {strange[0]!r}. Nothing was deleted."
            )
        with self.alone():
            remove_all(self.root)
            shutil.rmtree(self.root)

    def _operate(self, command: str, stack: str, arguments: Sequence[str], *, capture: bool) -> Run:
        with self.alone(), registry.serving(self.home) as charts:
            if held := self._prepare(stack, command):
                raise EngineError(
                    f"Stack {stack} is locked by {' and '.join(held)}. Wait for its end, or end it. If it "
                    "has ended, this takes its lock back:\n"
                    f"  {shlex.join([sys.executable, '-m', 'sandbox', '--root', str(self.root)])} pulumi "
                    f"--stack {stack} -- cancel --yes"
                )
            line = [command, "--stack", stack]
            if capture or not sys.stdout.isatty():
                line.append("--non-interactive")
            ended = self._command(charts).run([*line, *self._work.arguments(arguments)], capture=capture)
            self._tell_of_changes()
            return ended

    def _json(self, stack: str, arguments: Sequence[str]) -> dict[str, Any]:
        with self.alone():
            self._prepare(stack)
            ended = self._command().ask(arguments)
        if ended.returncode:
            raise EngineError(ended.stderr.strip())
        return json.loads(ended.stdout)

    def alone(self) -> AbstractContextManager[None]:
        """Hold the sandbox's lock, which the operating system gives back however this process ends."""
        return console.alone(self.root / "lock", f"Another command is running in the sandbox {self.root}")

    def environment(self) -> dict[str, str]:
        """The environment variables that the Pulumi CLI runs with.

        They are the user's, without those that name their clouds, their clusters and their Pulumi.
        """
        return environment.environment(
            self.root, home=self.home, backend=self.backend, signed_in=self._signed_in
        )

    def _prepare(self, stack: str | None, command: str = "") -> list[str]:
        """Install the plugins, make *stack* ready for a command, and start the clusters that it speaks of.

        Returns who holds a lock on *stack*.
        """
        prepared = None if stack is None else Stack(name=stack, project_dir=self.project_dir, root=self.root)
        if prepared is not None:
            prepared.check()
        self.backend.mkdir(parents=True, exist_ok=True)
        plugin_installation.install(self.home, self._plugins)
        kubernetes_plugin.install(self.home, self.root)
        self._work.prepare()
        if prepared is None:
            return []
        if held := locks.release_stale(self.backend, prepared.name):
            return held
        state.clear_remains(self.backend)
        if prepared.ensure(self._command()):
            self._tell_of_lost_state(prepared.name)
        checkpoint = state.read(self.backend, prepared.name)
        for lost in api_server.ensure_known(self.root, json.dumps(checkpoint)):
            if command in ("preview", "up"):
                raise EngineError(
                    f"The control plane of {lost} is gone, and with it what ran in the cluster. To build it "
                    f"again, run `make refresh STACK={stack} ARGS=--run-program`, then `make up "
                    f"STACK={stack}`."
                )
        return []

    def _tell_of_protection(self, stack: str) -> None:
        """Say how a stack with protected resources is taken down."""
        resources = (state.read(self.backend, stack).get("latest") or {}).get("resources") or ()
        protected = sum(bool(each.get("protect")) for each in resources)
        if protected:
            key = self._work.config_key("protect")
            how = f"set `{key}: false` in Pulumi.{stack}.yaml" if key else "unprotect them in the program"
            print(
                f"Stack {stack} has protected resources ({protected}). To take them down, {how}, run `make "
                f"up STACK={stack}`, then `make destroy STACK={stack}` again.",
                file=sys.stderr,
            )

    def _tell_of_lost_state(self, stack: str) -> None:
        """Say that a state was lost where there is none, and a cloud that something was built in."""
        file = self.root / CLOUD_FILE
        if len(list(self.backend.glob(".pulumi/stacks/*/*.json"))) > 1 or not file.exists():
            return
        with Cloud.open(file) as cloud:
            left = len(cloud.everything())
        if left:
            print(
                f"The simulated cloud holds resources that no state knows of ({left}): the state in "
                f"{self.backend} was deleted. `make recover STACK={stack}` takes them back into the state; "
                "`make clean` deletes them.",
                file=sys.stderr,
            )

    def _tell_of_changes(self) -> bool:
        """Whether Pulumi has changed its copies of the stack files, which is told."""
        changes = list(self._work.changes())
        if changes:
            print(
                f"Pulumi has {', '.join(changes)}. This is a copy, which the next command replaces: the "
                f"sandbox changes no file of the project. To keep the change, make it in {self.project_dir}.",
                file=sys.stderr,
            )
        return bool(changes)

    def _command(self, charts: str = "") -> Cli:
        """The CLI, whose Kubernetes provider finds its charts by the proxy at the address *charts*."""
        environment = self.environment() | {kubernetes_plugin.PROXY_VARIABLE: charts}
        return Cli(program=self.cli, directory=self._work.path, environment=environment)
