"""The stack file as text: only to tell on which line a setting stands.

The values themselves come from Pulumi, which has decrypted and merged them.
"""

from dataclasses import dataclass
from pathlib import Path as FilePath

import yaml

from settings.errors import Mark, Path


@dataclass(frozen=True)
class StackFile:
    """The parsed nodes of one stack file."""

    name: str
    _root: yaml.Node | None
    _project: str

    @staticmethod
    def of(stack: str, project: str, directory: FilePath) -> "StackFile":
        """The file of ``stack`` in ``directory``; without lines where there is none that can be read."""
        name = f"Pulumi.{stack}.yaml"
        try:
            root = yaml.compose((directory / name).read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            root = None
        return StackFile(name, root, project)

    def line_of(self, path: Path, value: object) -> int | None:
        """The line of the value at ``path``; for one that is missing, the line where it belongs.

        None where the file holds another value there: then the config comes from elsewhere.
        """
        config = _member(self._root, "config")
        first, *rest = path
        found = _member(config, first if ":" in str(first) else f"{self._project}:{first}")
        if found is None:
            return None
        key, node = found
        for part in rest:
            found = _member(node, part)
            if found is None:
                return _line(key) if value is Mark.MISSING else None
            key, node = found
        if isinstance(node, yaml.ScalarNode) and value != path[-1] and not _same(node.value, value):
            return None
        return _line(key)


def _member(
    parent: "yaml.Node | tuple[yaml.Node, yaml.Node] | None", part: str | int
) -> tuple[yaml.Node, yaml.Node] | None:
    """The nodes of the key and the value ``part`` of a map or list."""
    node = parent[1] if isinstance(parent, tuple) else parent
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1


def _same(text: str, value: object) -> bool:
    """Whether the scalar ``text`` is read as ``value``."""
    if isinstance(value, Mark):
        return True
    if isinstance(value, bool) or value is None:
        return text.lower() in {"true", "yes", "on", "false", "no", "off", "null", "~", ""}
    if isinstance(value, int | float):
        try:
            return float(text.replace("_", "")) == value
        except ValueError:
            return False
    return text == value
