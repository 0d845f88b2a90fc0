"""Helm releases: the stand-in for a chart, what Helm refuses, and a release's life."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from google.protobuf import empty_pb2

from sandbox.engine.plugin import UNKNOWN, Secret, to_python
from sandbox.kubernetes.api_server_backend import ApiServerBackend
from sandbox.kubernetes.kinds import Kind
from sandbox.tests.engine.kubernetes.conftest import ready_replicas
from sandbox.tests.unit.kubernetes.driver import (
    RELEASE,
    AbortedError,
    Driver,
)

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("releases")]

CONTROLLER = "ingress-nginx-ingress-controller"


DEPLOYMENT = Kind("apps", "v1", "Deployment")
SERVICE = Kind("", "v1", "Service")
SECRET = Kind("", "v1", "Secret")
INGRESS_CLASS = Kind("networking.k8s.io", "v1", "IngressClass")
# Nobody gives this Service an address, and nothing waits for one.
NO_BALANCER = {"service": {"type": "ClusterIP"}}
PENDING = {"service": {"type": "LoadBalancer", "loadBalancerClass": "example.com/nobody"}}


@pytest.fixture(autouse=True)
def no_classes_left(server: ApiServerBackend) -> Iterator[None]:
    """What a release has in no namespace outlives the test's."""
    yield
    for kind in (
        INGRESS_CLASS,
        Kind("rbac.authorization.k8s.io", "v1", "ClusterRole"),
        Kind("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding"),
    ):
        for obj in server.list(kind):
            if "meta.helm.sh/release-name" in (obj["metadata"].get("annotations") or {}):
                server.delete(kind, "", obj["metadata"]["name"], "Background")


def release(controller: dict[str, Any] | None = None, **inputs: Any) -> dict[str, Any]:
    return {
        "chart": "oci://ghcr.io/nginx/charts/nginx-ingress",
        "version": "2.6.4",
        "name": "ingress",
        "values": {"controller": {**NO_BALANCER, **(controller or {})}},
        **inputs,
    }


def test_a_release_is_deployed_with_its_chart_and_app_version(engine: Driver) -> None:
    made = engine.make(RELEASE, "ingress", release())
    assert made.id == f"{engine.namespace}/ingress"
    assert made.outputs["status"] == {
        "appVersion": "5.5.4",
        "chart": "nginx-ingress",
        "name": "ingress",
        "namespace": engine.namespace,
        "revision": 1,
        "status": "deployed",
        "version": "2.6.4",
    }


def test_a_release_names_the_objects_that_it_made(engine: Driver) -> None:
    names = engine.make(RELEASE, "ingress", release()).outputs["resourceNames"]
    assert names["Deployment.apps/apps/v1"] == [f"{engine.namespace}/{CONTROLLER}"]
    assert names["Service/v1"] == [f"{engine.namespace}/{CONTROLLER}"]
    assert names["IngressClass.networking.k8s.io/networking.k8s.io/v1"] == ["nginx"]


def test_the_values_shape_the_workload(engine: Driver, server: ApiServerBackend) -> None:
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
    found = server.get(DEPLOYMENT, engine.namespace, CONTROLLER)
    assert found is not None
    spec = found["spec"]
    pod = spec["template"]["spec"]
    assert spec["replicas"] == 3
    assert pod["nodeSelector"] == {"kubernetes.io/os": "linux"}
    assert pod["tolerations"] == [toleration]
    assert pod["topologySpreadConstraints"] == [spread]
    assert pod["containers"][0]["image"] == "nginx/nginx-ingress:5.5.4"
    assert pod["containers"][0]["resources"] == {"requests": {"cpu": "1", "memory": "128Mi"}}
    assert ready_replicas(server, engine.namespace) == 3


