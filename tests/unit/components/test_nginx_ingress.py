from typing import Any

import pytest

from azure_facts import naming, roles
from components.ingress import IngressArgs
from components.nginx_ingress import NginxIngress
from settings import NginxIngressSettings
from tests.unit.components import stacks
from tests.unit.components.azure_answers import SUBSCRIPTION
from tests.unit.components.recorder import record
from tests.unit.components.recording import Recording

CONTROL_PLANE = "55555555-5555-5555-5555-555555555555"
ANNOTATION = "service.beta.kubernetes.io"


def record_ingress(*, zones: tuple[str, ...] = ("1", "2"), **keys: Any) -> Recording:
    settings = stacks.settings(ingress=keys).ingress
    assert isinstance(settings, NginxIngressSettings)
    args = IngressArgs(
        settings=settings,
        availability_zones=zones,
        control_plane_principal_id=CONTROL_PLANE,
        subscription_id=SUBSCRIPTION,
        tags=stacks.TAGS,
    )
    return record(stacks.with_kubernetes(NginxIngress, args))


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


def test_an_ingress_is_made_of_these_resources_and_no_others(ingress: Recording) -> None:
    assert ingress.made == [
        ("azure-native:authorization:RoleAssignment", "ra-platform-dev-controlplane-ingress"),
        ("azure-native:network:PublicIPAddress", "pip-platform-dev-ingress"),
        ("azure-native:resources:ResourceGroup", "rg-platform-dev-ingress"),
        ("kubernetes:core/v1:Namespace", "ns-platform-dev-ingress"),
        ("kubernetes:helm.sh/v3:Release", "helm-platform-dev-ingress"),
        ("pulumi:providers:kubernetes", "k8s"),
    ]
    assert ingress.components == [("aks-platform:ingress:NginxIngress", "platform-dev")]


def test_the_address_is_static_and_alone_in_a_group_of_its_own(ingress: Recording) -> None:
    assert ingress["rg-platform-dev-ingress"].inputs == {"tags": stacks.TAGS}
    assert ingress["pip-platform-dev-ingress"].inputs == {
        "resourceGroupName": "rg-platform-dev-ingress1a2b3c4d",
        "publicIPAllocationMethod": "Static",
        "publicIPAddressVersion": "IPv4",
        "sku": {"name": "Standard"},
        "zones": ["1", "2"],
        "tags": stacks.TAGS,
    }


def test_the_control_plane_may_use_that_group_and_nothing_beyond_it(ingress: Recording) -> None:
    scope = "/ResourceGroup/rg-platform-dev-ingress1a2b3c4d"
    role = roles.NETWORK_CONTRIBUTOR
    assert ingress["ra-platform-dev-controlplane-ingress"].inputs == {
        "scope": scope,
        "principalId": CONTROL_PLANE,
        "principalType": "ServicePrincipal",
        "roleDefinitionId": (
            f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        ),
        "roleAssignmentName": naming.role_assignment_name(scope, CONTROL_PLANE, role),
    }


def test_the_controller_is_f5s_and_takes_the_static_address_by_name(ingress: Recording) -> None:
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
                        f"{ANNOTATION}/azure-load-balancer-resource-group": "rg-platform-dev-ingress1a2b3c4d",
                        f"{ANNOTATION}/azure-pip-name": "pip-platform-dev-ingress1a2b3c4d",
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


def test_where_a_location_has_no_zones_the_address_names_none() -> None:
    assert "zones" not in record_ingress(zones=())["pip-platform-dev-ingress"].inputs


def test_helm_starts_after_the_right_to_the_address_or_the_load_balancer_stays_pending(
    ingress: Recording,
) -> None:
    assert "ra-platform-dev-controlplane-ingress" in ingress["helm-platform-dev-ingress"].depends_on
    assert "ns-platform-dev-ingress" in ingress["helm-platform-dev-ingress"].depends_on


def test_everything_belongs_to_the_ingress_and_kubernetes_goes_through_the_given_provider(
    ingress: Recording,
) -> None:
    own = [resource for resource in ingress if resource.custom and resource.name != "k8s"]
    assert {ingress.parent(resource) for resource in own} == {"NginxIngress"}
    through = {
        resource.name: resource.provider for resource in own if resource.type.startswith("kubernetes:")
    }
    assert through == {"ns-platform-dev-ingress": "k8s", "helm-platform-dev-ingress": "k8s"}


def test_an_ingress_tells_its_class_and_its_address(ingress: Recording) -> None:
    assert ingress.outputs("NginxIngress").values == {
        "ingress_class": "nginx",
        "public_ip_address": "203.0.113.4",
        "url": "http://203.0.113.4",
    }
