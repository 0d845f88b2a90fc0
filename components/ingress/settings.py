"""Ingress controllers: how HTTP(S) gets into the cluster.

A new kind is a class here and a member of ``IngressSettings``; loader, reference and schema find it there.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from settings.model import Between, DefaultKind, Matching, SettingsModel
from settings.values import AnyNetwork, ListOf


class NginxIngressSettings(SettingsModel):
    """F5 NGINX Ingress Controller behind a static public IP address."""

    open_to_internet: ClassVar[bool] = True
    """It has a public IP address, and ports 80 and 443 of the nodes are open to its clients."""

    kind: Literal["nginx"] = "nginx"
    """F5 NGINX Ingress Controller."""

    replicas: Annotated[
        int, Between(1, 100, "without a replica nothing would answer, and no cluster needs more than 100")
    ] = 3
    """Pods of the controller. https://docs.nginx.com/nginx-ingress-controller/install/helm/"""

    allowed_ip_ranges: ListOf[AnyNetwork] = ()
    """Ranges that may reach it; by default the whole internet. In a dual-stack cluster, a family of which no
    range is named is shut out.
    https://learn.microsoft.com/azure/aks/configure-load-balancer-standard#restrict-inbound-traffic-to-specific-ip-ranges"""

    network_policy: bool = True
    """Whether the controller's namespace denies all traffic but what the controller needs. With it, a backend
    outside the cluster is reached at port 443 only, and further ports of the controller stay closed.
    https://learn.microsoft.com/azure/aks/use-network-policies"""

    image_digest: (
        Annotated[
            str,
            Matching(
                r"sha256:[0-9a-f]{64}",
                limit="sha256: and 64 hexadecimal digits",
                reason="a digest names one image for good; a tag may move to another",
                write="sha256:<64 digits, as docker buildx imagetools inspect prints them>",
            ),
        ]
        | None
    ) = None
    """Digest of the controller's image, so that a moved tag cannot replace it; by default the chart's tag
    decides. Change it with every chart version.
    https://docs.nginx.com/nginx-ingress-controller/install/helm/"""


class NoIngressSettings(SettingsModel):
    """No ingress controller."""

    open_to_internet: ClassVar[bool] = False
    """It has no address, and the node subnet stays closed."""

    kind: Literal["none"] = "none"
    """No ingress controller: services bring their own way in."""


IngressSettings = Annotated[
    NginxIngressSettings | NoIngressSettings, Field(discriminator="kind"), DefaultKind("nginx")
]
"""An ingress controller of any kind; without the key ``kind`` it is nginx."""
