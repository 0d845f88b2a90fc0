"""The way into the cluster: F5's NGINX Ingress Controller behind a public address of ours."""

from typing import Any, Final

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import network, resources
from pulumi_kubernetes import core, meta
from pulumi_kubernetes.helm.v3 import Release, ReleaseArgs

from azure_facts import roles
from components.ingress import IngressArgs
from components.role_assignment import role_assignment
from settings import NginxIngressSettings

CHART: Final = "oci://ghcr.io/nginx/charts/nginx-ingress"
CHART_VERSION: Final = "2.6.4"
"""Controller 5.5.4, tested with Kubernetes 1.29 to 1.36."""

INGRESS_CLASS: Final = "nginx"
NAMESPACE: Final = "nginx-ingress"
_ANNOTATION: Final = "service.beta.kubernetes.io"


class NginxIngress(ComponentResource):
    """A static public address, the right to use it, and the controller as default ingress class.

    The address has a resource group of its own: the load balancer's right must be on the group that holds the
    address, and this way it covers nothing else. It makes no DNS record and no certificate. The Kubernetes
    provider comes with `opts`.

    https://learn.microsoft.com/azure/aks/static-ip · https://docs.nginx.com/nginx-ingress-controller/
    """

    ingress_class: pulumi.Output[str]
    public_ip_address: pulumi.Output[str]
    url: pulumi.Output[str]

    def __init__(
        self, name: str, args: IngressArgs[NginxIngressSettings], opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("aks-platform:ingress:NginxIngress", name, None, opts)
        group = resources.ResourceGroup(
            f"rg-{name}-ingress", tags=args.tags, opts=ResourceOptions(parent=self)
        )
        address = network.PublicIPAddress(
            f"pip-{name}-ingress",
            resource_group_name=group.name,
            public_ip_allocation_method=network.IPAllocationMethod.STATIC,
            public_ip_address_version=network.IPVersion.I_PV4,
            sku=network.PublicIPAddressSkuArgs(name=network.PublicIPAddressSkuName.STANDARD),
            zones=list(args.availability_zones) or None,
            tags=args.tags,
            opts=ResourceOptions(parent=self),
        )
        right_to_the_address = role_assignment(
            f"ra-{name}-controlplane-ingress",
            scope=group.id,
            principal_id=args.control_plane_principal_id,
            role=roles.NETWORK_CONTRIBUTOR,
            subscription_id=args.subscription_id,
            parent=self,
        )
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
                values=_values(args.settings, group.name, address.name.apply(str)),
                atomic=True,
                timeout=600,
            ),
            # A load balancer that may not read the address stays pending until Helm gives up.
            opts=ResourceOptions(parent=self, depends_on=[right_to_the_address]),
        )

        self.ingress_class = pulumi.Output.from_input(INGRESS_CLASS)
        self.public_ip_address = address.ip_address.apply(lambda known: known or "")
        self.url = self.public_ip_address.apply(lambda known: f"http://{known}")
        self.register_outputs(
            {
                "ingress_class": self.ingress_class,
                "public_ip_address": self.public_ip_address,
                "url": self.url,
            }
        )


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
