"""The vocabulary that several areas share: one type for each kind of value."""

import re
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Network, NetmaskValueError
from typing import Annotated, Final, Literal, TypeVar

from pydantic import PlainSerializer, PlainValidator, Strict, WithJsonSchema

from settings.model import Matching, refused

Item = TypeVar("Item")

ListOf = Annotated[tuple[Item, ...], Strict(False)]  # noqa: FBT003 - a list of the stack file is no tuple
"""A list in the stack file. Its items are read as strictly as everything else."""

Zone = Literal["1", "2", "3"]

_OCTET: Final = r"(25[0-5]|2[0-4]\d|1?\d?\d)"
_ADDRESS: Final = rf"{_OCTET}(\.{_OCTET}){{3}}"
_NETWORK: Final = rf"{_ADDRESS}/([12]?\d|3[0-2])"
_RANGE: Final = "an IPv4 range in CIDR form"
_NUMBERS: Final = "four numbers from 0 to 255 without leading zeros"
_IPV6_NETWORK: Final = r"[0-9A-Fa-f:]{2,39}/\d{1,3}"
_IPV6_RANGE: Final = "an IPv6 range in CIDR form"


def _network(value: object) -> IPv4Network:
    if isinstance(value, IPv4Network):
        return value
    if not isinstance(value, str):
        raise refused(_RANGE, "an address range is a string", "10.1.0.0/16")
    if "/" not in value:
        raise refused(_RANGE, "the prefix length is missing", f"{_address(value)}/32")
    try:
        return IPv4Network(value)
    except AddressValueError:
        raise refused(_RANGE, f"the address in it is not {_NUMBERS}", "10.1.0.0/16") from None
    except NetmaskValueError:
        address = value.partition("/")[0]
        instead = str(IPv4Network(f"{address}/16", strict=False))
        raise refused(_RANGE, "the prefix length is a number from 0 to 32", instead) from None
    except ValueError:
        range_ = str(IPv4Network(value, strict=False))
        raise refused(_RANGE, f"it is an address inside the range {range_}, not a range", range_) from None


def _ipv6_network(value: object) -> IPv6Network:
    if isinstance(value, IPv6Network):
        return value
    if not isinstance(value, str) or not re.fullmatch(_IPV6_NETWORK, value, re.ASCII):
        reason = "it has groups of hexadecimal digits with colons, and a prefix length"
        raise refused(_IPV6_RANGE, reason, "fd00:db8::/64")
    try:
        return IPv6Network(value)
    except AddressValueError:
        raise refused(_IPV6_RANGE, "the address in it is no IPv6 address", "fd00:db8::/64") from None
    except NetmaskValueError:
        instead = f"{value.partition('/')[0]}/64"
        raise refused(_IPV6_RANGE, "the prefix length is a number from 0 to 128", instead) from None
    except ValueError:
        range_ = str(IPv6Network(value, strict=False))
        raise refused(
            _IPV6_RANGE, f"it is an address inside the range {range_}, not a range", range_
        ) from None


def _network_of_either_family(value: object) -> IPv4Network | IPv6Network:
    is_ipv6 = isinstance(value, IPv6Network) or (isinstance(value, str) and ":" in value)
    return _ipv6_network(value) if is_ipv6 else _network(value)


def _address(value: object) -> IPv4Address:
    if isinstance(value, IPv4Address):
        return value
    try:
        return IPv4Address(value if isinstance(value, str) else "")
    except AddressValueError:
        raise refused("an IPv4 address", f"it is not {_NUMBERS}", "10.0.0.10") from None


def resource_id(arm_type: str) -> Matching:
    """The form of the ARM id of a resource of ``arm_type`` in a resource group."""
    provider, *kinds = arm_type.split("/")
    path = "/".join([provider, *(f"{kind}/<name>" for kind in kinds)])
    form = f"/subscriptions/<subscription>/resourceGroups/<group>/providers/{path}"
    return Matching(
        re.sub("<[a-z ]+>", "[^/]+", form.replace("resourceGroups", "resource[Gg]roups")),
        limit=form,
        reason=f"it is not the ARM id of a resource of type {arm_type}",
        write="<the property id that `az resource show` prints>",
    )


Network = Annotated[
    IPv4Network,
    PlainValidator(_network),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "format": "cidr", "pattern": f"^{_NETWORK}$"}),
]
"""An IPv4 range, written as address/prefix without host bits."""

Ipv6Network = Annotated[
    IPv6Network,
    PlainValidator(_ipv6_network),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "format": "cidr", "pattern": f"^{_IPV6_NETWORK}$"}),
]
"""An IPv6 range, written as address/prefix without host bits."""

AnyNetwork = Annotated[
    IPv4Network | IPv6Network,
    PlainValidator(_network_of_either_family),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "format": "cidr", "pattern": f"^({_NETWORK}|{_IPV6_NETWORK})$"}),
]
"""An IPv4 or IPv6 range, written as address/prefix without host bits."""

Address = Annotated[
    IPv4Address,
    PlainValidator(_address),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "format": "ipv4", "pattern": f"^{_ADDRESS}$"}),
]
