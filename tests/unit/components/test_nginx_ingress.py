from typing import Any

import pytest

from components.ingress.ingress import IngressArgs
from components.ingress.nginx_ingress import NginxIngress
from components.ingress.settings import NginxIngressSettings
from tests.unit.components import stacks
from tests.unit.components.recording import Recording

ADDRESS = "pip-platform-dev-ingress1a2b3c4d"
ADDRESS_GROUP = "rg-platform-dev-ingress1a2b3c4d"
ANNOTATION = "service.beta.kubernetes.io"


def record_ingress(**keys: Any) -> Recording:
    settings = stacks.settings(ingress=keys).ingress
    assert isinstance(settings, NginxIngressSettings)
    args = IngressArgs(settings=settings, address_name=ADDRESS, address_resource_group_name=ADDRESS_GROUP)
    return stacks.record_component(NginxIngress, args, kubernetes=True)


def controller_of(ingress: Recording) -> dict[str, Any]:
    return ingress["helm-platform-dev-ingress"].inputs["values"]["controller"]


@pytest.fixture(scope="module")
def ingress() -> Recording:
    return record_ingress()


def spread_over(topology_key: str) -> dict[str, Any]:
    return {
        "maxSkew": 1,
        "topologyKey": topology_key,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"app.kubernetes.io/instance": "nginx-ingress"}},
    }


def test_the_controller_is_f5s_and_takes_the_static_address_by_name(ingress: Recording) -> None:
    assert ingress.names == {"ns-platform-dev-ingress", "helm-platform-dev-ingress", "k8s"}
    assert ingress["helm-platform-dev-ingress"].inputs == {
        "name": "nginx-ingress",
        "chart": "oci://ghcr.io/nginx/charts/nginx-ingress",
        "version": "2.6.4",
        "namespace": "nginx-ingress",
        "atomic": True,
        "timeout": 600,
        "compat": "true",
        "values": {
            "controller": {
                "replicaCount": 3,
                "ingressClass": {"name": "nginx", "create": True, "setAsDefaultIngress": True},
                "resources": {
                    "requests": {"cpu": "100m", "memory": "256Mi"},
                    "limits": {"memory": "512Mi"},
                },
                "nodeSelector": {"kubernetes.io/os": "linux"},
                "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
                "topologySpreadConstraints": [
                    spread_over("topology.kubernetes.io/zone"),
                    spread_over("kubernetes.io/hostname"),
                ],
                "service": {
                    "type": "LoadBalancer",
                    "externalTrafficPolicy": "Local",
                    "annotations": {
                        f"{ANNOTATION}/azure-load-balancer-resource-group": ADDRESS_GROUP,
                        f"{ANNOTATION}/azure-pip-name": ADDRESS,
                    },
                },
                "telemetryReporting": {"enable": False},
            },
            "prometheus": {"create": True},
        },
    }
    assert ingress["ns-platform-dev-ingress"].inputs == {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "nginx-ingress"},
    }


def test_a_single_replica_has_no_disruption_budget_which_would_let_no_node_be_drained() -> None:
    single = controller_of(record_ingress(replicas=1))
    assert single["replicaCount"] == 1
    assert single["podDisruptionBudget"]["enabled"] is False


def test_the_load_balancer_lets_in_only_the_ranges_that_the_stack_names() -> None:
    annotations = controller_of(record_ingress(allowedIpRanges=["203.0.113.0/24", "198.51.100.7/32"]))[
        "service"
    ]["annotations"]
    assert annotations[f"{ANNOTATION}/azure-allowed-ip-ranges"] == "203.0.113.0/24,198.51.100.7/32"


def test_helm_starts_after_its_namespace(ingress: Recording) -> None:
    assert "ns-platform-dev-ingress" in ingress["helm-platform-dev-ingress"].depends_on


def test_an_ingress_tells_its_class(ingress: Recording) -> None:
    assert ingress.outputs("NginxIngress").values == {"ingress_class": "nginx"}
