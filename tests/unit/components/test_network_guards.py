from typing import Any

import pytest

from components.network.bastion import Bastion, BastionArgs
from components.network.flow_logs import FlowLogs, FlowLogsArgs
from tests.unit.components import stacks
from tests.unit.components.recording import Recording

FLOWS = "/subscriptions/s/resourceGroups/logs/providers/Microsoft.Storage/storageAccounts/flows"


def record_flow_logs(**keys: Any) -> Recording:
    args = FlowLogsArgs(
        context=stacks.CONTEXT,
        settings=stacks.settings(network={"flowLogs": {"enabled": True, **keys}}).network.flow_logs,
        virtual_network_id="/VirtualNetwork/vnet",
    )
    return stacks.record_component(FlowLogs, args)


def test_flows_are_logged_by_the_watcher_that_azure_keeps_for_the_region() -> None:
    recording = record_flow_logs(retentionInDays=90)
    assert recording["fl-platform-dev"].inputs == {
        "resourceGroupName": "NetworkWatcherRG",
        "networkWatcherName": "NetworkWatcher_westeurope",
        "location": "westeurope",
        "targetResourceId": "/VirtualNetwork/vnet",
        "storageId": recording["stplatformdev"].id,
        "enabled": True,
        "format": {"type": "JSON", "version": 2},
        "retentionPolicy": {"days": 90, "enabled": True},
        "tags": stacks.TAGS,
    }
    account = recording["stplatformdev"].inputs
    assert (account["allowBlobPublicAccess"], account["minimumTlsVersion"]) == (False, "TLS1_2")


def test_flows_go_to_a_given_storage_account_and_none_is_made() -> None:
    recording = record_flow_logs(storageAccountId=FLOWS)
    assert recording["fl-platform-dev"].inputs["storageId"] == FLOWS
    assert recording.of("StorageAccount") == []


@pytest.mark.parametrize(("sku", "tunnels"), [("Basic", False), ("Standard", True), ("Premium", True)])
def test_a_bastion_host_tunnels_in_the_tiers_that_can(sku: str, tunnels: bool) -> None:
    settings = stacks.settings(network={"bastion": {"enabled": True, "sku": sku}}).network.bastion
    args = BastionArgs(context=stacks.CONTEXT, settings=settings, subnet_id="/Subnet/bastion")
    recording = stacks.record_component(Bastion, args)
    host = recording["bas-platform-dev"].inputs
    assert (host["sku"], host["enableTunneling"]) == ({"name": sku}, tunnels)
    assert host["ipConfigurations"][0]["subnet"] == {"id": "/Subnet/bastion"}
    assert host["ipConfigurations"][0]["publicIPAddress"] == {"id": recording["pip-platform-dev-bastion"].id}
