import json
from typing import Any

from components.ingress.ingress_args import IngressArgs
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


def test_a_single_replica_has_no_disruption_budget_which_would_let_no_node_be_drained() -> None:
    single = controller_of(record_ingress(replicas=1))
    assert single["replicaCount"] == 1
    assert single["podDisruptionBudget"]["enabled"] is False


def test_the_load_balancer_lets_in_only_the_ranges_that_the_stack_names() -> None:
    annotations = controller_of(record_ingress(allowedIpRanges=["203.0.113.0/24", "198.51.100.7/32"]))[
        "service"
    ]["annotations"]
    assert annotations[f"{ANNOTATION}/azure-allowed-ip-ranges"] == "203.0.113.0/24,198.51.100.7/32"


def test_an_image_is_pinned_by_the_digest_that_the_stack_names_and_by_the_charts_tag_otherwise() -> None:
    digest = "sha256:" + "0123456789abcdef" * 4
    assert controller_of(record_ingress(imageDigest=digest))["image"] == {"digest": digest}
    assert "image" not in controller_of(record_ingress())


def test_without_network_policy_the_namespace_takes_and_sends_everything() -> None:
    assert record_ingress(networkPolicy=False).of("NetworkPolicy") == []
    assert len(record_ingress().of("NetworkPolicy")) == 2


def test_the_charts_definitions_are_applied_before_the_release_taken_over_and_never_deleted() -> None:
    ingress = record_ingress()
    (group,) = ingress.of("ConfigGroup")
    (definition,) = group.inputs["objs"]
    assert definition["metadata"] == {
        "name": "widgets.example.com",
        "annotations": {"made-by": "a generator", "pulumi.com/patchForce": "true"},
    }
    assert group.retain_on_delete
    release = ingress["helm-platform-dev-ingress"]
    assert release.inputs["skipCrds"]
    assert group.name in release.depends_on
    ((_, asked),) = [invoke for invoke in ingress.invokes if invoke[0] == "kubernetes:helm:template"]
    assert json.loads(asked["jsonOpts"]) == {
        "chart": release.inputs["chart"],
        "version": release.inputs["version"],
        "release_name": "crds-platform-dev-ingress",
    }
