"""Whether an object has become what the provider waits for. Simulated controllers need no time."""

from __future__ import annotations

from sandbox.kubernetes.backend import Backend
from sandbox.kubernetes.kinds import Kind, Object, kind_of

SKIP_AWAIT = "pulumi.com/skipAwait"


def problems(live: Object, backend: Backend) -> list[str]:
    """Why the object is not ready, with the cluster's own warnings about it; empty when it is."""
    kind = kind_of(live)
    annotations = (live.get("metadata") or {}).get("annotations") or {}
    if annotations.get(SKIP_AWAIT) == "true":
        return []
    has_address = bool(((live.get("status") or {}).get("loadBalancer") or {}).get("ingress"))
    if (
        (kind.group, kind.name) == ("", "Service")
        and live["spec"].get("type") == "LoadBalancer"
        and not has_address
    ):
        reason = "Service was not allocated an IP address; does your cloud provider support this?"
        return [reason, *warnings(live, backend)]
    if (kind.group, kind.name) == ("networking.k8s.io", "Ingress") and not has_address:
        return [
            (
                "Ingress .status.loadBalancer field was not updated with a hostname/IP address. \n"
                "    for more information about this error, see https://pulumi.io/xdv72s"
            ),
            *warnings(live, backend),
        ]
    return []


def warnings(live: Object, backend: Backend) -> list[str]:
    """The cluster's warning events about an object, each as ``[reason] message``."""
    metadata = live["metadata"]
    events = backend.list(Kind("", "v1", "Event"), metadata.get("namespace") or "default")
    return [
        f"[{event['reason']}] {event['message']}"
        for event in events
        if event.get("type") == "Warning"
        and (event.get("involvedObject") or {}).get("uid") == metadata.get("uid")
    ]
