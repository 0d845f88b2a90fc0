"""The VPN gateway: what it builds for its connections, and what waits for it."""

from typing import Any, Final

import pytest

from tests.unit.components import stacks
from tests.unit.components.recording import Recording

OFFICE: Final = {"gatewayIpAddress": "203.0.113.10", "addressSpaces": ["192.168.0.0/16"]}
BGP: Final = {"bgp": {"asn": 65010, "bgpPeeringAddress": "192.168.0.254"}}
HUB: Final = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hub"
    "/providers/Microsoft.Network/virtualNetworks/hub"
)


def platform(connection: dict[str, Any], *, peerings: dict[str, Any] | None = None, **keys: Any) -> Recording:
    gateway = {"enabled": True, "connections": {"office": connection}, **keys}
    return stacks.record_platform(network={"vpnGateway": gateway, "peerings": peerings or {}})


def test_a_gateway_has_two_instances_that_exchange_routes() -> None:
    built = platform({"localNetwork": {**OFFICE, **BGP}})
    gateway = built["vpng-platform-dev"].inputs
    assert [each["publicIPAddress"]["id"] for each in gateway["ipConfigurations"]] == [
        built["pip-platform-dev-vpn-1"].id,
        built["pip-platform-dev-vpn-2"].id,
    ]
    assert {each["subnet"]["id"] for each in gateway["ipConfigurations"]} == {
        built["snet-platform-dev-gateway"].id
    }
    assert (gateway["activeActive"], gateway["enableBgp"], gateway["bgpSettings"]) == (
        True,
        True,
        {"asn": 65515},
    )
    assert built["pip-platform-dev-vpn-1"].inputs["zones"] == ["1", "2", "3"]
    assert built["lgw-platform-dev-office"].inputs["bgpSettings"] == {
        "asn": 65010,
        "bgpPeeringAddress": "192.168.0.254",
    }
    assert built["con-platform-dev-office"].inputs["enableBgp"] is True
    assert built.outputs("Platform").values["vpnGatewayAddresses"] == ["203.0.113.4"] * 2
    assert built.outputs("Platform").values["vpnBgpPeeringAddresses"] == ["10.224.240.196", "10.224.240.197"]


def test_one_instance_without_bgp_has_one_address() -> None:
    built = platform({"localNetwork": OFFICE}, activeActive=False)
    gateway = built["vpng-platform-dev"].inputs
    assert len(gateway["ipConfigurations"]) == 1
    assert (gateway["activeActive"], gateway["enableBgp"]) == (False, False)
    assert "bgpSettings" not in built["lgw-platform-dev-office"].inputs
    assert built["con-platform-dev-office"].inputs["enableBgp"] is False


def test_no_key_is_sent_and_one_that_azure_answers_is_secret() -> None:
    connection = platform({"localNetwork": OFFICE})["con-platform-dev-office"]
    assert "sharedKey" not in connection.inputs
    assert connection.additional_secret_outputs == ("sharedKey",)


def test_an_ipsec_policy_is_sent_as_a_whole() -> None:
    policy = {
        "ikeEncryption": "AES256",
        "ikeIntegrity": "SHA256",
        "dhGroup": "DHGroup14",
        "ipsecEncryption": "GCMAES256",
        "ipsecIntegrity": "GCMAES256",
        "pfsGroup": "PFS14",
    }
    built = platform({"localNetwork": OFFICE, "ipsecPolicy": policy, "usePolicyBasedTrafficSelectors": True})
    sent = built["con-platform-dev-office"].inputs
    assert sent["ipsecPolicies"] == [{**policy, "saLifeTimeSeconds": 27000, "saDataSizeKilobytes": 102400000}]
    assert sent["usePolicyBasedTrafficSelectors"] is True


@pytest.mark.parametrize(
    ("keys", "generation"),
    [
        ({"sku": "VpnGw1AZ"}, "Generation1"),
        ({"sku": "VpnGw3AZ"}, "Generation2"),
        ({"sku": "VpnGw3AZ", "vpnGatewayGeneration": "Generation1"}, "Generation1"),
    ],
)
def test_a_gateway_is_of_the_newest_generation_unless_another_is_chosen(
    keys: dict[str, Any], generation: str
) -> None:
    gateway = platform({"localNetwork": OFFICE}, **keys)["vpng-platform-dev"].inputs
    assert gateway["vpnGatewayGeneration"] == generation
    assert gateway["sku"] == {"name": keys["sku"], "tier": keys["sku"]}


def test_a_gateway_is_there_before_a_peering_lends_it_and_waits_for_all_subnets() -> None:
    peering = {"virtualNetworkId": HUB, "addressSpaces": ["10.100.0.0/16"], "allowGatewayTransit": True}
    built = platform({"localNetwork": OFFICE}, peerings={"hub": {**peering, "remotePeering": True}})
    gateway, remote = built["vpng-platform-dev"], built["peer-platform-dev-hub-remote"]
    assert gateway.name in built.waits_for(built["peer-platform-dev-hub"])
    assert "peer-platform-dev-hub" in built.waits_for(remote)
    assert remote.inputs["useRemoteGateways"] is True
    assert "snet-platform-dev-nodes" in built.waits_for(gateway), "the other subnets are before it"


def test_without_the_setting_there_is_no_gateway() -> None:
    built = stacks.record_platform()
    assert built.of("VirtualNetworkGateway") == []
    assert not any(name.startswith("vpn") for name in built.outputs("Platform").values)
