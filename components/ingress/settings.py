"""Ingress controllers: how HTTP(S) gets into the cluster.

A new kind is a class here and a member of ``IngressSettings``; loader, reference and schema find it there.
"""

from typing import Annotated, ClassVar, Final, Literal, get_args

from pydantic import Discriminator, Tag

from settings.model import Between, See, SettingsModel
from settings.values import Network


class NginxIngressSettings(SettingsModel):
    """F5 NGINX Ingress Controller behind a static public IP address."""

    open_to_internet: ClassVar[bool] = True
    """It has a public IP address, and ports 80 and 443 of the nodes are open to its clients."""

    kind: Literal["nginx"] = "nginx"
    """F5 NGINX Ingress Controller."""

    replicas: Annotated[
        int,
        Between(1, 100, "without a replica nothing would answer"),
        See("https://docs.nginx.com/nginx-ingress-controller/install/helm/"),
    ] = 3
    """Pods of the controller."""

    allowed_ip_ranges: Annotated[
        tuple[Network, ...],
        See("aks/configure-load-balancer-standard#restrict-inbound-traffic-to-specific-ip-ranges"),
    ] = ()
    """Ranges that may reach it; by default the whole internet."""


class NoIngressSettings(SettingsModel):
    """No ingress controller."""

    open_to_internet: ClassVar[bool] = False
    """It has no address, and the node subnet stays closed."""

    kind: Literal["none"] = "none"
    """No ingress controller: services bring their own way in."""


DEFAULT_KIND: Final = "nginx"


def _kind(value: object) -> object:
    return value.get("kind", DEFAULT_KIND) if isinstance(value, dict) else getattr(value, "kind", None)


IngressSettings = Annotated[
    Annotated[NginxIngressSettings, Tag("nginx")] | Annotated[NoIngressSettings, Tag("none")],
    Discriminator(_kind),
]
"""An ingress controller of any kind; without the key ``kind`` it is nginx."""

INGRESS_KINDS: Final[dict[str, type[SettingsModel]]] = {
    get_args(member)[1].tag: get_args(member)[0] for member in get_args(get_args(IngressSettings)[0])
}
"""The class of each kind."""