def test_every_object_of_a_stand_in_says_what_it_stands_in_for(
    engine: Driver, server: ApiServerBackend
) -> None:
    names = engine.make(RELEASE, "ingress", release()).outputs["resourceNames"]
    assert len(names) >= 8
    for kind in (DEPLOYMENT, SERVICE, INGRESS_CLASS):
        namespace = "" if kind == INGRESS_CLASS else engine.namespace
        found = server.get(kind, namespace, "nginx" if kind == INGRESS_CLASS else CONTROLLER)
        assert found is not None
        annotations = found["metadata"]["annotations"]
        assert annotations["sandbox.aks-platform/stands-in-for"] == "nginx-ingress@2.6.4"
        assert annotations["meta.helm.sh/release-name"] == "ingress"


def test_the_values_shape_the_service(engine: Driver, server: ApiServerBackend) -> None:
    ranges = {"type": "LoadBalancer", "loadBalancerSourceRanges": ["10.0.0.0/8"], "annotations": {"a": "b"}}
    engine.make(RELEASE, "ingress", release({"service": ranges}, skipAwait=True))
    service = server.get(SERVICE, engine.namespace, CONTROLLER)
    assert service is not None
    assert service["spec"]["externalTrafficPolicy"] == "Local"
    assert service["spec"]["loadBalancerSourceRanges"] == ["10.0.0.0/8"]
    assert service["metadata"]["annotations"]["a"] == "b"
    assert [port["port"] for port in service["spec"]["ports"]] == [80, 443]


def test_what_was_just_installed_reads_back_the_same_and_differs_in_nothing(engine: Driver) -> None:
    inputs = release({"replicaCount": 2, "resources": None})
    made = engine.make(RELEASE, "ingress", inputs)
    assert engine.read(made) == made
    assert set(engine.diff(made, inputs).detailedDiff) == set()


def test_an_unnamed_release_gets_a_name_and_keeps_it(engine: Driver) -> None:
    inputs = release()
    del inputs["name"]
    made = engine.make(RELEASE, "ingress", inputs)
    assert re.fullmatch(f"{engine.namespace}/ingress-[0-9a-f]{{8}}", made.id)
    assert set(engine.diff(made, inputs).detailedDiff) == set()


def test_changed_values_upgrade_the_release(engine: Driver, server: ApiServerBackend) -> None:
    made = engine.make(RELEASE, "ingress", release({"replicaCount": 1}))
    answer = engine.diff(made, release({"replicaCount": 2}))
    assert (set(answer.detailedDiff), list(answer.replaces)) == ({"values.controller.replicaCount"}, [])
    updated = engine.update(made, release({"replicaCount": 2, "ingressClass": {"create": False}}))
    assert updated.outputs["status"]["revision"] == 2
    found = server.get(DEPLOYMENT, engine.namespace, CONTROLLER)
    assert found is not None
    assert found["spec"]["replicas"] == 2
    assert server.get(INGRESS_CLASS, "", "nginx") is None


@pytest.mark.parametrize("field", ["name", "namespace"])
def test_another_name_or_namespace_replaces_the_release(engine: Driver, field: str) -> None:
    made = engine.make(RELEASE, "ingress", release())
    answer = engine.diff(made, {**release(), field: "other"})
    assert (list(answer.replaces), answer.deleteBeforeReplace) == ([field], False)


def test_uninstalling_leaves_the_namespace_and_the_definitions(
    engine: Driver, server: ApiServerBackend
) -> None:
    made = engine.make(RELEASE, "ingress", release())
    engine.delete(made)
    for kind in (DEPLOYMENT, SERVICE, SECRET):
        assert server.list(kind, engine.namespace) == []
    definition = Kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
    assert server.get(definition, "", "virtualservers.k8s.nginx.org") is not None
    assert engine.read(made) is None
    engine.delete(made)


