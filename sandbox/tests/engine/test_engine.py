from __future__ import annotations

import json
import os
import pty
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.azure.cloud import Cloud, Resource
from sandbox.engine.cli import signals_passed_to
from sandbox.engine.directory import CLOUD_FILE
from sandbox.engine.engine import Engine
from sandbox.engine.engine_error import EngineError
from sandbox.engine.plugin_installation import Plugin

pytestmark = pytest.mark.engine

CHECKOUT = Path(__file__).resolve().parents[3]
PLUGINS = {
    "azure-native": Plugin(distribution="pulumi-azure-native", module="sandbox.tests.engine.toy.provider")
}
PROGRAM = """
import importlib.metadata, sys
import pulumi

class Toy(pulumi.CustomResource):
    def __init__(self, name, properties, **options):
        version = importlib.metadata.version("pulumi-azure-native")
        super().__init__(
            "azure-native:index:Toy", name, properties, pulumi.ResourceOptions(version=version, **options)
        )

print("said on stdout")
print("said on stderr", file=sys.stderr)
config = pulumi.Config()
gate = config.get("gate")
first = Toy("first", {"size": config.require("size"), **({"gate": gate} if gate else {})})
second = Toy("second", {}, depends_on=[first])
pulumi.export("size", config.require("size"))
pulumi.export("password", pulumi.Output.secret("hush"))
"""
PROJECT = "name: toy\nruntime: python\n"
STACK_FILE = "# the stack of a person\nconfig:\n  toy:size: small"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project directory with a space in its name."""
    project = tmp_path / "a project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(PROJECT)
    (project / "Pulumi.dev.yaml").write_text(STACK_FILE)
    (project / "__main__.py").write_text(PROGRAM)
    return project


@pytest.fixture(scope="module")
def sandbox_with_a_stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sandbox in which the stack was made and nothing else was done; tests get copies of it."""
    directory = tmp_path_factory.mktemp("made")
    (directory / "Pulumi.yaml").write_text(PROJECT)
    (directory / "Pulumi.dev.yaml").write_text(STACK_FILE)
    engine = Engine(directory / "sandbox", directory, plugins=PLUGINS)
    made = engine.pulumi(["stack", "ls"], stack="dev", capture=True)
    assert made.succeeded, made.output
    return engine.root


@pytest.fixture
def engine(project: Path, tmp_path: Path, sandbox_with_a_stack: Path) -> Engine:
    root = shutil.copytree(sandbox_with_a_stack, tmp_path / "a sandbox", symlinks=True)
    return Engine(root, project, plugins=PLUGINS)


@pytest.fixture
def new_engine(project: Path, tmp_path: Path) -> Engine:
    """The engine before its first command."""
    return Engine(tmp_path / "a new sandbox", project, plugins=PLUGINS)


