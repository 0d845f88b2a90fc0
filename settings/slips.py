"""What a stack file says that nothing reads, though it was probably meant: slips of the pen in keys."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from settings.errors import DOCUMENT, Mark, Problem, whole_key
from settings.model import SettingsModel, keys_of
from settings.rules import warn
from settings.spelling import one_slip_from
from settings.stack_file import StackFile
from settings.wording import as_written

_SECTIONS: Final = ("config", "secretsprovider", "encryptionsalt", "encryptedkey", "environment")
"""What Pulumi reads in a stack file. https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/"""


def slips(config: Mapping[str, object], model: type[SettingsModel], file: StackFile) -> Iterator[Problem]:
    """Warnings of keys of ``config``, values by whole keys, that are one slip from one that is read.

    Unknown keys of the project's own namespace are refused elsewhere, and other namespaces belong to others.
    """
    known = [whole_key(key, file.project) for key in keys_of(model)]
    known += model.providers_keys
    spaces = {key.partition(":")[0] for key in known}
    for whole, value in config.items():
        space, _, key = whole.partition(":")
        of_space = space if space in spaces else one_slip_from(space, spaces)
        if whole in known or space == file.project or of_space is None:
            continue
        meant = one_slip_from(f"{of_space}:{key}", known)
        if meant is not None or space != of_space:
            meant = meant or f"{of_space}:{key}"
            reason = f"nothing reads {whole}, so it has no effect"
            yield replace(warn((whole,), meant, reason, f"{meant}: {as_written(value)}"), value=value)
    for name, line in file.beside_config():
        section = one_slip_from(name, _SECTIONS)
        if name == DOCUMENT:
            advice, reason = "one document", "Pulumi reads only the first one, so this has no effect"
            problem = warn((DOCUMENT,), advice, reason, "nothing: move its keys into the first document")
        elif name not in _SECTIONS and section is not None:
            reason = "nothing reads it, so what is in it has no effect"
            problem = warn((f"{name}:",), f"{section}:", reason, f"{section}: <the same>")
        else:
            continue
        yield replace(problem, line=line, value=Mark.UNREAD)
