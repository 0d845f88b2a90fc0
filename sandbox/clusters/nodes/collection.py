"""All objects of a kind, as the API server last told of them."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from typing import Final

from kubernetes.client.exceptions import ApiException
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError

from sandbox.clusters.nodes.api import Api, Object

_RETRY_SECONDS: Final = 0.5


class Collection:
    """A copy of a collection that a thread keeps up to date by a watch."""

    def __init__(self, api: Api, path: str, changed: threading.Event, stopping: threading.Event) -> None:
        """Copy the collection at *path*, set *changed* whenever it does, until *stopping* is set."""
        self._api = api
        self._path = path
        self._changed = changed
        self._stopping = stopping
        self._objects: dict[str, Object] = {}
        self._lock = threading.Lock()
        self._complete = threading.Event()
        self._response: HTTPResponse | None = None
        self._thread = threading.Thread(target=self._follow, daemon=True, name=f"watch {path}")
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait until the copy is complete for the first time; whether it is."""
        return self._complete.wait(seconds)

    def objects(self) -> list[Object]:
        """The objects. They are shared: nobody may change them."""
        with self._lock:
            return list(self._objects.values())

    def close(self) -> None:
        """End the watch, after its event to stop was set."""
        response = self._response
        if response is not None:
            with contextlib.suppress(Exception):
                response.shutdown()

    def _follow(self) -> None:
        while not self._stopping.is_set():
            try:
                self._watch(self._list())
            except (ApiException, HTTPError, OSError, ValueError):
                # The API server is being started again, or the version is too old: begin anew.
                self._stopping.wait(_RETRY_SECONDS)

    def _list(self) -> str:
        answer = self._api.get(self._path)
        with self._lock:
            self._objects = {item["metadata"]["uid"]: item for item in answer.get("items") or []}
        self._complete.set()
        self._changed.set()
        return str(answer["metadata"]["resourceVersion"])

    def _watch(self, version: str) -> None:
        while not self._stopping.is_set():
            with self._api.watch(self._path, version) as response:
                self._response = response
                for line in _lines(response):
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        return
                    version = self._take(event)

    def _take(self, event: Object) -> str:
        item = event["object"]
        with self._lock:
            if event["type"] == "DELETED":
                self._objects.pop(item["metadata"]["uid"], None)
            else:
                self._objects[item["metadata"]["uid"]] = item
        self._changed.set()
        return str(item["metadata"]["resourceVersion"])


def _lines(response: HTTPResponse) -> Iterator[bytes]:
    rest = b""
    for part in response.stream(amt=None, decode_content=False):
        *lines, rest = (rest + part).split(b"\n")
        yield from lines
