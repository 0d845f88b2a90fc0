"""Waiting for what a cluster does in its own time, and reading what it did meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from kubernetes import watch

PATIENCE_SECONDS: Final = 60


def until(truth: Callable[[], Any], *, otherwise: Callable[[], object] = lambda: "not so") -> Any:
    """What *truth* answers once it is true; fails with what *otherwise* says when that takes too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = truth()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"after {PATIENCE_SECONDS} s still {otherwise()}")


def is_ready(found: Any) -> bool:
    """Whether a Node or a Pod says that it is ready."""
    return any(one.type == "Ready" and one.status == "True" for one in found.status.conditions or [])


def why_it_waits(pod: Any) -> str:
    """What a Pod's conditions say, such as why the scheduler has found no node for it."""
    return " ".join(condition.message or "" for condition in pod.status.conditions or ())


def fewest_ready(core: Any, since: Any) -> int:
    """The smallest number of ready pods there was in a namespace while all pods of a list were replaced.

    The API server tells every change in the order in which it happened, so that no moment is missed.

    Args:
        core: the cluster's CoreV1Api.
        since: what `list_namespaced_pod` answered; all of its pods were ready, of one workload, and have been
            deleted by now or will be soon.
    """
    ready = {pod.metadata.name for pod in since.items}
    fewest = len(ready)
    old = set(ready)
    changes: Any = watch.Watch().stream(
        core.list_namespaced_pod,
        since.items[0].metadata.namespace,
        resource_version=since.metadata.resource_version,
        timeout_seconds=PATIENCE_SECONDS,
    )
    for change in changes:
        pod = change["object"]
        there = change["type"] != "DELETED" and pod.metadata.deletion_timestamp is None
        (ready.add if there and is_ready(pod) else ready.discard)(pod.metadata.name)
        fewest = min(fewest, len(ready))
        if change["type"] == "DELETED":
            old.discard(pod.metadata.name)
        if not old:
            return fewest
    raise AssertionError(f"still there after {PATIENCE_SECONDS} s: {', '.join(sorted(old))}")
