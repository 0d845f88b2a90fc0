"""Downloads that end as the complete, checked file or as nothing, and go on where they stopped."""

from __future__ import annotations

import hashlib
import http.client
import queue
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from sandbox.programs.console import say

ANSWER_SECONDS = 5.0
"""How long a server may take to answer before it counts as unreachable."""

_STALL_SECONDS = 15.0
_CHUNK_BYTES = 1 << 18
_ATTEMPTS = 4
_REPORTED_SHARE = 0.2


class DownloadError(Exception):
    """The file is not available from there; the message says why."""


def download(url: str, target: Path, sha256: str | None, *, answer_seconds: float = ANSWER_SECONDS) -> None:
    """Put the file at *url* into *target*, or leave *target* as it is.

    What has arrived is kept in `<target>.part`; a later call, or another attempt of this one, asks for the
    rest only.

    Args:
        url: the file's address.
        target: where the file goes; its directory exists.
        sha256: the file's checksum, in hexadecimal digits; None if none is published, so only the
            server's certificate vouches for the download.
        answer_seconds: how long the server may take to answer.

    Raises:
        DownloadError: the server cannot be reached or does not have the file, the connection keeps breaking,
            or what
            arrived has another checksum.
    """
    part = target.with_name(target.name + ".part")
    for attempt in range(1, _ATTEMPTS + 1):
        kept = part.stat().st_size if part.exists() else 0
        try:
            complete = _fetch(url, part, kept, answer_seconds)
        except (OSError, http.client.HTTPException) as error:
            if attempt == _ATTEMPTS or not _is_worth_another_try(error, part, kept):
                raise DownloadError(f"{url}: {_reason(error)}") from error
            continue
        if not complete:
            continue
        found = _sha256(part)
        if sha256 in (found, None):
            part.replace(target)
            return
        part.unlink()
        if kept == 0:
            raise DownloadError(f"{url} has the checksum sha256:{found}, not the pinned sha256:{sha256}")
    raise DownloadError(
        f"{url}: the connection broke {_ATTEMPTS} times; what has arrived is kept for the next time"
    )


def _fetch(url: str, part: Path, kept: int, answer_seconds: float) -> bool:
    """Add to *part*, which holds *kept* bytes, what *url* has beyond them.

    Returns whether it is complete now.
    """
    if not url.startswith(("https://", "http://")):
        raise DownloadError(f"{url} is not an HTTP address")
    request = urllib.request.Request(url, headers={"Range": f"bytes={kept}-"} if kept else {})  # noqa: S310
    try:
        response = _open(request, answer_seconds)
    except urllib.error.HTTPError as error:
        if kept and error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            # Nothing lies beyond what is kept: the checksum tells whether that is the whole file.
            return True
        raise
    with response:
        resumed = response.status == http.HTTPStatus.PARTIAL_CONTENT
        size = reported = kept if resumed else 0
        length = response.headers.get("Content-Length")
        total = size + int(length) if length else None
        with part.open("ab" if size else "wb") as file:
            while chunk := response.read(_CHUNK_BYTES):
                size += file.write(chunk)
                if total and size - reported >= total * _REPORTED_SHARE:
                    reported = size
                    say(f"  {size >> 20} of {total >> 20} MiB")
    return total is None or size == total


def _open(request: urllib.request.Request, seconds: float) -> Any:  # noqa: ANN401
    """The response to *request*.

    Raises:
        TimeoutError: there is none after *seconds*. A socket's own time limit does not cover the look-up of
            the name.
    """
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(urllib.request.urlopen(request, timeout=_STALL_SECONDS))  # noqa: S310
        except Exception as error:  # noqa: BLE001 - raised again by the thread that waits.
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no answer in {seconds:g} s") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _is_worth_another_try(error: Exception, part: Path, kept: int) -> bool:
    """Whether the connection broke on the way, instead of never having stood."""
    return not isinstance(error, urllib.error.URLError) and part.exists() and part.stat().st_size > kept


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"the server answered {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        return f"cannot be reached ({error.reason})"
    return str(error) or type(error).__name__


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
