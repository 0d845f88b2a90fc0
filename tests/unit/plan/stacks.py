"""Stacks of which plans are made: drawn by hypothesis, and all stack files of the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from plan.plan import Plan, plan_of
from plan.stack import settings_of
from settings.errors import SettingsError
from tests.unit.settings.stack import PROJECT, settings

ROOT: Final = Path(__file__).parent.parent.parent.parent
FILES: Final = sorted([*ROOT.glob("Pulumi.?*.yaml"), *(ROOT / "scenarios").glob("*.yaml")])

FEATURES: Final[dict[str, dict[str, Any]]] = {
    "bastion": {"network": {"bastion": {"enabled": True}}},
    "resolver": {"network": {"dnsResolver": {"enabled": True}}},
    "firewall": {"network": {"egress": {"kind": "azureFirewall"}}, "ingress": {"kind": "none"}},
    "integration": {"cluster": {"apiServer": {"vnetIntegration": True}}},
    "private": {"cluster": {"apiServer": {"privateCluster": {"enabled": True}}}},
    "endpoint": {"registry": {"sku": "Premium", "privateEndpoint": {"enabled": True}}},
    "gateway": {"network": {"subnets": {"gateway": {}}}},
    "pods": {"network": {"cni": {"kind": "podSubnet"}}},
    "blocks": {"network": {"cni": {"kind": "podSubnet", "podIpAllocationMode": "StaticBlock"}}},
    "batch": {
        "network": {
            "additionalAddressSpaces": ["10.200.0.0/20"],
            "subnets": {"batch": {"addressPrefix": "10.200.8.0/23"}},
        },
        "nodePools": {"batch": {"vmSize": "Standard_D8ds_v5", "count": 20, "subnet": "batch"}},
    },
    "peers": {"network": {"peerAddressSpaces": ["192.168.0.0/16", "100.64.0.0/16"]}},
}
"""What may be added to a stack, key by key."""

SPACES: Final = st.builds(
    lambda length, at: f"10.{at}.0.0/{length}", st.integers(16, 24), st.integers(1, 199)
)


def keys_with(space: str, features: list[str]) -> dict[str, Any]:
    """The keys of a stack file with this address space and these features."""
    keys: dict[str, Any] = {"network": {"addressSpace": space, "cni": {"podCidr": "10.244.0.0/16"}}}
    for feature in features:
        for key, value in FEATURES[feature].items():
            keys[key] = _merged(keys.get(key, {}), value)
    return keys


def plan_with(space: str, features: list[str]) -> Plan | None:
    """The plan of such a stack; None where its settings are refused."""
    try:
        return plan_of(settings(**keys_with(space, features)))
    except SettingsError:
        return None


def plan_in(file: Path) -> Plan:
    """The plan of a stack file."""
    return plan_of(settings_of(file, file.stem.removeprefix("Pulumi."), PROJECT, lambda _: None))


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    if "kind" in other:
        return other
    both = {
        key: _merged(one[key], value) if isinstance(one.get(key), dict) else value
        for key, value in other.items()
    }
    return {**one, **both}