def test_a_missing_namespace_is_refused_unless_it_is_to_be_made(
    engine: Driver, server: ApiServerBackend
) -> None:
    name = f"{engine.namespace}-own"
    with pytest.raises(AbortedError, match=f'create: failed to create: namespaces "{name}" not found'):
        engine.make(RELEASE, "ingress", release(namespace=name))
    made = engine.make(RELEASE, "ingress", release(namespace=name, createNamespace=True))
    assert made.id == f"{name}/ingress"
    server.delete(Kind("", "v1", "Namespace"), "", name, "Background")


def test_a_name_that_is_in_use_is_refused(engine: Driver) -> None:
    engine.make(RELEASE, "ingress", release())
    with pytest.raises(AbortedError, match="cannot re-use a name that is still in use"):
        engine.make(RELEASE, "again", release())


def test_an_object_of_somebody_else_is_not_taken_over(engine: Driver) -> None:
    engine.make(RELEASE, "ingress", release())
    with pytest.raises(
        AbortedError, match='IngressClass "nginx" in namespace "" exists and cannot be imported'
    ):
        engine.make(RELEASE, "other", release(name="other"))


def test_values_of_a_wrong_type_or_word_are_refused_all_at_once(
    engine: Driver, server: ApiServerBackend
) -> None:
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
    assert server.list(SECRET, engine.namespace) == []


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


def test_a_release_whose_service_stays_pending_fails_and_recovers(engine: Driver) -> None:
    inputs = release(PENDING, timeout=2)
    with pytest.raises(AbortedError, match="was created, but failed to initialize completely"):
        engine.make(RELEASE, "ingress", inputs)
    assert engine.reasons()[0].endswith("context deadline exceeded")
    assert engine.reasons()[1].startswith("Service was not allocated an IP address")
    failed = engine.failed(RELEASE, "ingress", inputs)
    assert failed.outputs["status"]["status"] == "failed"
    assert engine.update(failed, release()).outputs["status"]["status"] == "deployed"


def test_an_atomic_release_that_fails_leaves_nothing_of_its_own(
    engine: Driver, server: ApiServerBackend
) -> None:
    with pytest.raises(AbortedError, match="has been uninstalled due to atomic being set"):
        engine.make(RELEASE, "ingress", release(PENDING, timeout=2, atomic=True))
    for kind in (DEPLOYMENT, SERVICE, SECRET):
        assert server.list(kind, engine.namespace) == []


def test_a_release_that_is_not_awaited_is_deployed_with_a_pending_service(engine: Driver) -> None:
    inputs = release(PENDING, skipAwait=True)
    assert engine.make(RELEASE, "ingress", inputs).outputs["status"]["status"] == "deployed"


def test_the_clusters_warnings_are_shown_while_helm_waits_and_cancelling_ends_it(engine: Driver) -> None:
    nowhere = {"nodeSelector": {"kubernetes.azure.com/agentpool": "ingress"}}
    errors: list[str] = []

    def install() -> None:
        with pytest.raises(AbortedError) as error:
            engine.make(RELEASE, "ingress", release(nowhere, timeout=300))
        errors.append(str(error.value))

    installing = Thread(target=install)
    installing.start()
    while installing.is_alive() and not any("[FailedScheduling]" in text for text in engine.log.warnings):
        installing.join(0.05)
    assert installing.is_alive()
    engine.provider.Cancel(empty_pb2.Empty(), engine.context)
    installing.join()
    assert "was created, but failed to initialize completely" in errors[0]
    failed = engine.failed(RELEASE, "ingress", release(nowhere, timeout=300))
    assert failed.outputs["status"]["status"] == "failed"


def test_a_preview_installs_nothing_and_knows_no_status(engine: Driver, server: ApiServerBackend) -> None:
    previewed = engine.preview(RELEASE, "ingress", release({"replicaCount": UNKNOWN}))
    assert (previewed["status"], previewed["resourceNames"]) == (UNKNOWN, UNKNOWN)
    assert server.list(SECRET, engine.namespace) == []


