from typing import Any

import pytest

from components.network.virtual_network_peering import VirtualNetworkPeering, VirtualNetworkPeeringArgs
from tests.unit.components import stacks
from tests.unit.components.azure_answers import SUBSCRIPTION
from tests.unit.components.recording import Recording

OTHER_SUBSCRIPTION = "00000000-0000-0000-0000-000000000009"
OURS, BACK = "peer-platform-dev-hub", "peer-platform-dev-hub-remote"


def hub(subscription: str) -> str:
    group = f"/subscriptions/{subscription}/resourceGroups/connectivity"
    return f"{group}/providers/Microsoft.Network/virtualNetworks/hub"


def record_peering(subscription: str = SUBSCRIPTION, **keys: Any) -> Recording:
    peering = {"virtualNetworkId": hub(subscription), "addressSpaces": ["10.100.0.0/16"], **keys}
    network = {"peerings": {"hub": peering}, "subnets": {"gateway": {}}}
    args = VirtualNetworkPeeringArgs(
        context=stacks.CONTEXT,
        settings=stacks.settings(network=network).network.peerings["hub"],
        virtual_network_id="/VirtualNetwork/vnet",
        virtual_network_name="vnet",
        address_spaces=["10.224.0.0/16", "10.230.0.0/20"],
        after=(),
    )
    return stacks.record_component(VirtualNetworkPeering, args, "platform-dev-hub")


def test_a_peering_lets_the_networks_reach_each_other_and_nothing_else() -> None:
    recording = record_peering()
    assert recording[OURS].inputs == {
        "resourceGroupName": stacks.GROUP,
        "virtualNetworkName": "vnet",
        "remoteVirtualNetwork": {"id": hub(SUBSCRIPTION)},
        "allowVirtualNetworkAccess": True,
        "allowForwardedTraffic": False,
        "allowGatewayTransit": False,
        "useRemoteGateways": False,
    }
    assert BACK not in {made.name for made in recording.resources}


def test_the_peering_back_is_made_in_the_other_network_and_lends_what_this_one_uses() -> None:
    recording = record_peering(remotePeering=True, useRemoteGateways=True, allowForwardedTraffic=True)
    assert recording[OURS].inputs["useRemoteGateways"] is True
    assert recording[BACK].inputs == {
        "resourceGroupName": "connectivity",
        "virtualNetworkName": "hub",
        "remoteVirtualNetwork": {"id": "/VirtualNetwork/vnet"},
        "allowVirtualNetworkAccess": True,
        "allowForwardedTraffic": True,
        "allowGatewayTransit": True,
        "useRemoteGateways": False,
        "remoteAddressSpace": {"addressPrefixes": ["10.224.0.0/16", "10.230.0.0/20"]},
        "syncRemoteAddressSpace": "true",
    }
    assert "remoteAddressSpace" not in recording[BACK].ignore_changes


@pytest.mark.parametrize(
    ("lent_by", "first", "second"),
    [("useRemoteGateways", BACK, OURS), ("allowGatewayTransit", OURS, BACK)],
)
def test_the_side_that_lends_its_gateways_goes_first(lent_by: str, first: str, second: str) -> None:
    recording = record_peering(SUBSCRIPTION, remotePeering=True, **{lent_by: True})
    assert first in recording[second].depends_on
    assert second not in recording[first].depends_on


def test_a_network_of_another_subscription_is_changed_there() -> None:
    recording = record_peering(OTHER_SUBSCRIPTION, remotePeering=True)
    assert recording["azure-platform-dev-hub"].inputs["subscriptionId"] == OTHER_SUBSCRIPTION
    assert recording[BACK].provider == "azure-platform-dev-hub"
    assert recording[OURS].provider != "azure-platform-dev-hub"


def test_what_the_other_networks_owner_has_to_run_mirrors_the_peering() -> None:
    recording = record_peering(OTHER_SUBSCRIPTION, useRemoteGateways=True, allowForwardedTraffic=True)
    assert recording.outputs("VirtualNetworkPeering").values["remote_command"] == (
        f"az network vnet peering create --name vnet --subscription {OTHER_SUBSCRIPTION} "
        "--resource-group connectivity --vnet-name hub --remote-vnet /VirtualNetwork/vnet "
        "--allow-vnet-access --allow-forwarded-traffic --allow-gateway-transit"
    )
