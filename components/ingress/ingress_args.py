"""The arguments of every kind of ingress."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import pulumi

from components.ingress.settings import IngressSettings

SettingsT = TypeVar("SettingsT", bound=IngressSettings)


@dataclass(frozen=True, kw_only=True)
class IngressArgs(Generic[SettingsT]):
    """The arguments of an ingress of any kind.

    Attributes:
        settings: Replicas, ranges that may come in; decides the graph's shape.
        address_name: Azure name of the public IP address that it answers at.
        ipv6_address_name: Azure name of its IPv6 address, in a dual-stack cluster.
        address_resource_group_name: The resource group of these addresses.
    """

    settings: SettingsT
    address_name: pulumi.Input[str]
    address_resource_group_name: pulumi.Input[str]
    ipv6_address_name: pulumi.Input[str] | None = None
