"""Helm releases: the stand-in for a chart, what Helm refuses, and a release's life."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.plugin import UNKNOWN, Secret, to_python
from tests.unit.sandbox.kubernetes.driver import (
    CLUSTER_ID,
    GROUP,
    NAMESPACE,
    RELEASE,
    AbortedError,
    Driver,
    put_public_ip,
    put_role_assignment,
)

PIP = {
    "service.beta.kubernetes.io/azure-pip-name": "pip-ingress",
    "service.beta.kubernetes.io/azure-load-balancer-resource-group": "rg-platform",
}
CONTROLLER = "ingress-nginx-ingress-controller"


def release(controller: dict[str, Any] | None = None, **inputs: Any) -> dict[str, Any]:
    return {
        "chart": "oci://ghcr.io/nginx/charts/nginx-ingress",
        "version": "2.6.4",
        "name": "ingress",
        "namespace": "ingress",
        "createNamespace": True,
        "values": {"controller": controller or {}},
        **inputs,
    }


def held(driver: Driver, resource: str, name: str) -> dict[str, Any]:
    found = driver.cloud.get(f"{CLUSTER_ID}/kubernetes/{resource}/ingress/{name}")
    assert found is not None
    return dict(found.properties)


def test_a_release_is_deployed_with_its_chart_and_app_version(engine: Driver) -> None:
    made = engine.make(RELEASE, "ingress", release())
    assert made.id == "ingress/ingress"
    assert made.outputs["status"] == {
        "appVersion": "5.5.4",
        "chart": "nginx-ingress",
        "name": "ingress",
        "namespace": "ingress",
        "revision": 1,
        "status": "deployed",
        "version": "2.6.4",
    }


def test_a_release_names_the_objects_that_it_made(engine: Driver) -> None:
    names = engine.make(RELEASE, "ingress", release()).outputs["resourceNames"]
    assert names["Deployment.apps/apps/v1"] == [f"ingress/{CONTROLLER}"]
    assert names["Service/v1"] == [f"ingress/{CONTROLLER}"]
    assert names["IngressClass.networking.k8s.io/networking.k8s.io/v1"] == ["nginx"]


def test_the_values_shape_the_workload(engine: Driver) -> None:
    toleration = {"key": "CriticalAddonsOnly", "operator": "Exists"}
    spread = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
    }
    values = {
        "replicaCount": 3,
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [toleration],
        "topologySpreadConstraints": [spread],
        "resources": {"requests": {"cpu": "1"}},
    }
    engine.make(RELEASE, "ingress", release(values))
    spec = held(engine, "deployments.apps", CONTROLLER)["spec"]
    pod = spec["template"]["spec"]
    assert spec["replicas"] == 3
    assert pod["nodeSelector"] == {"kubernetes.io/os": "linux"}
    assert pod["tolerations"] == [toleration]
    assert pod["topologySpreadConstraints"] == [spread]
    assert pod["containers"][0]["image"] == "nginx/nginx-ingress:5.5.4"
    assert pod["containers"][0]["resources"] == {"requests": {"cpu": "1", "memory": "128Mi"}}


def test_the_stand_in_says_what_it_stands_in_for(engine: Driver) -> None:
    engine.make(RELEASE, "ingress", release())
    annotations = held(engine, "deployments.apps", CONTROLLER)["metadata"]["annotations"]
    assert annotations["sandbox.aks-platform/stands-in-for"] == "Helm chart nginx-ingress 2.6.4"
    assert annotations["meta.helm.sh/release-name"] == "ingress"


def test_the_values_shape_the_service(engine: Driver) -> None:
    put_public_ip(engine.cloud)
    put_role_assignment(engine.cloud, GROUP)
    engine.make(
        RELEASE,
        "ingress",
        release({"service": {"annotations": PIP, "loadBalancerSourceRanges": ["10.0.0.0/8"]}}),
    )
    service = held(engine, "services", CONTROLLER)
    assert service["spec"]["externalTrafficPolicy"] == "Local"
    assert service["spec"]["loadBalancerSourceRanges"] == ["10.0.0.0/8"]
    assert [port["port"] for port in service["spec"]["ports"]] == [80, 443]
    assert service["status"]["loadBalancer"]["ingress"][0]["ip"] == "203.0.113.7"


def test_an_ingress_of_the_default_class_gets_the_controllers_address(engine: Driver) -> None:
    engine.make(RELEASE, "ingress", release({"ingressClass": {"setAsDefaultIngress": True}}))
    ip = held(engine, "services", CONTROLLER)["status"]["loadBalancer"]["ingress"][0]["ip"]
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rule = {"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    ingress = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {},
        "spec": {"rules": [rule]},
    }
    made = engine.make("kubernetes:networking.k8s.io/v1:Ingress", "web", ingress)
    assert made.outputs["status"] == {"loadBalancer": {"ingress": [{"ip": ip}]}}


def test_an_ingress_that_no_controller_serves_does_not_become_ready(engine: Driver) -> None:
    spec = {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}}
    ingress = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {}, "spec": spec}
    with pytest.raises(AbortedError, match=r"Ingress .status.loadBalancer field was not updated"):
        engine.make("kubernetes:networking.k8s.io/v1:Ingress", "web", ingress)


def test_what_was_just_installed_reads_back_the_same_and_differs_in_nothing(engine: Driver) -> None:
    inputs = release({"replicaCount": 2, "resources": None})
    made = engine.make(RELEASE, "ingress", inputs)
    assert engine.read(made) == made
    assert set(engine.diff(made, inputs).detailedDiff) == set()


def test_an_unnamed_release_gets_a_name_and_keeps_it(engine: Driver) -> None:
    inputs = release()
    del inputs["name"]
    made = engine.make(RELEASE, "ingress", inputs)
    assert re.fullmatch("ingress/ingress-[0-9a-f]{8}", made.id)
    assert set(engine.diff(made, inputs).detailedDiff) == set()


def test_changed_values_upgrade_the_release(engine: Driver) -> None:
    made = engine.make(RELEASE, "ingress", release({"replicaCount": 1}))
    answer = engine.diff(made, release({"replicaCount": 2}))
    assert (set(answer.detailedDiff), list(answer.replaces)) == ({"values.controller.replicaCount"}, [])
    updated = engine.update(made, release({"replicaCount": 2, "ingressClass": {"create": False}}))
    assert updated.outputs["status"]["revision"] == 2
    assert held(engine, "deployments.apps", CONTROLLER)["spec"]["replicas"] == 2
    assert "IngressClass/nginx" not in engine.kinds()


@pytest.mark.parametrize("field", ["name", "namespace"])
def test_another_name_or_namespace_replaces_the_release(engine: Driver, field: str) -> None:
    made = engine.make(RELEASE, "ingress", release())
    answer = engine.diff(made, {**release(), field: "other"})
    assert (list(answer.replaces), answer.deleteBeforeReplace) == ([field], False)


def test_uninstalling_leaves_the_namespace_and_the_definitions(engine: Driver) -> None:
    engine.delete(engine.make(RELEASE, "ingress", release()))
    left = {name.partition("/")[0] for name in engine.kinds()}
    assert left == {"CustomResourceDefinition", "Namespace"}


def test_a_missing_namespace_is_refused_unless_it_is_to_be_made(engine: Driver) -> None:
    with pytest.raises(AbortedError, match='create: failed to create: namespaces "ingress" not found'):
        engine.make(RELEASE, "ingress", release(createNamespace=False))
    assert engine.kinds() == []


def test_a_name_that_is_in_use_is_refused(engine: Driver) -> None:
    engine.make(RELEASE, "ingress", release())
    with pytest.raises(AbortedError, match="cannot re-use a name that is still in use"):
        engine.make(RELEASE, "again", release())


def test_an_object_of_somebody_else_is_not_taken_over(engine: Driver) -> None:
    engine.make(RELEASE, "ingress", release())
    with pytest.raises(
        AbortedError, match='IngressClass "nginx" in namespace "" exists and cannot be imported'
    ):
        engine.make(RELEASE, "other", release(name="other", namespace="other"))


def test_values_of_a_wrong_type_or_word_are_refused_all_at_once(engine: Driver) -> None:
    with pytest.raises(AbortedError) as error:
        engine.make(RELEASE, "ingress", release({"replicaCount": "three", "kind": "replicaset"}))
    lines = str(error.value).splitlines()
    assert lines[:2] == [
        "values don't meet the specifications of the schema(s) in the following chart(s):",
        "nginx-ingress:",
    ]
    assert lines[2:] == [
        "- at '/controller/kind': value must be one of 'deployment', 'daemonset', 'statefulset'",
        "- at '/controller/replicaCount': got string, want integer",
    ]
    assert engine.kinds() == []


def test_a_null_that_takes_a_needed_default_away_is_refused(engine: Driver) -> None:
    with pytest.raises(
        AbortedError, match=r"template: nginx-ingress: nil pointer evaluating interface \{\}.service"
    ):
        engine.make(RELEASE, "ingress", release({"service": None}))


def test_a_value_that_the_chart_does_not_have_is_warned_of(engine: Driver) -> None:
    engine.check(RELEASE, "ingress", release({"replicas": 3, "service": {"annotation": {}}}))
    assert engine.log.warnings == [
        'the chart nginx-ingress has no value "controller.replicas": Helm ignores it',
        'the chart nginx-ingress has no value "controller.service.annotation": Helm ignores it',
    ]


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"chart": ""}, 'chart "" not found'),
        ({"chart": "./charts/none"}, 'path "./charts/none" not found'),
        ({"version": "latest"}, "improper constraint: latest"),
    ],
    ids=["no chart", "no such directory", "no version"],
)
def test_a_chart_that_cannot_be_found_fails_the_preview(
    engine: Driver, inputs: dict[str, Any], reason: str
) -> None:
    failures = engine.check(RELEASE, "ingress", release(**inputs)).failures
    assert [
        (failure.property, failure.reason.partition(";")[0].partition(":")[0]) for failure in failures
    ] == [("chart", reason.partition(":")[0])]


def test_without_a_version_the_newest_known_one_is_taken(engine: Driver) -> None:
    inputs = release()
    del inputs["version"]
    assert engine.make(RELEASE, "ingress", inputs).outputs["version"] == "2.6.4"


def test_a_release_whose_service_stays_pending_fails_with_azures_event_and_recovers(engine: Driver) -> None:
    inputs = release({"service": {"annotations": PIP}})
    with pytest.raises(AbortedError, match="was created, but failed to initialize completely"):
        engine.make(RELEASE, "ingress", inputs)
    assert any("AuthorizationFailed" in warning for warning in engine.log.warnings)
    assert any("AuthorizationFailed" in reason for reason in engine.reasons())
    failed = engine.failed(RELEASE, "ingress", inputs)
    assert failed.outputs["status"]["status"] == "failed"
    put_public_ip(engine.cloud)
    put_role_assignment(engine.cloud, GROUP)
    assert engine.update(failed, inputs).outputs["status"]["status"] == "deployed"


def test_an_atomic_release_that_fails_leaves_nothing_of_its_own(engine: Driver) -> None:
    inputs = release({"service": {"annotations": PIP}}, atomic=True)
    with pytest.raises(AbortedError, match="has been uninstalled due to atomic being set"):
        engine.make(RELEASE, "ingress", inputs)
    assert not any(kind.startswith(("Deployment/", "Secret/", "Service/")) for kind in engine.kinds())


def test_a_release_that_is_not_awaited_is_deployed_with_a_pending_service(engine: Driver) -> None:
    inputs = release({"service": {"annotations": PIP}}, skipAwait=True)
    assert engine.make(RELEASE, "ingress", inputs).outputs["status"]["status"] == "deployed"


def test_a_preview_installs_nothing_and_knows_no_status(engine: Driver) -> None:
    previewed = engine.preview(RELEASE, "ingress", release({"service": {"annotations": {"a": UNKNOWN}}}))
    assert (previewed["status"], previewed["resourceNames"]) == (UNKNOWN, UNKNOWN)
    assert engine.kinds() == []


def test_secret_values_stay_secret(engine: Driver) -> None:
    made = engine.make(RELEASE, "ingress", release({"config": {"entries": {"key": Secret("value")}}}))
    state = to_python(made.state, keep_secrets=True)
    assert state["values"]["controller"]["config"]["entries"] == {"key": Secret("value")}
    assert isinstance(state["__inputs"], Secret)


def test_the_charts_custom_resources_can_be_made_after_it(engine: Driver) -> None:
    engine.make(RELEASE, "ingress", release())
    metadata = {"name": "web", "namespace": "ingress"}
    host = {
        "apiVersion": "k8s.nginx.org/v1",
        "kind": "VirtualServer",
        "metadata": metadata,
        "spec": {"host": "a.b"},
    }
    assert engine.make("kubernetes:k8s.nginx.org/v1:VirtualServer", "web", host).id == "ingress/web"


def test_a_chart_that_is_not_known_is_stood_in_for_by_what_its_values_describe(engine: Driver) -> None:
    inputs = {
        "chart": "podinfo",
        "version": "6.9.0",
        "name": "podinfo",
        "namespace": "web",
        "repositoryOpts": {"repo": "https://charts.example.org"},
        "values": {"replicaCount": 2, "service": {"type": "LoadBalancer", "port": 8080}},
    }
    engine.make(NAMESPACE, "ns", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "web"}})
    names = engine.make(RELEASE, "podinfo", inputs).outputs["resourceNames"]
    assert names == {"Deployment.apps/apps/v1": ["web/podinfo"], "Service/v1": ["web/podinfo"]}
