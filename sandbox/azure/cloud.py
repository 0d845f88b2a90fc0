"""The simulated cloud: every resource that exists, in one SQLite file.

One transaction holds one write request with all its effects, so that a run that is interrupted or killed at
any point leaves a cloud that either saw the request or did not.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Self, overload
from uuid import uuid4

from sandbox.engine.engine_error import EngineError

SCHEMA_VERSION = 2
LOCK_TIMEOUT_SECONDS = 15.0

_TABLES = """
CREATE TABLE resources (
    key TEXT PRIMARY KEY, parent TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL,
    location TEXT, properties TEXT NOT NULL, inputs TEXT NOT NULL, created_at TEXT NOT NULL, etag TEXT NOT
    NULL
) WITHOUT ROWID;
CREATE INDEX resources_by_parent ON resources (parent);
CREATE INDEX resources_by_type ON resources (type COLLATE NOCASE);
CREATE TABLE mentions (target TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (target, key)) WITHOUT ROWID;
CREATE INDEX mentions_by_key ON mentions (key);
"""


class CloudError(EngineError):
    """The cloud file cannot be used; the text is one sentence that names the file and the remedy."""


def now() -> str:
    """The time in UTC as ISO 8601, to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One thing that exists in the simulated cloud.

    Nothing in it may be changed in place: as long as a resource stays as it is, every read answers the same
    object.

    Attributes:
        id: full Azure Resource Manager id, spelt as its creator spelt it; compared without regard to case.
        type: Azure Resource Manager type, for example ``Microsoft.Network/virtualNetworks/subnets``.
        name: last segment of the id.
        location: Azure location, or None for what has none.
        properties: everything a read answers, camelCase, as the azure-native SDK shapes outputs.
        inputs: what the last write asked for, camelCase, as the azure-native SDK shapes inputs.
        created_at: ISO 8601 time of creation in UTC.
        etag: changes with every write.
    """

    id: str
    type: str
    name: str
    location: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    created_at: str = field(default_factory=now)
    etag: str = field(default_factory=lambda: str(uuid4()))


_COLUMNS = tuple(each.name for each in fields(Resource))
_DOCUMENTS = ("properties", "inputs")


@lru_cache(maxsize=4096)
def key_of(resource_id: str) -> str:
    """The form in which two spellings of one id are equal: Azure compares ids without regard to case."""
    return resource_id.rstrip("/").lower()


@overload
def normalized_location(location: str) -> str: ...
@overload
def normalized_location(location: str | None) -> str | None: ...
def normalized_location(location: str | None) -> str | None:
    """A location in its one spelling: ``West US 2`` is ``westus2``."""
    return None if location is None else location.replace(" ", "").lower()


@lru_cache(maxsize=4096)
def parent_id(resource_id: str) -> str:
    """The id one level up: parent resource, resource group, subscription, or the scope of an extension.

    Keeps the spelling. Empty for what has no parent.
    """
    segments = resource_id.rstrip("/").split("/")[:-2]
    if len(segments) >= 2 and segments[-2].lower() == "providers":
        segments = segments[:-2]
    return "/".join(segments)


class Cloud:
    """The simulated cloud's resources. Safe to share between threads; processes share the file.

    Reads see the last committed state, or the running transaction's own. Writes belong inside
    :meth:`transaction`.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._lock = threading.RLock()
        self._unseen: tuple[str, str] | None = None

    @classmethod
    def open(cls, path: str | Path, lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS) -> Cloud:
        """Open the cloud file, making it and its directory where they are missing.

        Raises:
            CloudError: another process holds the file for longer than ``lock_timeout_seconds``, or the file
                is damaged, no SQLite database or of another version of the sandbox.
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _explained(path):
            connection = sqlite3.connect(
                path, timeout=lock_timeout_seconds, isolation_level=None, check_same_thread=False
            )
        cloud = cls(path, connection)
        try:
            cloud._prepare()
        except BaseException:
            cloud.close()
            raise
        return cloud

    def close(self) -> None:
        """Close the file. The cloud cannot be used afterwards."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[Cloud]:
        """Hold the cloud for one request: all its writes happen or, when the block raises, none does.

        A transaction inside a transaction joins it.

        Raises:
            CloudError: another process holds the file and did not let go in time, or the file is damaged.
        """
        with self._lock:
            if self._connection.in_transaction:
                yield self
                return
            self.execute("BEGIN IMMEDIATE")
            try:
                yield self
            except BaseException:
                if self._connection.in_transaction:
                    self.execute("ROLLBACK")
                raise
            self.execute("COMMIT")

    def get(self, resource_id: str) -> Resource | None:
        """The resource of this id, or None. Case does not matter."""
        found = self._query("key = ?", key_of(resource_id))
        return found[0] if found else None

    def children(self, resource_id: str) -> list[Resource]:
        """What lies directly beneath: child resources, a group's resources, extensions. Sorted by id."""
        return self._query("parent = ?", key_of(resource_id))

    def descendants(self, resource_id: str) -> list[Resource]:
        """Everything beneath, at any depth, parents before children. The resource itself is not in it."""
        prefix = key_of(resource_id) + "/"
        return self._query("key >= ? AND key < ?", prefix, prefix[:-1] + "0")

    def of_type(self, type: str, /) -> list[Resource]:  # noqa: A002 - Azure's word
        """All resources of an Azure Resource Manager type. Case does not matter. Sorted by id."""
        with self._lock:
            found = self._query("type = ? COLLATE NOCASE", type)
            if self._unseen is not None and self._unseen[0].lower() == type.lower():
                return [resource for resource in found if resource.created_at <= self._unseen[1]]
            return found

    @contextmanager
    def hiding(self, type: str, since: str, /) -> Iterator[None]:  # noqa: A002 - Azure's word
        """Hold the cloud for one request, with resources of a type hidden that were made after a time.

        They can still be read by their ids.
        """
        with self.transaction():
            self._unseen = (type, since)
            try:
                yield
            finally:
                self._unseen = None

    def referencing(self, resource_id: str) -> list[Resource]:
        """The resources whose inputs name exactly this id in any value or key. Sorted by id.

        What lies beneath the id names its parent by its own id, not in its inputs, and is not in the answer
        for that.
        """
        return self._query("key IN (SELECT key FROM mentions WHERE target = ?)", key_of(resource_id))

    def everything(self) -> list[Resource]:
        """All resources, parents before children."""
        return self.descendants("")

    def put(self, resource: Resource) -> None:
        """Write a resource, over what had its id before."""
        key = key_of(resource.id)
        values = vars(resource) | {
            name: json.dumps(getattr(resource, name), separators=(",", ":")) for name in _DOCUMENTS
        }
        row = (key, key_of(parent_id(resource.id)), *values.values())
        targets = {target for target in _ids_in(resource.inputs) if target != key}
        with self.transaction():
            self.execute("INSERT OR REPLACE INTO resources VALUES (?,?,?,?,?,?,?,?,?,?)", *row)
            self.execute("DELETE FROM mentions WHERE key = ?", key)
            for target in targets:
                self.execute("INSERT INTO mentions VALUES (?, ?)", target, key)

    def delete(self, resource_id: str) -> bool:
        """Remove a resource and everything beneath it. False if it did not exist."""
        key = key_of(resource_id)
        with self.transaction():
            existed = self.get(resource_id) is not None
            for table in ("resources", "mentions"):
                beneath = f"DELETE FROM {table} WHERE key = ? OR (key >= ? AND key < ?)"  # noqa: S608 - all ours
                self.execute(beneath, key, f"{key}/", f"{key}0")
        return existed

    def execute(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run an SQL statement; others than this class run none over the tables that hold resources."""
        with self._lock, _explained(self._path):
            return self._connection.execute(statement, values).fetchall()

    def _prepare(self) -> None:
        # A write-ahead log in NORMAL mode survives a killed process and spares one disk flush per request.
        self.execute("PRAGMA journal_mode = WAL")
        self.execute("PRAGMA synchronous = NORMAL")
        if self._schema_version() == SCHEMA_VERSION:
            return
        with self.transaction():
            version = self._schema_version()
            ((tables,),) = self.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'")
            if version > SCHEMA_VERSION or bool(version) != bool(tables):
                raise CloudError(
                    f"The sandbox's cloud file {self._path} was written by another version of the sandbox "
                    f"(schema {version}, this one knows {SCHEMA_VERSION}): run `make clean` to start with an "
                    "empty cloud."
                )
            for statement in ";".join(_SCHEMA[version:]).split(";"):
                self.execute(statement)
            self.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _schema_version(self) -> int:
        ((version,),) = self.execute("PRAGMA user_version")
        return version

    def _query(self, condition: str, *values: str) -> list[Resource]:
        query = f"SELECT {', '.join(_COLUMNS)} FROM resources WHERE {condition} ORDER BY key"  # noqa: S608 - all ours
        with _explained(self._path):
            return [_resource(row) for row in self.execute(query, *values)]


@lru_cache(maxsize=4096)
def _resource(row: tuple[Any, ...]) -> Resource:
    # Decoding is most of a read's time. It is kept by the whole row, not by its etag: a resource that shows a
    # new child changes without a new etag, and another process may have written it.
    values = dict(zip(_COLUMNS, row, strict=True))
    return Resource(**values | {name: json.loads(values[name]) for name in _DOCUMENTS})


def _ids_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value[:1] == "/" and value[:15].lower() == "/subscriptions/":
            yield key_of(value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _ids_in(key)
            yield from _ids_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _ids_in(item)


# What each version of the schema adds to the one before it.
_SCHEMA = (
    _TABLES,
    """
CREATE TABLE clock (seconds REAL NOT NULL);
INSERT INTO clock VALUES (0);
CREATE TABLE faults (number INTEGER PRIMARY KEY AUTOINCREMENT, fault TEXT NOT NULL);
CREATE TABLE operations (at TEXT NOT NULL, key TEXT NOT NULL, operation TEXT NOT NULL, seconds REAL NOT NULL)
""",
)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.DatabaseError, ValueError) as error:
        raise CloudError(f"The sandbox's cloud file {path} {_why(error)}") from error


def _why(error: sqlite3.DatabaseError | ValueError) -> str:
    """What is wrong with the cloud file, and what to do."""
    # Errors that Python's module finds itself, such as bytes that are no text, have no code.
    code = (getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_CORRUPT) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "is held by another process: wait until the other run has ended, or end it, and run again."
    if code == sqlite3.SQLITE_FULL:
        return "cannot grow, because the disk is full: free some space and run again."
    if code in _UNUSABLE:
        return (
            f"cannot be used ({error}): check that this user may write to it, or run `make clean` "
            "to start with an empty cloud."
        )
    return f"is damaged or is not a cloud file ({error}): run `make clean` to start with an empty cloud."


_UNUSABLE = (
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
)
