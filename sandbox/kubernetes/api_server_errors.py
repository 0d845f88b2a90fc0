"""The ``kubernetes`` client's exceptions in the provider's terms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.kubernetes.backend import ApiError, ClusterUnreachableError
from sandbox.kubernetes.kinds import Json


@contextmanager
def api_errors() -> Iterator[None]:
    """Raise an API server's answer as :class:`ApiError`, and none as :class:`ClusterUnreachableError`."""
    # Imported here, as they are slow and needed only where a cluster is reached.
    from kubernetes.client.exceptions import ApiException  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    try:
        yield
    except ApiException as error:
        raise of_answer(error.status or 0, error.body) from error
    except HTTPError as error:
        raise ClusterUnreachableError(str(error)) from error


def of_answer(code: int, body: str | bytes | None) -> ApiError:
    """The error that an answer with this HTTP status code and body is.

    The reason is empty where the answer is no ``Status``, as for a path that does not exist.
    """
    text = body.decode(errors="replace") if isinstance(body, bytes) else body or ""
    status = _status(text)
    return ApiError(code, str(status.get("reason") or ""), str(status.get("message") or text.strip()))


def _status(text: str) -> dict[str, Json]:
    try:
        status = json.loads(text)
    except ValueError:
        return {}
    return status if isinstance(status, dict) and status.get("kind") == "Status" else {}
