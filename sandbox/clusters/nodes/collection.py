"""All objects of a kind, as the API server last told of them."""

from __future__ import annotations

import json
import threading
import time
from typing import Final

from sandbox.clusters.api import UNREACHABLE, Api, ApiError
from sandbox.clusters.objects import Object

_RETRY_SECONDS: Final = 0.5
_COMPLETE_SECONDS: Final = 30.0


class Collection:
    """A copy of a collection that a thread keeps up to date by a watch, for as long as the process lives."""

    def __init__(self, api: Api, path: str, changed: threading.Event) -> None:
        """Copy the collection at *path*, and set *changed* whenever it does."""
        self._api = api
        self._path = path
        self._changed = changed
        self._objects: dict[str, Object] = {}
        self._complete = threading.Event()
        threading.Thread(target=self._follow, daemon=True, name=f"watch {path}").start()

    def objects(self) -> list[Object]:
        """The objects. They are shared: do not change them.

        Raises:
            TimeoutError: the API server has not listed them yet.
        """
        if not self._complete.wait(_COMPLETE_SECONDS):
            raise TimeoutError(f"the API server does not list {self._path}")
        return list(self._objects.values())

    def _follow(self) -> None:
        while True:
            try:
                self._watch(self._list())
            except (ApiError, *UNREACHABLE, ValueError):
                # The API server is restarting, or the version is too old: start again.
                time.sleep(_RETRY_SECONDS)

    def _list(self) -> str:
        answer = self._api.get(self._path)
        self._objects = {item["metadata"]["uid"]: item for item in answer.get("items") or []}
        self._complete.set()
        self._changed.set()
        return str(answer["metadata"]["resourceVersion"])

    def _watch(self, version: str) -> None:
        while True:
            with self._api.watch(self._path, version) as lines:
                for line in lines:
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        return
                    version = self._take(event)

    def _take(self, event: Object) -> str:
        item = event["object"]
        uid = item["metadata"]["uid"]
        # Replaced, not changed: another thread may be reading.
        others = {key: value for key, value in self._objects.items() if key != uid}
        self._objects = others if event["type"] == "DELETED" else {**self._objects, uid: item}
        self._changed.set()
        return str(item["metadata"]["resourceVersion"])