def test_secret_values_stay_secret(engine: Driver) -> None:
    made = engine.make(RELEASE, "ingress", release({"config": {"entries": {"key": Secret("value")}}}))
    state = to_python(made.state, keep_secrets=True)
    assert state["values"]["controller"]["config"]["entries"] == {"key": Secret("value")}
    assert isinstance(state["__inputs"], Secret)


def test_the_charts_custom_resources_can_be_made_after_it(engine: Driver) -> None:
    engine.make(RELEASE, "ingress", release())
    host = {
        "apiVersion": "k8s.nginx.org/v1",
        "kind": "VirtualServer",
        "metadata": {"name": "web"},
        "spec": {"host": "a.b"},
    }
    made = engine.make("kubernetes:k8s.nginx.org/v1:VirtualServer", "web", host)
    assert made.id == f"{engine.namespace}/web"


def test_a_chart_that_is_not_known_is_stood_in_for_by_what_its_values_describe(engine: Driver) -> None:
    inputs = {
        "chart": "podinfo",
        "version": "6.9.0",
        "name": "podinfo",
        "repositoryOpts": {"repo": "https://charts.example.org"},
        "values": {"replicaCount": 2, "service": {"port": 8080}},
    }
    names = engine.make(RELEASE, "podinfo", inputs).outputs["resourceNames"]
    place = f"{engine.namespace}/podinfo"
    assert names == {"Deployment.apps/apps/v1": [place], "Service/v1": [place]}


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A chart on this computer, with a hook, a schema and a question about the cluster."""
    chart = tmp_path / "hello"
    (chart / "templates").mkdir(parents=True)
    described = {"apiVersion": "v2", "name": "hello", "version": "1.2.3", "appVersion": "9"}
    (chart / "Chart.yaml").write_text(json.dumps(described))
    (chart / "values.yaml").write_text("greeting: hello\n")
    schema = {"properties": {"greeting": {"type": "string"}}}
    (chart / "values.schema.json").write_text(json.dumps(schema))
    (chart / "templates" / "settings.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n"
        "data:\n  greeting: {{ .Values.greeting | quote }}\n"
        "  minor: {{ .Capabilities.KubeVersion.Minor | quote }}\n"
    )
    (chart / "templates" / "hook.yaml").write_text(
        "apiVersion: batch/v1\nkind: Job\n"
        "metadata: {name: before, annotations: {helm.sh/hook: pre-install}}\n"
        "spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox}]}}}\n"
    )
    return chart


def test_helm_itself_renders_a_chart_that_is_here_and_runs_its_hooks(
    engine: Driver, server: ApiServerBackend, chart: Path
) -> None:
    made = engine.make(RELEASE, "hello", {"chart": str(chart), "name": "hello", "values": {"greeting": "hi"}})
    assert made.outputs["status"]["appVersion"] == "9"
    assert made.outputs["version"] == "1.2.3"
    found = server.get(Kind("", "v1", "ConfigMap"), engine.namespace, "hello")
    assert found is not None
    assert found["data"] == {"greeting": "hi", "minor": "36"}
    job = server.get(Kind("batch", "v1", "Job"), engine.namespace, "before")
    assert job is not None
    assert job["status"]["succeeded"] == 1


def test_helm_itself_refuses_values_that_the_charts_schema_does_not_take(engine: Driver, chart: Path) -> None:
    with pytest.raises(AbortedError, match="values don't meet the specifications of the schema"):
        engine.make(RELEASE, "hello", {"chart": str(chart), "name": "hello", "values": {"greeting": 1}})


def test_a_chart_can_be_rendered_without_being_installed(engine: Driver, chart: Path) -> None:
    options = {"chart": str(chart), "release_name": "hello", "namespace": "team", "values": {}}
    objects = engine.invoke("kubernetes:helm:template", {"jsonOpts": json.dumps(options)})
    assert [(obj["kind"], obj["data"]["greeting"]) for obj in objects] == [("ConfigMap", "hello")]
