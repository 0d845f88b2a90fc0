"""The way into the cluster: F5's NGINX Ingress Controller."""

from typing import Any, Final

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_kubernetes import core, meta
from pulumi_kubernetes.helm.v3 import Release, ReleaseArgs

from components.ingress.ingress_args import IngressArgs
from components.ingress.settings import NginxIngressSettings

CHART: Final = "oci://ghcr.io/nginx/charts/nginx-ingress"
CHART_VERSION: Final = "2.6.4"
"""Controller 5.5.4, tested with Kubernetes 1.29 to 1.36. Helm does not upgrade the chart's custom resource
definitions: the CHANGELOG announces a version that needs new ones, with the command of docs/operations.md."""

INGRESS_CLASS: Final = "nginx"
NAMESPACE: Final = "nginx-ingress"
_ANNOTATION: Final = "service.beta.kubernetes.io"


class NginxIngress(ComponentResource):
    """The controller behind an Azure load balancer at a given address, as the default ingress class.

    Pass `depends_on` the address: the load balancer must hold its right to it, or Helm waits in vain. It
    makes no certificate. The Kubernetes provider comes with `opts`.

    https://docs.nginx.com/nginx-ingress-controller/ · https://learn.microsoft.com/azure/aks/static-ip
    """

    def __init__(
        self, name: str, args: IngressArgs[NginxIngressSettings], opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("aks-platform:ingress:NginxIngress", name, None, opts)
        namespace = core.v1.Namespace(
            f"ns-{name}-ingress",
            metadata=meta.v1.ObjectMetaArgs(name=NAMESPACE),
            opts=ResourceOptions(parent=self),
        )
        Release(
            f"helm-{name}-ingress",
            ReleaseArgs(
                name="nginx-ingress",
                chart=CHART,
                version=CHART_VERSION,
                namespace=namespace.metadata.name,
                values=_values(args.settings, args.address_resource_group_name, args.address_name),
                atomic=True,
                timeout=600,
            ),
            opts=ResourceOptions(parent=self),
        )

        self.register_outputs({})


def _values(
    settings: NginxIngressSettings, resource_group: pulumi.Input[str], address_name: pulumi.Input[str]
) -> dict[str, Any]:
    """The chart's values: replicas spread over zones and nodes, one down at a time, client addresses kept."""
    return {
        "controller": {
            "replicaCount": settings.replicas,
            "ingressClass": {"name": INGRESS_CLASS, "create": True, "setAsDefaultIngress": True},
            "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "512Mi"}},
            "nodeSelector": {"kubernetes.io/os": "linux"},
            "podDisruptionBudget": {"enabled": settings.replicas > 1, "maxUnavailable": 1},
            "topologySpreadConstraints": [
                _spread("topology.kubernetes.io/zone"),
                _spread("kubernetes.io/hostname"),
            ],
            "service": {
                "type": "LoadBalancer",
                # Local keeps the client's address and probes the node's health check, never the path "/".
                "externalTrafficPolicy": "Local",
                "annotations": {
                    f"{_ANNOTATION}/azure-load-balancer-resource-group": resource_group,
                    f"{_ANNOTATION}/azure-pip-name": address_name,
                    **_allowed_ranges(settings),
                },
            },
            "telemetryReporting": {"enable": False},
        },
        "prometheus": {"create": True},
    }


def _spread(topology_key: str) -> dict[str, Any]:
    return {
        "maxSkew": 1,
        "topologyKey": topology_key,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"app.kubernetes.io/instance": "nginx-ingress"}},
    }


def _allowed_ranges(settings: NginxIngressSettings) -> dict[str, str]:
    if not settings.allowed_ip_ranges:
        return {}
    ranges = ",".join(str(allowed) for allowed in settings.allowed_ip_ranges)
    return {f"{_ANNOTATION}/azure-allowed-ip-ranges": ranges}
