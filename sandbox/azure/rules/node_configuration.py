"""What rows about the configuration of nodes call."""

# ruff: noqa: D103  the rows say what each function is for

from __future__ import annotations

from sandbox.azure.rules.subjects import Failures, Subject

_CLUSTER = "cluster.local"


def refused_overrides(pool: Subject) -> Failures:
    profile = pool.asked["localDNSProfile"]
    for kind in ("vnetDNSOverrides", "kubeDNSOverrides"):
        for zone, override in (profile.get(kind) or {}).items():
            destination, of_cluster = override.get("forwardDestination"), zone.endswith(_CLUSTER)
            if kind == "vnetDNSOverrides" and destination == "ClusterCoreDNS" and not of_cluster:
                yield {"kind": kind, "zone": zone, "why": "cannot be forwarded to ClusterCoreDNS"}
            if destination == "VnetDNS" and of_cluster:
                yield {"kind": kind, "zone": zone, "why": "cannot be forwarded to VnetDNS"}
            if override.get("protocol") == "ForceTCP" and override.get("serveStale") == "Verify":
                yield {
                    "kind": kind,
                    "zone": zone,
                    "why": "cannot have serveStale Verify with protocol ForceTCP",
                }
