"""Manifests that Kubernetes refuses, with its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.sandbox.kubernetes.driver import DEPLOYMENT, NAMESPACE, SERVICE, deployment, service

Refusal = Callable[[str, dict[str, Any]], str]


def named(inputs: dict[str, Any], name: str) -> dict[str, Any]:
    return {**inputs, "metadata": {**inputs["metadata"], "name": name}}


def with_container(**container: Any) -> dict[str, Any]:
    inputs = named(deployment(), "web")
    inputs["spec"]["template"]["spec"]["containers"] = [{"name": "web", "image": "nginx", **container}]
    return inputs


def test_all_unknown_fields_are_named_at_once(refusal: Refusal) -> None:
    inputs = with_container(imagePullpolicy="Always")
    inputs["spec"]["replica"] = 2
    assert (
        refusal(DEPLOYMENT, inputs)
        == 'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown'
        " field "
        '"spec.replica", unknown field "spec.template.spec.containers[0].imagePullpolicy"'
    )


def test_a_wrong_type_is_named_with_the_type_that_is_wanted(refusal: Refusal) -> None:
    assert (
        refusal(DEPLOYMENT, named(deployment(replicas="3"), "web"))
        == 'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into'
        " Go struct field Deployment.spec.replicas of type integer"
    )


def test_all_missing_fields_are_named_at_once(refusal: Refusal) -> None:
    inputs = named(deployment(), "web")
    del inputs["spec"]["selector"]
    del inputs["spec"]["template"]
    assert (
        refusal(DEPLOYMENT, inputs)
        == 'Deployment.apps "web" is invalid: [spec.selector: Required value, spec.template: Required value]'
    )


def test_a_malformed_quantity_is_refused(refusal: Refusal) -> None:
    answer = refusal(DEPLOYMENT, with_container(resources={"limits": {"memory": "1 GB"}}))
    assert "quantities must match the regular expression" in answer
    assert answer.endswith('not "1 GB" (spec.template.spec.containers[0].resources.limits.memory)')


def test_an_unsupported_word_is_refused_with_the_supported_ones(refusal: Refusal) -> None:
    assert (
        refusal(SERVICE, service(type="Loadbalancer"))
        == 'Service "web" is invalid: spec.type: Unsupported value: "Loadbalancer": supported values:'
        ' "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"'
    )


@pytest.mark.parametrize(
    ("type_token", "inputs", "start"),
    [
        (
            NAMESPACE,
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "Team"}},
            'Namespace "Team"',
        ),
        (
            NAMESPACE,
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a.b"}},
            'Namespace "a.b"',
        ),
        (DEPLOYMENT, named(deployment(), "Web"), 'Deployment.apps "Web"'),
        (SERVICE, named(service(), "1web"), 'Service "1web"'),
    ],
    ids=["capital", "dot in a namespace", "capital in a deployment", "service that starts with a digit"],
)
def test_a_malformed_name_is_refused(
    refusal: Refusal, type_token: str, inputs: dict[str, Any], start: str
) -> None:
    answer = refusal(type_token, inputs)
    assert answer.startswith(f"{start} is invalid: metadata.name: Invalid value: ")
    assert "regex used for validation is" in answer


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ({"a b": "c"}, 'metadata.labels: Invalid value: "a b": name part must consist of alphanumeric'),
        (
            {"a": "b c"},
            'metadata.labels: Invalid value: "b c": a valid label must be an empty string or consist',
        ),
        ({"a": "x" * 64}, "must be no more than 63 bytes"),
        ({"a_b/c": "d"}, "prefix part a lowercase RFC 1123 subdomain must consist of"),
    ],
    ids=["key", "value", "long value", "prefix"],
)
def test_a_malformed_label_is_refused(refusal: Refusal, labels: dict[str, str], reason: str) -> None:
    inputs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team", "labels": labels}}
    assert reason in refusal(NAMESPACE, inputs)


def test_a_selector_that_misses_the_template_is_refused(refusal: Refusal) -> None:
    inputs = named(deployment(selector={"matchLabels": {"app": "other"}}), "web")
    assert (
        refusal(DEPLOYMENT, inputs)
        == 'Deployment.apps "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"web"}:'
        " `selector` does not match template `labels`"
    )


@pytest.mark.parametrize(
    ("container", "reason"),
    [
        ({"image": ""}, "spec.template.spec.containers[0].image: Required value"),
        (
            {"volumeMounts": [{"name": "data", "mountPath": "/data"}]},
            'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"',
        ),
        (
            {"name": "Web"},
            'spec.template.spec.containers[0].name: Invalid value: "Web": a lowercase RFC 1123 label',
        ),
    ],
    ids=["no image", "mount without volume", "name"],
)
def test_a_container_that_cannot_run_is_refused(
    refusal: Refusal, container: dict[str, Any], reason: str
) -> None:
    assert reason in refusal(DEPLOYMENT, with_container(**container))


def test_a_service_without_ports_is_refused(refusal: Refusal) -> None:
    assert refusal(SERVICE, service(ports=[])) == 'Service "web" is invalid: spec.ports: Required value'


def test_a_port_out_of_range_is_refused(refusal: Refusal) -> None:
    assert (
        refusal(SERVICE, service(ports=[{"port": 70000}]))
        == 'Service "web" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535,'
        " inclusive"
    )


def test_a_disruption_budget_with_both_limits_is_refused(refusal: Refusal) -> None:
    inputs = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"minAvailable": 1, "maxUnavailable": 1},
    }
    assert "minAvailable and maxUnavailable cannot be both set" in refusal(
        "kubernetes:policy/v1:PodDisruptionBudget", inputs
    )


def test_a_job_whose_pods_restart_always_is_refused(refusal: Refusal) -> None:
    inputs = {**named(deployment(), "once"), "apiVersion": "batch/v1", "kind": "Job"}
    del inputs["spec"]["selector"]
    assert 'restartPolicy: Required value: valid values: "OnFailure", "Never"' in refusal(
        "kubernetes:batch/v1:Job", inputs
    )
