"""What the engine keeps of a Helm release."""

from __future__ import annotations

from sandbox.engine.plugin import UNKNOWN, Secret
from sandbox.kubernetes.helm_records import Stored
from sandbox.kubernetes.kinds import Object
from sandbox.kubernetes.objects import plain, with_secrets
from sandbox.kubernetes.state import INPUTS, STANDS_IN


def previewed(new: Object) -> Object:
    """The state of a release that would be installed or upgraded: what Helm will say is unknown."""
    return {**new, INPUTS: Secret(new), "resourceNames": UNKNOWN, "status": UNKNOWN}


def state_of(new: Object, stored: Stored) -> Object:
    """The state of a release that is there.

    Args:
        new: its inputs.
        stored: Helm's record of it.
    """
    status = {
        "appVersion": stored.app_version,
        "chart": stored.chart,
        "name": stored.name,
        "namespace": stored.namespace,
        "revision": stored.revision,
        "status": stored.status,
        "version": stored.version,
    }
    values = with_secrets(stored.values, new.get("values"))
    if isinstance(new.get("values"), Secret):
        values = Secret(plain(values))
    return {
        **new,
        INPUTS: Secret(new),
        "values": values,
        "version": stored.version,
        "resourceNames": stored.resource_names,
        "status": status,
        STANDS_IN: stored.stands_in,
    }
