"""The vocabulary of settings: one type for each kind of value that several keys share."""

from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError
from typing import Annotated, Final, Literal

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from azure_facts import vm_sizes
from settings.model import Matching, refused

_OCTET: Final = r"(25[0-5]|2[0-4]\d|1?\d?\d)"
_ADDRESS: Final = rf"{_OCTET}(\.{_OCTET}){{3}}"
_NETWORK: Final = rf"{_ADDRESS}/([12]?\d|3[0-2])"


def _network(value: object) -> IPv4Network:
    if isinstance(value, IPv4Network):
        return value
    limit = "an IPv4 range in CIDR form"
    if not isinstance(value, str):
        raise refused(limit, f"{_kind_of(value)} is no address range", "10.1.0.0/16")
    if "/" not in value:
        raise refused(limit, "the prefix length is missing", f"{value}/32")
    try:
        return IPv4Network(value)
    except (AddressValueError, NetmaskValueError):
        raise refused(limit, "it has not the form address/prefix", "10.1.0.0/16") from None
    except ValueError:
        inside = IPv4Network(value, strict=False)
        raise refused(
            limit, f"it names an address inside the range {inside}, not a range", str(inside)
        ) from None


def _address(value: object) -> IPv4Address:
    if isinstance(value, IPv4Address):
        return value
    try:
        return IPv4Address(value if isinstance(value, str) else "")
    except AddressValueError:
        raise refused(
            "an IPv4 address", "it has not the form of four numbers from 0 to 255", "10.0.0.10"
        ) from None


def _vm_size(value: object) -> str:
    if not isinstance(value, str):
        raise refused(vm_sizes.EXPECTED_FORM, f"{_kind_of(value)} names no size", "Standard_D4ds_v5")
    try:
        return vm_sizes.VmSize.parse(value).name
    except ValueError:
        reason = "Azure names no size so; capitals and underscores count"
        raise refused(vm_sizes.EXPECTED_FORM, reason, "Standard_D4ds_v5") from None


def _kind_of(value: object) -> str:
    return {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a map"}.get(
        type(value), "this"
    )


Network = Annotated[
    IPv4Network,
    PlainValidator(_network),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": f"^{_NETWORK}$"}),
]
"""An IPv4 range, written as address/prefix without host bits."""

Address = Annotated[
    IPv4Address,
    PlainValidator(_address),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": f"^{_ADDRESS}$"}),
]

VmSizeName = Annotated[
    str,
    PlainValidator(_vm_size),
    WithJsonSchema({"type": "string", "pattern": "^Standard_[A-Z]{1,3}[0-9]"}),
]
"""The name of a virtual machine size; what is known of it tells ``azure_facts.vm_sizes``."""

Zone = Literal["1", "2", "3"]

Guid = Annotated[
    str,
    Matching(
        r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        limit="an object id (GUID)",
        reason="Microsoft Entra ID knows groups by object id, not by name",
        remedy="the Object Id that `az ad group show --group <name> --query id` prints",
    ),
]

Duration = Annotated[
    str,
    Matching(
        r"[1-9]\d*[smh]",
        limit="a number with s, m or h",
        reason="Azure reads it as a duration with its unit",
        remedy='"10m"',
    ),
]

LabelKey = Annotated[
    str,
    Matching(
        r"([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?",
        limit="a Kubernetes label key: [prefix/]name, name at most 63 characters",
        reason="the kubelet would refuse the label and the node would not join",
        remedy="a key such as team or example.com/team",
    ),
]

LabelValue = Annotated[
    str,
    Matching(
        r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?",
        limit="a Kubernetes label value: at most 63 letters, digits, _ . -",
        reason="the kubelet would refuse the label and the node would not join",
        remedy="data-science",
    ),
]

Taint = Annotated[
    str,
    Matching(
        r"([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
        r"=([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?:(NoSchedule|PreferNoSchedule|NoExecute)",
        limit="key=value:Effect, Effect one of NoSchedule, PreferNoSchedule, NoExecute",
        reason="AKS accepts taints in this form only",
        remedy="dedicated=batch:NoSchedule",
    ),
]
