"""As many nodes as the settings take, Azure takes, for every kind of CNI."""

from bisect import bisect_left
from pathlib import Path
from typing import Any

import pytest

from components.azure_account import AzureAccount
from components.platform import Platform, PlatformArgs
from components.settings import Settings
from settings.errors import SettingsError
from tests.unit.components.azure_answers import SUBSCRIPTION, TENANT
from tests.unit.components.recorder import record
from tests.unit.components.simulated_azure import SimulatedAzure
from tests.unit.components.test_capacity import KINDS
from tests.unit.settings.stack import settings


def stack(kind: str, count: int) -> Settings:
    network: dict[str, Any] = {"addressSpace": "10.1.0.0/20", "cni": dict(KINDS[kind])}
    if kind in {"overlay", "none"}:
        network["cni"]["podCidr"] = "10.244.0.0/18"
    pool = {"vmSize": "Standard_D8ds_v5", "count": count, "upgradeSettings": {"maxSurge": "1"}}
    quiet = {"enabled": False, "controlPlaneLogs": {"enabled": False}}
    return settings(network=network, nodePools={"batch": pool}, monitoring=quiet, ingress={"kind": "none"})


def is_refused(kind: str, count: int) -> bool:
    try:
        stack(kind, count)
    except SettingsError:
        return True
    return False


def most_nodes(kind: str) -> int:
    counts = range(1, 1001)
    return counts[bisect_left(counts, 1, key=lambda count: is_refused(kind, count)) - 1]


@pytest.mark.parametrize("kind", KINDS)
def test_azure_takes_as_many_nodes_as_the_settings_take(kind: str, tmp_path: Path) -> None:
    full = stack(kind, most_nodes(kind))
    account = AzureAccount(subscription_id=SUBSCRIPTION, tenant_id=TENANT)

    def program() -> None:
        Platform("platform-dev", PlatformArgs(settings=full, account=account))

    with SimulatedAzure(tmp_path) as azure:
        record(program, azure=azure)
    assert azure.refused == []
