"""Credentials that a stack file holds in plain text, where everyone who reads the repository reads them."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Final

from settings.bounds import DEEPEST
from settings.errors import Mark, Path, Problem, dotted
from settings.rules import warn

_NAME: Final = re.compile(
    r"(password|secret|token|(api|access|account|private|shared)key|connectionstring)$", re.IGNORECASE
)
"""The last word of a key that holds a credential."""

_FORM: Final = re.compile(
    r"""
      \b(AccountKey|SharedAccessKey|Password|Pwd)=[^;\s]{8,}        # a connection string
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----
    | \beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+                          # a JSON web token
    | \b[\w.~-]{3}[78]Q~[\w.~-]{31,}                                  # a client secret of Entra ID
    | \bgh[pousr]_[A-Za-z0-9]{36}\b                                   # a token of GitHub
    | [?&]sig=[\w%/+]{20,}                                            # a shared access signature
    """,
    re.VERBOSE,
)
"""Values that are credentials by their form; identifiers, addresses and digests are none."""


def credentials(
    config: Mapping[str, object], *, project: str, secret: Collection[str], settings: Collection[str]
) -> Iterator[Problem]:
    """Warnings of what looks like a credential in ``config``, values by whole keys, but for ``secret`` ones.

    In ``settings``, which hold none, only the form of a value counts; elsewhere also the name of its key.
    """
    for whole, content in config.items():
        if whole not in secret:
            for path, value in _texts((whole,), content):
                name = re.sub(r"[_-]", "", str(path[-1]))
                named = whole not in settings and len(value) >= 8 and _NAME.search(name)
                if named or _FORM.search(value):
                    reason = "this looks like a credential, and anyone who can read the file can use it"
                    instead = f"pulumi config set --secret --path '{dotted(path)}', and a new credential"
                    if whole.startswith(f"{project}:"):
                        instead = "nothing: remove it, and revoke it"
                    advice = "no credential in plain text"
                    yield replace(warn(path, advice, reason, instead), value=Mark.HIDDEN)


def _texts(path: Path, value: object) -> Iterator[tuple[Path, str]]:
    """Every string in ``value``, with its place; nothing of what is nested too deep for a setting."""
    if len(path) > DEEPEST:
        return
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts((*path, key), member)
