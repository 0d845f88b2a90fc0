"""Changes of a network that Azure refuses."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network
from typing import Any, Final, get_args

from azure_facts import address_plan
from components.network.express_route_settings import ExpressRouteGatewaySettings
from components.network.settings import BastionSettings
from components.network.subnets import Subnet
from components.refused_changes import Update, fixed, refused
from settings.model import SettingsModel
from settings.rules import Refusals

_IN_USE: Final = "the cluster is in this subnet, and Azure moves no subnet that is in use"
_MOVE: Final = "for another one, build a new environment and move"


def of_virtual_network(subnets: Mapping[str, Subnet]) -> Callable[[Update], Refusals]:
    """It is neither moved nor shrunk, and grows only where no subnet moves: nodes are in them.

    https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet#change-subnet-settings
    """

    def check(update: Update) -> Refusals:
        both = update.old, update.new
        was, wanted = (each["addressSpace"]["addressPrefixes"][0] for each in both)
        plan = address_plan.plan(IPv4Network(was))
        stay = all(subnet.given or plan.get(name) == subnet.prefix for name, subnet in subnets.items())
        if not stay or not IPv4Network(was).subnet_of(IPv4Network(wanted)):
            yield from fixed(
                "network.addressSpace",
                was=was,
                wanted=wanted,
                reason="subnets are cut from it, and Azure moves no subnet that is in use",
                instead=_MOVE,
            )
        yield from _kept_ipv6("network.addressSpaceIpv6", *(_ipv6(each["addressSpace"]) for each in both))

    return check


def of_joined_subnet(slot: str) -> Callable[[Update], Refusals]:
    """A subnet that the cluster has addresses in keeps its ranges. IPv6 can be added."""

    def check(update: Update) -> Refusals:
        place, both = f"network.subnets.{slot}.addressPrefix", (update.old, update.new)
        was, wanted = (_prefixes(each)[0] for each in both)
        yield from fixed(place, was=was, wanted=wanted, reason=_IN_USE, instead=_MOVE)
        yield from _kept_ipv6(f"{place}Ipv6", *map(_ipv6, both))

    return check


def _kept_ipv6(place: str, was: str | None, wanted: str | None) -> Refusals:
    """Nodes keep the IPv6 range that they have addresses of. Without any, the whole cluster is a new one."""
    if was and wanted:
        yield from fixed(place, was=was, wanted=wanted, reason=_IN_USE, instead=_MOVE)


def _prefixes(inputs: Mapping[str, Any]) -> list[str]:
    """The ranges of a subnet: one is sent, and answered, in a property of its own."""
    return inputs.get("addressPrefixes") or [inputs["addressPrefix"]]


def _ipv6(inputs: Mapping[str, Any]) -> str | None:
    return next((each for each in _prefixes(inputs) if ":" in each), None)


def of_protected_nat_gateway(update: Update) -> Refusals:
    """It loses no address: without it, the address would be left over, for it cannot be deleted."""
    had, wanted = (len(each["publicIpAddresses"]) for each in (update.old, update.new))
    if wanted < had:
        yield refused(
            "network.egress.publicIpCount",
            f"{had} or more with protect: true",
            "allow lists of others may name the addresses, so they are protected",
            f"publicIpCount: {had}, or protect: false in an update of its own before",
            wanted=wanted,
        )


def of_bastion(update: Update) -> Refusals:
    """A Bastion host gets a higher tier, and no lower one.

    https://learn.microsoft.com/azure/bastion/upgrade-sku
    """
    yield from _only_raised(
        "network.bastion.sku",
        BastionSettings,
        update,
        reason="Azure raises the tier of a host and lowers none",
        instead="for another one, turn Bastion off and on again, each in an update of its own",
    )


def of_vpn_gateway(update: Update) -> Refusals:
    """A gateway keeps its generation; its size changes within it.

    https://learn.microsoft.com/azure/vpn-gateway/gateway-sku-resize
    """
    yield from fixed(
        "network.vpnGateway.vpnGatewayGeneration",
        was=update.old["vpnGatewayGeneration"],
        wanted=update.new["vpnGatewayGeneration"],
        reason="Azure changes the size of a gateway within its generation only",
        instead="for another one, turn the gateway off and on again, each in an update of its own",
    )


def of_express_route_gateway(update: Update) -> Refusals:
    """A gateway gets a larger size, and no smaller one.

    https://learn.microsoft.com/azure/expressroute/expressroute-about-virtual-network-gateways#gwsku
    """
    yield from _only_raised(
        "network.expressRouteGateway.sku",
        ExpressRouteGatewaySettings,
        update,
        reason="Azure makes a gateway larger in place, and not smaller",
        instead="for a smaller one, turn the gateway off and on again, each in an update of its own",
    )


def _only_raised(
    place: str, settings: type[SettingsModel], update: Update, *, reason: str, instead: str
) -> Refusals:
    """Refuse a lower SKU: `settings` name them from the lowest to the highest."""
    skus = [*get_args(settings.model_fields["sku"].annotation)]
    was, wanted = (each["sku"]["name"] for each in (update.old, update.new))
    if was in skus and skus.index(wanted) < skus.index(was):
        limit = " or ".join(skus[skus.index(was) :])
        yield refused(place, limit, reason, f"sku: {was}; {instead}", wanted=wanted)


def of_vpn_connection(name: str) -> Callable[[Update], Refusals]:
    """A connection keeps the version of its key exchange.

    https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-vpn-faq
    """

    def check(update: Update) -> Refusals:
        yield from fixed(
            f"network.vpnGateway.connections.{name}.connectionProtocol",
            was=update.old["connectionProtocol"],
            wanted=update.new["connectionProtocol"],
            reason="Azure sets it when the connection is made",
            instead="for another one, give the connection another name",
        )

    return check
