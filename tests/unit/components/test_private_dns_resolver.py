from components.network.private_dns_resolver import PrivateDnsResolver, PrivateDnsResolverArgs
from tests.unit.components import stacks
from tests.unit.components.azure_answers import PRIVATE_IP_ADDRESS
from tests.unit.components.recording import Recording

CORP = {"domainName": "corp.example.com.", "targetDnsServers": ["192.168.0.4", "192.168.0.5"]}


def record_resolver(**rules: object) -> Recording:
    keys = {"enabled": True, "forwardingRules": rules} if rules else {"enabled": True}
    settings = stacks.settings(network={"dnsResolver": keys}).network.dns_resolver
    args = PrivateDnsResolverArgs(
        context=stacks.CONTEXT,
        settings=settings,
        virtual_network_id="/VirtualNetwork/vnet",
        inbound_subnet_id="/Subnet/in",
        outbound_subnet_id="/Subnet/out" if rules else None,
    )
    return stacks.record_component(PrivateDnsResolver, args)


def test_a_resolver_answers_others_at_an_address_of_the_network() -> None:
    recording = record_resolver()
    assert recording["dnspr-platform-dev"].inputs["virtualNetwork"] == {"id": "/VirtualNetwork/vnet"}
    (config,) = recording["in-platform-dev"].inputs["ipConfigurations"]
    assert config == {"subnet": {"id": "/Subnet/in"}, "privateIpAllocationMethod": "Dynamic"}
    assert recording.outputs("PrivateDnsResolver").values == {"inbound_address": PRIVATE_IP_ADDRESS}


def test_a_resolver_without_forwarding_rules_asks_nobody() -> None:
    recording = record_resolver()
    assert recording.of("OutboundEndpoint") == recording.of("DnsForwardingRuleset") == []


def test_names_of_other_domains_are_asked_for_at_their_servers() -> None:
    recording = record_resolver(corp=CORP)
    outbound, ruleset = recording["out-platform-dev"], recording["dnsfrs-platform-dev"]
    assert outbound.inputs["subnet"] == {"id": "/Subnet/out"}
    assert ruleset.inputs["dnsResolverOutboundEndpoints"] == [{"id": outbound.id}]
    rule = recording["fr-platform-dev-corp"].inputs
    assert rule["domainName"] == "corp.example.com."
    assert rule["targetDnsServers"] == [
        {"ipAddress": "192.168.0.4", "port": 53},
        {"ipAddress": "192.168.0.5", "port": 53},
    ]
    link = recording["link-platform-dev"].inputs
    assert link["virtualNetwork"] == {"id": "/VirtualNetwork/vnet"}
