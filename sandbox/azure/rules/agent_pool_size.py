"""What rows about the sizes of node pools call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from sandbox.azure.rules.subjects import Failures, Subject

_BYTES_PER_GIB = 1024**3


def disk_beyond_the_local_one(pool: Subject) -> Failures:
    asked, local = int(pool.asked["osDiskSizeGB"]), pool.known["size"]["local_disk_gib"]
    if asked > local:
        yield {"local": local * _BYTES_PER_GIB, "needed": asked * _BYTES_PER_GIB}
