"""Manifests that Kubernetes refuses, with its own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.tests.unit.kubernetes.driver import (
    DEPLOYMENT,
    NAMESPACE,
    SERVICE,
    AbortedError,
    Driver,
    deployment,
    service,
)

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("kubernetes")]

Refusal = Callable[[str, dict[str, Any]], str]

INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
JOB = "kubernetes:batch/v1:Job"
QUOTA = "kubernetes:core/v1:ResourceQuota"
ROLE_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"


def named(inputs: dict[str, Any], name: str = "web") -> dict[str, Any]:
    return {**inputs, "metadata": {**inputs["metadata"], "name": name}}


def deployed(**spec: Any) -> dict[str, Any]:
    return named(deployment(**spec))


def with_container(**container: Any) -> dict[str, Any]:
    inputs = deployed()
    inputs["spec"]["template"]["spec"]["containers"] = [{"name": "web", "image": "nginx", **container}]
    return inputs


def with_pod(**fields: Any) -> dict[str, Any]:
    inputs = deployed()
    inputs["spec"]["template"]["spec"] |= fields
    return inputs


def manifest(api_version: str, kind: str, **content: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "web"}, **content}


def labelled(**labels: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team", "labels": labels}}


def ingress(*paths: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return manifest(
        "networking.k8s.io/v1", "Ingress", spec={"rules": [{"http": {"paths": list(paths)}}], **spec}
    )


def job() -> dict[str, Any]:
    inputs = {**deployed(), "apiVersion": "batch/v1", "kind": "Job"}
    del inputs["spec"]["selector"]
    return inputs


BACKEND = {"service": {"name": "web", "port": {"number": 80}}}
TOLERATION = {"key": "a", "operator": "Exists", "value": "b"}

REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "wrong type": (
        DEPLOYMENT,
        deployed(replicas="3"),
        (
            'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal'
            " string into Go"
            " struct field DeploymentSpec.spec.replicas of type int32"
        ),
    ),
    "malformed quantity": (
        DEPLOYMENT,
        with_container(resources={"limits": {"memory": "1 GB"}}),
        (
            'Deployment in version "v1" cannot be handled as a Deployment: quantities must match the regular'
            " expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        ),
    ),
    "request above its limit": (
        DEPLOYMENT,
        with_container(resources={"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}),
        (
            'Deployment.apps "web" is invalid: spec.template.spec.containers[0].resources.requests:'
            " Invalid value:"
            ' "2": must be less than or equal to cpu limit of 1'
        ),
    ),
    "fraction of a GPU": (
        DEPLOYMENT,
        with_container(resources={"limits": {"nvidia.com/gpu": "500m"}}),
        (
            'Deployment.apps "web" is invalid:'
            " spec.template.spec.containers[0].resources.limits[nvidia.com/gpu]:"
            ' Invalid value: "500m": must be an integer'
        ),
    ),
    "no image": (
        DEPLOYMENT,
        with_container(image=""),
        'Deployment.apps "web" is invalid: spec.template.spec.containers[0].image: Required value',
    ),
    "mount without its volume": (
        DEPLOYMENT,
        with_container(volumeMounts=[{"name": "data", "mountPath": "/data"}]),
        (
            'Deployment.apps "web" is invalid:'
            " spec.template.spec.containers[0].volumeMounts[0].name: Not found:"
            ' "data"'
        ),
    ),
    "toleration with a value to exist": (
        DEPLOYMENT,
        with_pod(tolerations=[TOLERATION]),
        "spec.template.spec.tolerations[0].operator: Invalid value:",
    ),
    "selector that misses the template": (
        DEPLOYMENT,
        deployed(selector={"matchLabels": {"app": "other"}}),
        (
            'Deployment.apps "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"web"}:'
            " `selector` does not match template `labels`"
        ),
    ),
    "capital in a name": (
        DEPLOYMENT,
        named(deployment(), "Web"),
        (
            'Deployment.apps "Web" is invalid: metadata.name: Invalid value: "Web": a lowercase RFC'
            " 1123 subdomain"
            " must consist of lower case alphanumeric characters, '-' or '.'"
        ),
    ),
    "dot in a namespace's name": (
        NAMESPACE,
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a.b"}},
        'Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b": must not contain dots',
    ),
    "label key": (
        NAMESPACE,
        labelled(**{"a b": "c"}),
        'Namespace "team" is invalid: metadata.labels: Invalid value: "a b": name part must consist of',
    ),
    "label value": (
        NAMESPACE,
        labelled(a="b c"),
        'Namespace "team" is invalid: metadata.labels: Invalid value: "b c": a valid label must be an empty',
    ),
    "long label value": (
        NAMESPACE,
        labelled(a="x" * 64),
        "must be no more than 63 bytes",
    ),
    "unsupported word": (
        SERVICE,
        service(type="Loadbalancer"),
        (
            'Service "web" is invalid: spec.type: Unsupported value: "Loadbalancer": supported values:'
            ' "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"'
        ),
    ),
    "service without ports": (
        SERVICE,
        service(ports=[]),
        'Service "web" is invalid: spec.ports: Required value',
    ),
    "port out of range": (
        SERVICE,
        service(ports=[{"port": 70000}]),
        (
            'Service "web" is invalid: [spec.ports[0].port: Invalid value: 70000: must be between 1'
            " and 65535,"
            " inclusive, spec.ports[0].targetPort: Invalid value: 70000: must be between 1 and"
            " 65535, inclusive]"
        ),
    ),
    "ingress path that is not absolute": (
        INGRESS,
        ingress({"path": "api", "pathType": "Prefix", "backend": BACKEND}),
        (
            'Ingress.networking.k8s.io "web" is invalid: spec.rules[0].http.paths[0].path: Invalid'
            ' value: "api":'
            " must be an absolute path"
        ),
    ),
    "ingress path without its type": (
        INGRESS,
        ingress({"path": "/", "backend": BACKEND}),
        (
            'Ingress.networking.k8s.io "web" is invalid: spec.rules[0].http.paths[0].pathType:'
            " Required value:"
            " pathType must be specified"
        ),
    ),
    "ingress backend without its port": (
        INGRESS,
        ingress({"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web"}}}),
        (
            'Ingress.networking.k8s.io "web" is invalid: spec.rules[0].http.paths[0].backend:'
            " Required value: port"
            " name or number is required"
        ),
    ),
    "ingress for an address": (
        INGRESS,
        ingress(rules=[{"host": "10.0.0.1"}]),
        (
            'Ingress.networking.k8s.io "web" is invalid: spec.rules[0].host: Invalid value:'
            ' "10.0.0.1": must be a'
            " DNS name, not an IP address"
        ),
    ),
    "disruption budget with both limits": (
        BUDGET,
        manifest("policy/v1", "PodDisruptionBudget", spec={"minAvailable": 1, "maxUnavailable": 1}),
        "minAvailable and maxUnavailable cannot be both set",
    ),
    "job whose pods restart always": (
        JOB,
        job(),
        (
            'Job.batch "web" is invalid: spec.template.spec.restartPolicy: Required value: valid values:'
            ' "OnFailure", "Never"'
        ),
    ),
    "quota for an unknown resource": (
        QUOTA,
        manifest("v1", "ResourceQuota", spec={"hard": {"gpus": "1"}}),
        (
            'ResourceQuota "web" is invalid: [spec.hard[gpus]: Invalid value: "gpus": must be a'
            " standard resource"
            ' type or fully qualified, spec.hard[gpus]: Invalid value: "gpus": must be a standard'
            " resource for"
            " quota]"
        ),
    ),
    "negative quota": (
        QUOTA,
        manifest("v1", "ResourceQuota", spec={"hard": {"pods": "-1"}}),
        (
            'ResourceQuota "web" is invalid: spec.hard[pods]: Invalid value: "-1": must be greater'
            " than or equal to"
            " 0"
        ),
    ),
    "binding to nothing": (
        ROLE_BINDING,
        manifest("rbac.authorization.k8s.io/v1", "RoleBinding", roleRef={"kind": "Pod", "name": "x"}),
        (
            'RoleBinding.rbac.authorization.k8s.io "web" is invalid: roleRef.kind: Unsupported value: "Pod":'
            ' supported values: "Role", "ClusterRole"'
        ),
    ),
    "autoscaler upside down": (
        AUTOSCALER,
        manifest(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            spec={
                "minReplicas": 5,
                "maxReplicas": 2,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            },
        ),
        "spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`",
    ),
}


@pytest.mark.parametrize(("type_token", "inputs", "words"), REFUSED.values(), ids=REFUSED)
def test_kubernetes_refuses(refusal: Refusal, type_token: str, inputs: dict[str, Any], words: str) -> None:
    assert words in refusal(type_token, inputs)


def test_unknown_fields_are_refused_all_at_once(refusal: Refusal) -> None:
    answer = refusal(DEPLOYMENT, {**with_container(imagePullpolicy="Always"), "extra": 1})
    assert answer.startswith(
        'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field '
    )
    assert 'unknown field "extra"' in answer
    assert 'unknown field "spec.template.spec.containers[0].imagePullpolicy"' in answer


def test_a_quota_refuses_what_exceeds_it(engine: Driver, refusal: Refusal) -> None:
    engine.make(QUOTA, "few", manifest("v1", "ResourceQuota", spec={"hard": {"services": "1"}}))
    engine.make(SERVICE, "one", service(type="ClusterIP"))
    answer = refusal(SERVICE, named(service(type="ClusterIP"), "two"))
    assert answer == (
        'services "two" is forbidden: exceeded quota: web, requested: services=1, used: services=1, limited:'
        " services=1"
    )


def test_an_update_of_an_immutable_field_is_refused(engine: Driver) -> None:
    made = engine.make(SERVICE, "web", service(type="ClusterIP"))
    with pytest.raises(AbortedError) as error:
        engine.update(made, service(type="ClusterIP", clusterIP="10.0.77.77"))
    assert "spec.clusterIPs[0]: Invalid value:" in str(error.value)
    assert "may not change once set" in str(error.value)


def test_an_update_with_an_unknown_field_is_refused(engine: Driver) -> None:
    made = engine.make(SERVICE, "web", service(type="ClusterIP"))
    with pytest.raises(AbortedError, match=r"\.spec\.sessionaffinity: field not declared in schema"):
        engine.update(made, service(type="ClusterIP", sessionaffinity="None"))