def _files(directory: Path) -> dict[str, str]:
    """The files of a directory, without what Python keeps of the modules that it has compiled."""
    return {
        str(path.relative_to(directory)): path.read_text()
        for path in directory.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def _resources(engine: Engine) -> list[str]:
    return sorted(
        resource["urn"].rpartition("::")[2]
        for resource in engine.export("dev")["deployment"].get("resources", [])
        if resource["type"] == "azure-native:index:Toy"
    )


def _cloud(engine: Engine) -> list[str]:
    return sorted(path.name for path in (engine.root / "toy-cloud").iterdir())


def test_a_stack_is_previewed_built_found_unchanged_refreshed_and_destroyed(new_engine: Engine) -> None:
    preview = new_engine.preview("dev", capture=True)
    assert preview.succeeded, preview.output
    assert "+ 3 to create" in preview.output
    assert "said on stdout" in preview.output
    assert "said on stderr" in preview.output
    assert "warning" not in preview.output
    assert not (new_engine.root / "toy-cloud").exists()

    up = new_engine.up("dev", capture=True)
    assert up.succeeded, up.output
    assert _cloud(new_engine) == ["first", "second"]
    assert new_engine.outputs("dev") == {"size": "small", "password": "[secret]"}
    assert new_engine.outputs("dev", show_secrets=True) == {"size": "small", "password": "hush"}

    again = new_engine.preview("dev", "--expect-no-changes", capture=True)
    assert again.succeeded, again.output
    refresh = new_engine.refresh("dev", "--expect-no-changes", capture=True)
    assert refresh.succeeded, refresh.output

    destroy = new_engine.destroy("dev", capture=True)
    assert destroy.succeeded, destroy.output
    assert _cloud(new_engine) == []
    assert _resources(new_engine) == []


def test_the_project_and_the_users_pulumi_stay_as_they_were(
    new_engine: Engine, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli = new_engine.cli
    home = tmp_path / "home"
    (home / ".pulumi").mkdir(parents=True)
    (home / ".pulumi" / "credentials.json").write_text('{"current": "https://the-users.example"}')
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PULUMI_BACKEND_URL", "https://the-users.example")
    monkeypatch.setenv("PULUMI_STACK", "the-users")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", "/no/such/file")
    before = _files(project), _files(home)
    up = new_engine.up("dev", capture=True)
    assert up.succeeded, up.output
    assert new_engine.cli == cli
    assert (_files(project), _files(home)) == before


def test_what_names_the_users_clouds_does_not_reach_the_program(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET", "KUBECONFIG", "PULUMI_ACCESS_TOKEN"}
    for name in names:
        monkeypatch.setenv(name, "of-the-user")
    environment = engine.environment()
    assert names.isdisjoint(environment)
    assert environment["ARM_SUBSCRIPTION_ID"] == "00000000-0000-0000-0000-000000000001"
    assert environment["AKS_PLATFORM_SANDBOX"] == str(engine.root)


def test_a_change_of_the_stack_file_is_seen_by_the_next_command(engine: Engine, project: Path) -> None:
    assert engine.up("dev", capture=True).succeeded
    (project / "Pulumi.dev.yaml").write_text(STACK_FILE.replace("small", "large"))
    preview = engine.preview("dev", "--diff", capture=True)
    assert '"small" => "large"' in preview.output
    assert "~ 1 to update" in preview.output


def test_an_error_meant_for_users_is_printed_once_and_without_a_traceback(
    engine: Engine, project: Path
) -> None:
    message = "network.podCidr: 10.0.0.0/33 is no range.\n  Write a prefix of 8 to 24."
    (project / "__main__.py").write_text(f"import pulumi\nraise pulumi.RunError({message!r})\n")
    preview = engine.preview("dev", capture=True)
    assert preview.exit_code != 0
    diagnostics = preview.output.partition("Diagnostics:")[2]
    assert diagnostics.count("error:") == 1
    assert (
        "error: network.podCidr: 10.0.0.0/33 is no range.\n      Write a prefix of 8 to 24.\n" in diagnostics
    )
    assert "Traceback" not in preview.output


def test_an_unforeseen_error_shows_the_programs_own_lines_only(engine: Engine, project: Path) -> None:
    (project / "helper.py").write_text("def divide():\n    return 1 / 0\n")
    (project / "__main__.py").write_text("import helper\nhelper.divide()\n")
    preview = engine.preview("dev", capture=True)
    assert preview.exit_code != 0
    diagnostics = preview.output.partition("Diagnostics:")[2]
    assert "ZeroDivisionError: division by zero" in diagnostics
    assert f'File "{project}/helper.py", line 2, in divide' in diagnostics
    assert "language_host.py" not in diagnostics


def test_a_program_that_fails_in_an_output_fails_the_command(engine: Engine, project: Path) -> None:
    (project / "__main__.py").write_text(
        "import pulumi\npulumi.Output.from_input(1).apply(lambda one: one / 0)\n"
    )
    preview = engine.preview("dev", capture=True)
    assert preview.exit_code != 0
    assert "ZeroDivisionError: division by zero" in preview.output


@pytest.mark.parametrize("stack", ["nope", "../dev", ""])
def test_a_stack_without_a_file_is_refused_before_anything_is_made(new_engine: Engine, stack: str) -> None:
    with pytest.raises(EngineError, match=r"There is no stack 'nope'.* Stacks: dev\.|is no stack name"):
        new_engine.up(stack)
    assert not (new_engine.root / "work").exists()


@pytest.mark.parametrize("secret", ["\n    secure: v1:a", " {secure: v1:a}", " [{a: b, secure: v1:a}]"])
def test_a_stack_file_with_a_secret_is_refused(engine: Engine, project: Path, secret: str) -> None:
    (project / "Pulumi.dev.yaml").write_text(f"{STACK_FILE}\n  toy:password:{secret}\n")
    with pytest.raises(EngineError, match=r"Pulumi\.dev\.yaml holds a secret"):
        engine.preview("dev")


@pytest.mark.parametrize(("encoding", "line"), [("latin-1", 4), ("utf-16", 1)])
def test_a_stack_file_that_is_not_utf_8_is_refused(
    engine: Engine, project: Path, encoding: str, line: int
) -> None:
    text = "config:\n  toy:location: here\n  toy:size: 1\n  toy:owner: Ren\u00e9\n"
    (project / "Pulumi.dev.yaml").write_text(text, encoding=encoding)
    with pytest.raises(EngineError) as refused:
        engine.preview("dev")
    assert str(refused.value) == f"Pulumi.dev.yaml is not UTF-8 (line {line}). Save it as UTF-8."


def test_a_stack_file_that_no_parser_follows_is_left_to_pulumi(engine: Engine, project: Path) -> None:
    nested = f"{STACK_FILE}\n  other:key: {'[' * 2000}{']' * 2000}\n"
    (project / "Pulumi.dev.yaml").write_text(nested)
    engine.pulumi(["config", "set", "toy:size", "2"], stack="dev", capture=True)
    assert (project / "Pulumi.dev.yaml").read_text() == nested


def test_a_stack_file_that_was_initialised_for_real_is_taken_with_the_sandboxs_own_key(
    engine: Engine, project: Path
) -> None:
    before, after = (
        "secretsprovider: azurekeyvault://theirs\nencryptedkey: abc\n",
        "\nencryptionsalt: v1:abc:def",
    )
    (project / "Pulumi.dev.yaml").write_text(before + STACK_FILE + after)
    preview = engine.preview("dev", capture=True)
    assert preview.succeeded, preview.output


def test_a_stack_whose_making_was_interrupted_is_made_good(engine: Engine) -> None:
    shutil.rmtree(engine.root / "work")
    preview = engine.preview("dev", capture=True)
    assert preview.succeeded, preview.output


def test_a_command_without_a_cli_says_how_to_get_one(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.engine.engine.find_cli", lambda: None)
    with pytest.raises(EngineError, match="Run `make setup` first"):
        engine.preview("dev")


def test_any_command_of_pulumi_runs_in_the_sandbox(engine: Engine) -> None:
    ended = engine.pulumi(["stack", "ls", "--json"], stack="dev", capture=True)
    assert ended.succeeded, ended.output
    assert [stack["name"] for stack in json.loads(ended.output)] == ["dev"]


@pytest.mark.parametrize(
    ("command", "changes"),
    [
        ("preview", ""),
        ("up --yes --skip-preview", ""),
        ("up --yes --skip-preview --config toy:size=large", "set toy:size in Pulumi.dev.yaml"),
        ("refresh --yes --skip-preview", ""),
        ("destroy --yes --skip-preview --remove", "deleted Pulumi.dev.yaml"),
        ("stack rm --yes --force", "deleted Pulumi.dev.yaml"),
        ("stack rename other", "deleted Pulumi.dev.yaml, made Pulumi.other.yaml"),
        ("stack init other", "made Pulumi.other.yaml"),
        ("config set toy:size large", "set toy:size in Pulumi.dev.yaml"),
        ("config set --path toy:list[0] one", "set toy:list in Pulumi.dev.yaml"),
        ("config set --secret toy:password hush", "set toy:password in Pulumi.dev.yaml"),
        ("config rm toy:size", "removed toy:size from Pulumi.dev.yaml"),
        ("stack change-secrets-provider passphrase", ""),
        ("install", ""),
    ],
)
def test_whatever_is_passed_to_pulumi_changes_no_file_of_the_project(
    engine: Engine, project: Path, capfd: pytest.CaptureFixture[str], command: str, changes: str
) -> None:
    before = _files(project)
    ended = engine.pulumi(command.split(), stack="dev", capture=True)
    assert _files(project) == before
    told = (
        f"Pulumi has {changes}. This is a copy, which the next command replaces: the sandbox changes no file "
        f"of the project. To keep the change, make it in {project}.\n"
    )
    assert capfd.readouterr().err == (told if changes else "")
    # The config stays as it was, and a script that goes on must learn of it.
    assert ended.succeeded == (not command.startswith("config")), ended.output


def test_config_is_refreshed_and_copied_in_the_copies_only(engine: Engine, project: Path) -> None:
    (project / "Pulumi.prod.yaml").write_text(STACK_FILE)
    before = _files(project)
    assert engine.up("dev", "--skip-preview", capture=True).succeeded
    assert engine.pulumi(["stack", "ls"], stack="prod", capture=True).succeeded
    for command in ("config refresh --force", "config cp --dest prod", "config set toy:size small"):
        ended = engine.pulumi(command.split(), stack="dev", capture=True)
        assert "error" not in ended.output
    assert _files(project) == before


@pytest.mark.parametrize(
    "command",
    [
        "--cwd {project} stack rm --yes --force",
        "-C{project} stack rm --yes --force",
        "config set toy:size large --config-file={project}/Pulumi.dev.yaml",
        "config set toy:size large --config-file ../../{name}/Pulumi.dev.yaml",
        "new python --force --dir {project}/new",
        "stack export --file {project}/Pulumi.dev.yaml",
    ],
)
def test_an_argument_that_leads_into_the_project_is_refused(
    engine: Engine, project: Path, command: str
) -> None:
    before = _files(project)
    given = [each.format(project=project, name=project.name) for each in command.split()]
    with pytest.raises(EngineError, match=r"leave this argument out|Name another one"):
        engine.pulumi(given, stack="dev")
    assert _files(project) == before


def test_a_state_is_exported_to_where_the_user_is_and_imported_from_there(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in ("stack export --file state.json", "stack import --file=state.json"):
        ended = engine.pulumi(command.split(), stack="dev", capture=True)
        assert ended.succeeded, ended.output
        assert json.loads((tmp_path / "state.json").read_text())["version"] == 3


def test_a_program_elsewhere_runs_where_it_is(engine: Engine, project: Path) -> None:
    """A project whose `main` is a directory, and whose program reads a file beside itself."""
    (project / "program").mkdir()
    (project / "program" / "size").write_text("read beside the program")
    (project / "program" / "__main__.py").write_text(
        "import pulumi\npulumi.export('size', open('size').read())\n"
    )
    (project / "Pulumi.yaml").write_text("main: program\nname: toy\nruntime: python")
    up = engine.up("dev", capture=True)
    assert up.succeeded, up.output
    assert engine.outputs("dev") == {"size": "read beside the program"}


def _command(engine: Engine, *arguments: str) -> list[str]:
    """The command line of a method of *engine*."""
    program = (
        "import sys; from pathlib import Path; from sandbox.tests.engine.test_engine import PLUGINS\n"
        "from sandbox.engine.engine import Engine\n"
        "engine = Engine(Path(sys.argv[1]), Path(sys.argv[2]), plugins=PLUGINS)\n"
        "sys.exit(getattr(engine, sys.argv[3])('dev', *sys.argv[4:]).exit_code)"
    )
    return [sys.executable, "-c", program, str(engine.root), str(engine.project_dir), *arguments]


def _elsewhere(engine: Engine, *arguments: str) -> subprocess.Popen[str]:
    """A command of *engine* in its own process, which leads a process group."""
    return subprocess.Popen(
        _command(engine, *arguments),
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    while not path.exists():
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.02)


@pytest.fixture
def gate(engine: Engine, project: Path, tmp_path: Path) -> Path:
    """A named pipe that the making of the first resource waits for."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    (project / "Pulumi.dev.yaml").write_text(f"{STACK_FILE}\n  toy:gate: {gate}\n")
    return gate


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_up_ends_in_order_and_the_next_one_finishes_it(
    engine: Engine, gate: Path, number: signal.Signals
) -> None:
    with _elsewhere(engine, "up", "--skip-preview") as up:
        _wait_for(engine.root / "creating", up)
        up.send_signal(number)
        assert up.stdout is not None
        said = ""
        while "received; cancelling" not in said:
            line = up.stdout.readline()
            assert line, said
            said += line
        gate.write_text("go on")
        said += up.stdout.read()
    assert up.returncode != 0
    assert "update canceled" in said
    assert "received; terminating" not in said
    assert _cloud(engine) == ["first"]
    assert _resources(engine) == ["first"]

    again = engine.up("dev", "--skip-preview", capture=True)
    assert again.succeeded, again.output
    assert "warning" not in again.output
    assert _cloud(engine) == ["first", "second"]
    assert _resources(engine) == ["first", "second"]


@pytest.mark.parametrize(
    ("interrupt", "number", "passed_on"),
    [
        (True, signal.SIGINT, [signal.SIGINT]),
        (False, signal.SIGINT, []),
        (True, signal.SIGTERM, [signal.SIGTERM]),
        (False, signal.SIGTERM, [signal.SIGTERM]),
        (True, signal.SIGHUP, [signal.SIGTERM]),
        (False, signal.SIGHUP, [signal.SIGTERM]),
    ],
)
def test_a_signal_is_passed_on_unless_the_terminal_has_sent_it_already(
    monkeypatch: pytest.MonkeyPatch, interrupt: bool, number: signal.Signals, passed_on: list[signal.Signals]
) -> None:
    with subprocess.Popen(["true"], text=True) as process:
        sent: list[int] = []
        monkeypatch.setattr(process, "send_signal", sent.append)
        before = signal.getsignal(number)
        with signals_passed_to(process, interrupt=interrupt):
            os.kill(os.getpid(), number)
        assert sent == passed_on
        assert signal.getsignal(number) is before


def test_ctrl_c_in_a_terminal_reaches_the_engine_once(engine: Engine, gate: Path) -> None:
    command = _command(engine, "up", "--skip-preview")
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(CHECKOUT)
        os.execv(command[0], command)
    said = b""
    typed = opened = False
    try:
        while chunk := os.read(terminal, 4096):
            said += chunk
            if not typed and (engine.root / "creating").exists():
                os.write(terminal, b"\x03")
                typed = True
            if not opened and b"received; cancelling" in said:
                gate.write_text("go on")
                opened = True
    except OSError:  # Linux ends a terminal whose last process has gone with an error.
        pass
    finally:
        os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0
    assert b"update canceled" in said
    assert b"received; terminating" not in said
    assert _cloud(engine) == _resources(engine) == ["first"]


def test_the_lock_of_an_engine_that_runs_is_left_to_it_until_the_user_takes_it(engine: Engine) -> None:
    holder = {"pid": os.getpid(), "username": "me", "hostname": socket.gethostname()}
    lock = engine.backend / ".pulumi" / "locks" / "organization" / "toy" / "dev" / "in-use.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(json.dumps(holder | {"timestamp": "2026-01-01T00:00:00Z"}))
    with pytest.raises(EngineError) as refused:
        engine.refresh("dev")
    said, command = str(refused.value).split("\n")
    assert said.startswith(
        f"Stack dev is locked by process {os.getpid()}, which still runs. Wait for its end"
    )
    # The sandbox's own command, with a stand-in for the provider that the toy needs none of here.
    ended = subprocess.run(
        [*shlex.split(command)[:3], "--project", str(engine.project_dir), *shlex.split(command)[3:]],
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert ended.returncode == 0
    assert not lock.exists()
    assert engine.refresh("dev", capture=True).succeeded


def test_attributes_that_a_killed_engine_left_empty_are_no_matter(engine: Engine) -> None:
    (state,) = engine.backend.glob(".pulumi/stacks/*/dev.json")
    state.with_name(f"{state.name}.attrs").touch()
    up = engine.up("dev", capture=True)
    assert up.succeeded, up.output
    assert list(engine.backend.rglob("*.attrs")) == []


def test_a_damaged_state_is_put_back_as_the_message_says(engine: Engine) -> None:
    assert engine.up("dev", capture=True).succeeded
    (state,) = engine.backend.glob(".pulumi/stacks/*/dev.json")
    state.write_text(state.read_text()[:99])
    with pytest.raises(EngineError, match="The state of stack dev cannot be read") as refused:
        engine.preview("dev")
    (remedy,) = [line for line in str(refused.value).splitlines() if line.startswith("  ")]
    assert subprocess.run(shlex.split(remedy), check=False).returncode == 0
    again = engine.preview("dev", "--expect-no-changes", capture=True)
    assert again.succeeded, again.output


def test_a_deleted_backend_is_made_again_and_what_no_state_knows_of_is_told(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    with Cloud.open(engine.root / CLOUD_FILE) as cloud:
        cloud.put(
            Resource(
                id="/subscriptions/0/resourceGroups/rg", type="Microsoft.Resources/resourceGroups", name="rg"
            )
        )
    shutil.rmtree(engine.backend)
    assert engine.outputs("dev") == {}
    assert capsys.readouterr().err == (
        "The simulated cloud holds resources that no state knows of (1): the state in "
        f"{engine.backend} was deleted. `make recover STACK=dev` takes them back into the state; `make "
        "clean` deletes them.\n"
    )


@pytest.mark.parametrize(
    ("config", "how"),
    [
        (
            "config:\n  protect: {type: boolean, default: true}\n",
            "set `toy:protect: false` in Pulumi.dev.yaml",
        ),
        ("", "unprotect them in the program"),
    ],
)
def test_what_is_protected_is_told_with_how_to_let_it_go(
    engine: Engine, project: Path, capfd: pytest.CaptureFixture[str], config: str, how: str
) -> None:
    (project / "Pulumi.yaml").write_text(PROJECT + config)
    (project / "__main__.py").write_text(PROGRAM.replace("depends_on", "protect=True, depends_on"))
    assert engine.up("dev", capture=True).succeeded
    capfd.readouterr()
    refused = engine.destroy("dev", capture=True)
    assert not refused.succeeded
    assert capfd.readouterr().err == (
        f"Stack dev has protected resources (1). To take them down, {how}, run `make up STACK=dev`, then "
        "`make destroy STACK=dev` again.\n"
    )


def test_a_command_that_waits_does_not_begin_before_the_other_has_ended(
    engine: Engine, tmp_path: Path
) -> None:
    ended = tmp_path / "ended"
    program = (
        "import pathlib, sys; from sandbox.engine.engine import Engine\n"
        "with Engine(pathlib.Path(sys.argv[1]), pathlib.Path()).alone():\n"
        "    print(pathlib.Path(sys.argv[2]).exists())"
    )
    with engine.alone():
        second = subprocess.Popen(
            [sys.executable, "-c", program, str(engine.root), str(ended)],
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert second.stderr is not None
        assert second.stderr.readline().endswith("waiting for it to end.\n")
        # One that does not wait is done by now; one that does waits on, however long this takes.
        time.sleep(0.2)
        ended.touch()
    assert second.communicate() == ("True\n", "")


def test_commands_of_one_sandbox_run_one_after_another_and_say_so(engine: Engine, gate: Path) -> None:
    with _elsewhere(engine, "up", "--skip-preview") as first:
        _wait_for(engine.root / "creating", first)
        with _elsewhere(engine, "preview") as second:
            assert second.stdout is not None
            assert second.stdout.readline() == (
                f"Another command is running in the sandbox {engine.root}; waiting for it to end.\n"
            )
            gate.write_text("go on")
            assert "3 unchanged" in second.communicate()[0]
        first.communicate()
    assert [first.returncode, second.returncode] == [0, 0]
