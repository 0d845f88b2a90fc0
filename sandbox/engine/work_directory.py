"""The directory that the Pulumi CLI works in, so that it changes no file of the project.

Many of its commands write beside `Pulumi.yaml`: even a preview adds to the stack file, `stack rm` deletes it,
`stack rename` renames it and `new` overwrites the program. There they find copies.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from sandbox.engine.directory import write
from sandbox.engine.engine_error import EngineError
from sandbox.engine.environment import ENCRYPTION_SALT

PROJECT_FILE: Final = "Pulumi.yaml"
_FILES: Final = "Pulumi*.yaml"
_STACK_FILES: Final = "Pulumi.?*.yaml"
_MAIN: Final = re.compile(r"^main\s*:.*\n?", re.MULTILINE)
_SECRETS_KEYS: Final = re.compile(r"^(encryptionsalt|encryptedkey|secretsprovider)\s*:.*\n?", re.MULTILINE)
_DATA_OPTIONS: Final = ("--file", "--plan", "--policy-pack", "--policy-pack-config", "--save-plan")


@dataclass(frozen=True, kw_only=True)
class WorkDirectory:
    """Copies of `Pulumi.yaml`, which names the real program, and of all stack files.

    The program runs in the project's own directory. Every command begins with new copies.

    Attributes:
        path: where the CLI runs.
        project_dir: the directory of the user's `Pulumi.yaml`; only read.
        root: the sandbox's directory, which may be in the project's.
    """

    path: Path
    project_dir: Path
    root: Path

    def prepare(self) -> None:
        """Make the copies.

        Raises:
            EngineError: the project has no `Pulumi.yaml`.
        """
        copies = self._copies()
        for name in self._now().keys() - copies.keys():
            (self.path / name).unlink()
        for name, text in copies.items():
            write(self.path / name, text)
        self._link_virtual_environment(copies[PROJECT_FILE])

    def arguments(self, given: Sequence[str]) -> list[str]:
        """Arguments for the CLI with data files named from where the user is.

        Raises:
            EngineError: an argument leads the CLI back into the project, where it could overwrite a file.
        """
        named, option = [], ""
        for argument in given:
            name, equals, value = argument.partition("=")
            if option in _DATA_OPTIONS:
                named.append(self._data_file(argument))
            elif name in _DATA_OPTIONS and equals:
                named.append(f"{name}={self._data_file(value)}")
            else:
                path = value if equals else argument.removeprefix("-C")
                if self._is_of_the_project(self.path / path):
                    raise EngineError(
                        f"`{argument}` is in the project, and the sandbox lets Pulumi change no file there. "
                        f"Pulumi works with copies in {self.path}: leave this argument out."
                    )
                named.append(argument)
            option = argument
        return named

    def config_key(self, name: str) -> str | None:
        """The key of the project's config that goes by *name*; None where `Pulumi.yaml` declares none."""
        project = _parsed(_read(self.path / PROJECT_FILE))
        return f"{project['name']}:{name}" if name in _config(project) else None

    def changes(self) -> Iterator[str]:
        """What Pulumi has changed in its copies of the stack files, each as a clause."""
        before, after = self._copies(), self._now()
        for name in sorted(before.keys() - after.keys()):
            yield f"deleted {name}"
        for name in sorted(after.keys() - before.keys()):
            yield f"made {name}"
        kept = (before.keys() & after.keys()) - {PROJECT_FILE}
        # Nearly every command changes none, and parsing takes longer than comparing.
        for name in sorted(name for name in kept if before[name] != after[name]):
            was, is_now = _config(_parsed(before[name])), _config(_parsed(after[name]))
            for key in sorted(was.keys() | is_now.keys()):
                if key not in is_now:
                    yield f"removed {key} from {name}"
                elif was.get(key) != is_now[key]:
                    yield f"set {key} in {name}"

    def _copies(self) -> dict[str, str]:
        """What each copy holds: stack files have the sandbox's key in place of the user's."""
        project_file = self.project_dir / PROJECT_FILE
        if not project_file.is_file():
            raise EngineError(f"{self.project_dir} is not a Pulumi project: {PROJECT_FILE} does not exist.")
        text = _read(project_file)
        main = self.project_dir / str(_parsed(text).get("main", ""))
        copies = {PROJECT_FILE: f"{_lines(_MAIN.sub('', text))}main: {json.dumps(str(main))}\n"}
        for file in self.project_dir.glob(_STACK_FILES):
            text = _lines(_SECRETS_KEYS.sub("", _read(file)))
            copies[file.name] = f"{text}encryptionsalt: {ENCRYPTION_SALT}\n"
        return copies

    def _now(self) -> dict[str, str]:
        return {file.name: _read(file) for file in self.path.glob(_FILES)}

    def _link_virtual_environment(self, project: str) -> None:
        """Let the official language host find the virtual environment that the project names."""
        runtime = _parsed(project).get("runtime")
        options = runtime.get("options") if isinstance(runtime, Mapping) else None
        name = options.get("virtualenv") if isinstance(options, Mapping) else None
        if name and not (self.path / str(name)).exists():
            link = self.path / str(name)
            link.unlink(missing_ok=True)
            link.symlink_to(self.project_dir / str(name))

    def _data_file(self, given: str) -> str:
        path = Path(given).absolute()
        if path.is_file() and path.suffix != ".json" and self._is_of_the_project(path):
            raise EngineError(
                f"{path} is a file of the project, which Pulumi could overwrite. Name another one, or one "
                "with the suffix .json."
            )
        return str(path)

    def _is_of_the_project(self, path: Path) -> bool:
        real = Path(os.path.realpath(path))
        return real.is_relative_to(self.project_dir) and not real.is_relative_to(self.root)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="surrogateescape")


def _lines(text: str) -> str:
    return f"{text}\n" if text and not text.endswith("\n") else text


def _parsed(text: str) -> Mapping[str, Any]:
    """The map that *text* holds; empty where it holds none, which Pulumi will say."""
    try:
        read = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return read if isinstance(read, Mapping) else {}


def _config(file: Mapping[str, Any]) -> Mapping[str, Any]:
    config = file.get("config")
    return config if isinstance(config, Mapping) else {}
