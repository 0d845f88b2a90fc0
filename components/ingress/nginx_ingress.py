"""The way into the cluster: F5's NGINX Ingress Controller."""

from typing import Any, Final

from pulumi import ComponentResource, ResourceOptions
from pulumi_kubernetes import core, meta, networking, scheduling
from pulumi_kubernetes.helm.v3 import Release, ReleaseArgs

from components.default_deny import default_deny
from components.ingress.chart_definitions import chart_definitions
from components.ingress.ingress_args import IngressArgs
from components.ingress.settings import NginxIngressSettings

CHART: Final = "oci://ghcr.io/nginx/charts/nginx-ingress"
CHART_VERSION: Final = "2.6.4"
"""Controller 5.5.4, tested with Kubernetes 1.29 to 1.36."""

INGRESS_CLASS: Final = "nginx"
NAMESPACE: Final = "nginx-ingress"
PRIORITY_CLASS: Final = "aks-platform-ingress"
_PRIORITY: Final = 1_000_000
"""Above what workloads have by default (0), below Kubernetes' own pods (2,000,000,000)."""

_WEB_PORTS: Final = (80, 443)
_READY_PORT: Final = 8081
_METRICS_PORT: Final = 9113
_DNS_PORT: Final = 53
_API_SERVER_PORT: Final = 443
_RELEASE: Final = "nginx-ingress"
_SELECTOR: Final = {"app.kubernetes.io/instance": _RELEASE}
_ANNOTATION: Final = "service.beta.kubernetes.io"
_BOTH_FAMILIES: Final = {"ipFamilyPolicy": "PreferDualStack", "ipFamilies": ["IPv4", "IPv6"]}
"""https://learn.microsoft.com/azure/aks/configure-dual-stack"""


class NginxIngress(ComponentResource):
    """The controller behind an Azure load balancer at a given address, as the default ingress class.

    Its namespace takes pods of the security standard `restricted` only, and its network policies let through
    what it needs: web traffic, probes, metrics, DNS, the API server, and every pod as a backend.

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
            metadata=meta.v1.ObjectMetaArgs(
                name=NAMESPACE, labels={"pod-security.kubernetes.io/enforce": "restricted"}
            ),
            opts=ResourceOptions(parent=self),
        )
        policies = self._network_policies(name, namespace) if args.settings.network_policy else []
        priority = scheduling.v1.PriorityClass(
            f"pc-{name}-ingress",
            metadata=meta.v1.ObjectMetaArgs(name=PRIORITY_CLASS),
            value=_PRIORITY,
            description="Ingress controllers: without them no workload is reached.",
            opts=ResourceOptions(parent=self),
        )
        definitions = chart_definitions(
            f"crds-{name}-ingress", chart=CHART, version=CHART_VERSION, parent=self
        )
        Release(
            f"helm-{name}-ingress",
            ReleaseArgs(
                name=_RELEASE,
                chart=CHART,
                version=CHART_VERSION,
                namespace=namespace.metadata.name,
                values=_values(args),
                skip_crds=True,
                atomic=True,
                timeout=600,
            ),
            opts=ResourceOptions(parent=self, depends_on=[priority, *policies, definitions]),
        )

        self.register_outputs({})

    def _network_policies(self, name: str, namespace: core.v1.Namespace) -> list[networking.v1.NetworkPolicy]:
        allowed = networking.v1.NetworkPolicy(
            f"netpol-{name}-ingress-controller",
            metadata=meta.v1.ObjectMetaArgs(name="controller", namespace=namespace.metadata.name),
            spec=networking.v1.NetworkPolicySpecArgs(
                pod_selector=meta.v1.LabelSelectorArgs(match_labels=_SELECTOR),
                policy_types=["Ingress", "Egress"],
                ingress=_let_in(),
                egress=_let_out(),
            ),
            opts=ResourceOptions(parent=self),
        )
        return [default_deny(f"netpol-{name}-ingress", namespace, parent=self), allowed]


def _let_in() -> list[networking.v1.NetworkPolicyIngressRuleArgs]:
    """Web traffic and probes from anywhere, metrics for the collectors that AKS runs in kube-system."""
    return [
        networking.v1.NetworkPolicyIngressRuleArgs(ports=_ports(*_WEB_PORTS, _READY_PORT)),
        networking.v1.NetworkPolicyIngressRuleArgs(
            ports=_ports(_METRICS_PORT),
            from_=[_namespaces({"kubernetes.io/metadata.name": "kube-system"})],
        ),
    ]


def _let_out() -> list[networking.v1.NetworkPolicyEgressRuleArgs]:
    """DNS, the API server, whose address is not known in advance, and any port of any pod as a backend."""
    return [
        networking.v1.NetworkPolicyEgressRuleArgs(
            ports=[*_ports(_DNS_PORT, protocol="UDP"), *_ports(_DNS_PORT, _API_SERVER_PORT)]
        ),
        networking.v1.NetworkPolicyEgressRuleArgs(to=[_namespaces({})]),
    ]


def _ports(*ports: int, protocol: str = "TCP") -> list[networking.v1.NetworkPolicyPortArgs]:
    return [networking.v1.NetworkPolicyPortArgs(port=port, protocol=protocol) for port in ports]


def _namespaces(labels: dict[str, str]) -> networking.v1.NetworkPolicyPeerArgs:
    return networking.v1.NetworkPolicyPeerArgs(
        namespace_selector=meta.v1.LabelSelectorArgs(match_labels=labels or None)
    )


def _values(args: IngressArgs[NginxIngressSettings]) -> dict[str, Any]:
    """The chart's values: replicas spread over zones and nodes, one down at a time, client addresses kept."""
    settings, ipv6_name = args.settings, args.ipv6_address_name
    return {
        "controller": {
            "replicaCount": settings.replicas,
            **({"image": {"digest": settings.image_digest}} if settings.image_digest else {}),
            "priorityClassName": PRIORITY_CLASS,
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
                    f"{_ANNOTATION}/azure-load-balancer-resource-group": args.address_resource_group_name,
                    f"{_ANNOTATION}/azure-pip-name": args.address_name,
                    **({f"{_ANNOTATION}/azure-pip-name-ipv6": ipv6_name} if ipv6_name else {}),
                    **_allowed_ranges(settings),
                },
                **(_BOTH_FAMILIES if ipv6_name else {}),
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
        "labelSelector": {"matchLabels": _SELECTOR},
    }


def _allowed_ranges(settings: NginxIngressSettings) -> dict[str, str]:
    if not settings.allowed_ip_ranges:
        return {}
    ranges = ",".join(str(allowed) for allowed in settings.allowed_ip_ranges)
    return {f"{_ANNOTATION}/azure-allowed-ip-ranges": ranges}
