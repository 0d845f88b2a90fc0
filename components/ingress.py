"""What every kind of ingress is given and gives back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import pulumi

from settings import IngressSettings

SettingsT = TypeVar("SettingsT", bound=IngressSettings)


@dataclass(frozen=True, kw_only=True)
class IngressArgs(Generic[SettingsT]):
    """What an ingress of any kind is made of.

    Attributes:
        settings: Replicas, ranges that may come in; decides the graph's shape.
        availability_zones: Zones that the public address spans.
        control_plane_principal_id: Entra object id (GUID) of the identity that manages the load balancer.
        subscription_id: GUID of the subscription that holds the role definitions.
        tags: On every Azure resource that takes tags.
    """

    settings: SettingsT
    availability_zones: tuple[str, ...]
    control_plane_principal_id: pulumi.Input[str]
    subscription_id: str
    tags: Mapping[str, str]


class Ingress(Protocol):
    """What the platform tells its users about an ingress of any kind."""

    ingress_class: pulumi.Output[str]
    public_ip_address: pulumi.Output[str]
    url: pulumi.Output[str]
