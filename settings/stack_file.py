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
        first, *rest = path
        whole = first if ":" in str(first) else f"{self._project}:{first}"
        node, line = self._root, None
        for part in ("config", whole, *rest):
            found = _member(node, part)
            if found is None:
                return line if value is Mark.MISSING else None
            key, node = found
            line = None if part == "config" else key.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode) and not isinstance(value, Mark):
            read = yaml.SafeLoader("").construct_object(node)
            return line if value in (node.value, read) else None
        return line


def _member(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """The nodes of the key and the value ``part`` of a map or list."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None
