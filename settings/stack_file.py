"""The stack file as text: on which line a setting stands, how it is written, and what is beside the config.

The values themselves come from Pulumi, which has decrypted and merged them. The file is parsed only when a
problem asks for a line: a run without problems needs none.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, partial
from pathlib import Path as FilePath
from typing import Final

import yaml

from settings.errors import DOCUMENT, Mark, Path, whole_key

_LARGEST: Final = 1_000_000
"""Characters of a file that is still searched for lines; a stack file has some thousand."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where PyYAML was built with it: it is twenty times as fast."""

_MANY_LEVELS: Final = re.compile(r"(?:[\[{]\s*){100}")
"""What would keep the parser busy for seconds, or overflow the stack."""


@dataclass(frozen=True)
class StackFile:
    """One stack file, which may not exist or not be readable: then nothing is known of it."""

    name: str
    project: str
    path: FilePath | None = None

    @staticmethod
    def of(stack: str, project: str, directory: FilePath) -> "StackFile":
        """The file of ``stack`` in ``directory``."""
        name = f"Pulumi.{stack}.yaml"
        return StackFile(name, project, directory / name)

    def line_of(self, path: Path, value: object) -> int | None:
        """The line of the value at ``path``; for one that is missing, the line where it belongs.

        None where the file holds another value there: then the config comes from elsewhere.
        """
        node, line = self._root, None
        for part in self._keys(path):
            found = _members(node).get(part)
            if found is None:
                return line if value is Mark.MISSING else None
            key, node = found
            line = None if part == "config" else key.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode) and not isinstance(value, Mark):
            return line if _holds(node, value) else None
        return line

    def lacks(self, key: str) -> bool:
        """Whether the file can be read and does not have the config key ``key``."""
        _, config = _members(self._root).get("config", (None, None))
        return config is not None and whole_key(key, self.project) not in _members(config)

    def unquoted(self, path: Path, value: object) -> str | None:
        """How the file writes the ``value`` at ``path``, as 1.30 for 1.3; None where it is in quotes."""
        node = self._root
        for part in self._keys(path):
            _, node = _members(node).get(part, (None, None))
        if isinstance(node, yaml.ScalarNode) and node.style in {None, ""} and _read(node) == value:
            return node.value
        return None

    def beside_config(self) -> Iterator[tuple[str, int]]:
        """Every key beside ``config``, and each further document, with its line."""
        for number, text in enumerate(self._text.splitlines(), start=1):
            if match := re.match(r"([A-Za-z_][\w-]*)\s*:(?:\s|$)", text):
                yield match[1], number
            elif number > 1 and re.match(r"---(\s|$)", text):
                yield DOCUMENT, number

    def _keys(self, path: Path) -> Iterator[str]:
        first, *rest = map(str, path)
        yield from ("config", whole_key(first, self.project), *rest)

    @cached_property
    def _text(self) -> str:
        try:
            text = self.path.read_text(encoding="utf-8-sig") if self.path else ""
        except (OSError, UnicodeDecodeError):
            return ""
        return text if len(text) <= _LARGEST else ""

    @cached_property
    def _root(self) -> yaml.Node | None:
        """The nodes of the first document; the engine reads no other."""
        if _MANY_LEVELS.search(self._text):
            return None
        try:
            return next(yaml.compose_all(self._text, Loader=_LOADER), None)
        except (yaml.YAMLError, RecursionError):
            return None


@lru_cache
def _members(node: yaml.Node | None) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """The nodes of the keys and the values in a map or list."""
    if isinstance(node, yaml.MappingNode):
        scalars = [each for each in node.value if isinstance(each[0], yaml.ScalarNode)]
        return {key.value: (key, value) for key, value in scalars}
    if isinstance(node, yaml.SequenceNode):
        return {str(position): (member, member) for position, member in enumerate(node.value)}
    return {}


def _holds(node: yaml.ScalarNode, value: object) -> bool:
    """Whether Pulumi reads ``value`` in a scalar: it knows more forms of numbers than PyYAML, and rounds."""
    if isinstance(value, int | float):
        for number in (float, partial(int, base=0)):
            with suppress(ValueError, OverflowError):
                if number(node.value) == float(value):
                    return True
    read = _read(node)
    is_null = read is None and value == ""  # as Pulumi hands over the null of a whole key
    return is_null or value in (node.value, read)


def _read(node: yaml.ScalarNode) -> object:
    """What YAML reads in a scalar, a date as Pulumi hands it over; None for a date that does not exist."""
    with suppress(ValueError, yaml.YAMLError):
        value = yaml.SafeLoader("").construct_object(node)
        return f"{value:%Y-%m-%d %H:%M:%S} +0000 UTC" if isinstance(value, date) else value
    return None
