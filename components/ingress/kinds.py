"""Which component makes an ingress of which kind; a kind that is not open to the internet needs none."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pulumi import ComponentResource, ResourceOptions

from components.ingress.ingress_args import IngressArgs
from components.ingress.nginx_ingress import NginxIngress
from components.ingress.settings import NginxIngressSettings
from settings.model import SettingsModel

INGRESS_KINDS: Final[
    Mapping[type[SettingsModel], Callable[[str, IngressArgs[Any], ResourceOptions], ComponentResource]]
] = {NginxIngressSettings: NginxIngress}
