"""Raw resources: names, differences, replacements, secrets and their life in the cluster."""

from __future__ import annotations

import re
from threading import Timer
from typing import Any

import pytest

from sandbox.engine.plugin import UNKNOWN, Secret, to_python
from sandbox.kubernetes.api_server_backend import ApiServerBackend
from sandbox.kubernetes.kinds import Kind
from sandbox.tests.unit.kubernetes.driver import (
    DEPLOYMENT,
    NAMESPACE,
    SERVICE,
    AbortedError,
    Driver,
    deployment,
    kubeconfig,
    service,
)

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("kubernetes")]

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
SECRET = "kubernetes:core/v1:Secret"
DEFINITION = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
JOB = "kubernetes:batch/v1:Job"


def namespace(name: str | None = None) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name} if name else {}}


def config_map(**data: str) -> dict[str, Any]:
    metadata = {"name": "settings"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def changed(answer: Any) -> set[str]:
    return set(answer.detailedDiff)


def test_an_unnamed_object_gets_its_logical_name_a_random_end_and_a_mark(engine: Driver) -> None:
    checked = engine.checked(DEPLOYMENT, "web", deployment())
    assert re.fullmatch("web-[0-9a-f]{8}", checked["metadata"]["name"])
    assert checked["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}


def test_an_unnamed_object_keeps_the_name_that_it_got(engine: Driver) -> None:
    made = engine.make(DEPLOYMENT, "web", deployment())
    again = to_python(engine.recheck(made, deployment(replicas=2)))
    assert f"{engine.namespace}/{again['metadata']['name']}" == made.id


def test_a_named_object_keeps_its_name_and_gets_no_mark(engine: Driver) -> None:
    checked = engine.checked(NAMESPACE, "ns", namespace("ingress"))
    assert checked["metadata"] == {"name": "ingress"}


def test_an_object_without_namespace_goes_to_that_of_the_kubeconfig(engine: Driver) -> None:
    assert engine.checked(DEPLOYMENT, "web", deployment())["metadata"]["namespace"] == engine.namespace


def test_list_kinds_cannot_be_made(engine: Driver) -> None:
    inputs = {"apiVersion": "v1", "kind": "ConfigMapList", "items": []}
    with pytest.raises(AbortedError, match="list resources exist for compatibility with YAML manifests"):
        engine.check("kubernetes:core/v1:ConfigMapList", "all", inputs)


def test_generate_name_is_refused_with_server_side_apply(engine: Driver) -> None:
    inputs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "settings-"}}
    with pytest.raises(AbortedError, match="generateName` field is not supported in Server-Side Apply mode"):
        engine.check(CONFIG_MAP, "settings", inputs)


@pytest.mark.parametrize(
    ("type_token", "inputs"),
    [
        (NAMESPACE, namespace("same")),
        (DEPLOYMENT, deployment()),
        (CONFIG_MAP, config_map(key="value")),
        (SERVICE, service(type="ClusterIP")),
        (SECRET, {"apiVersion": "v1", "kind": "Secret", "metadata": {}, "stringData": {"key": "value"}}),
    ],
    ids=["namespace", "deployment", "config map", "service", "secret"],
)
def test_what_was_just_made_reads_back_the_same_and_differs_in_nothing(
    engine: Driver, type_token: str, inputs: dict[str, Any]
) -> None:
    made = engine.make(type_token, "it", inputs)
    read = engine.read(made)
    assert read is not None
    assert (read.id, read.inputs) == (made.id, made.inputs)
    assert changed(engine.diff(read, inputs)) == set()
    engine.delete(made)


def test_a_changed_replica_count_is_an_update(engine: Driver) -> None:
    made = engine.make(DEPLOYMENT, "web", deployment(replicas=1))
    answer = engine.diff(made, deployment(replicas=2))
    assert (changed(answer), list(answer.replaces)) == ({"spec.replicas"}, [])


def test_an_ignored_change_is_no_change(engine: Driver) -> None:
    made = engine.make(DEPLOYMENT, "web", deployment(replicas=1))
    assert changed(engine.diff(made, deployment(replicas=2), ["spec.replicas"])) == set()


def test_a_changed_selector_replaces_an_autonamed_deployment_before_it_is_deleted(engine: Driver) -> None:
    made = engine.make(DEPLOYMENT, "web", deployment())
    new = deployment(selector={"matchLabels": {"app": "other"}})
    answer = engine.diff(made, new)
    assert list(answer.replaces) == ["spec.selector.matchLabels.app"]
    assert answer.deleteBeforeReplace is False


def test_a_changed_selector_deletes_a_deployment_named_by_hand_before_it_is_replaced(engine: Driver) -> None:
    def named(app: str) -> dict[str, Any]:
        labels = {"app": app}
        template = {"metadata": {"labels": labels}, "spec": deployment()["spec"]["template"]["spec"]}
        inputs = deployment(selector={"matchLabels": labels}, template=template)
        inputs["metadata"]["name"] = "web"
        return inputs

    made = engine.make(DEPLOYMENT, "web", named("one"))
    answer = engine.diff(made, named("two"))
    assert answer.deleteBeforeReplace is True


def test_another_name_replaces_without_deleting_first(engine: Driver) -> None:
    made = engine.make(NAMESPACE, "ns", namespace("one"))
    answer = engine.diff(made, namespace("two"))
    assert (list(answer.replaces), answer.deleteBeforeReplace) == (["metadata.name"], False)


def test_another_namespace_replaces(engine: Driver) -> None:
    made = engine.make(CONFIG_MAP, "settings", config_map(key="value"))
    moved = config_map(key="value")
    moved["metadata"]["namespace"] = "team"
    assert list(engine.diff(made, moved).replaces) == ["metadata.namespace"]


def test_changed_data_replaces_a_config_map_unless_the_provider_may_change_it(engine: Driver) -> None:
    made = engine.make(CONFIG_MAP, "settings", config_map(key="one"))
    assert list(engine.diff(made, config_map(key="two")).replaces) == ["data.key"]
    engine.configure(kubeconfig=kubeconfig(namespace=engine.namespace), enableConfigMapMutable="true")
    assert list(engine.diff(made, config_map(key="two")).replaces) == []


def test_an_unknown_value_counts_as_changed(engine: Driver) -> None:
    made = engine.make(CONFIG_MAP, "settings", config_map(key="one"))
    assert changed(engine.diff(made, {**config_map(), "data": {"key": UNKNOWN}})) == {"data.key"}


def test_a_field_that_the_program_drops_is_removed(engine: Driver) -> None:
    engine.configure(kubeconfig=kubeconfig(namespace=engine.namespace), enableConfigMapMutable="true")
    made = engine.make(CONFIG_MAP, "settings", config_map(kept="a", dropped="b"))
    assert changed(engine.diff(made, config_map(kept="a"))) == {"data.dropped"}
    assert engine.update(made, config_map(kept="a")).outputs["data"] == {"kept": "a"}


def test_an_update_keeps_what_the_cluster_filled_in(engine: Driver) -> None:
    made = engine.make(SERVICE, "web", service(type="ClusterIP"))
    updated = engine.update(made, service(type="ClusterIP", sessionAffinity="ClientIP"))
    assert updated.outputs["spec"]["clusterIP"] == made.outputs["spec"]["clusterIP"]
    assert updated.outputs["spec"]["ports"] == made.outputs["spec"]["ports"]
    assert updated.outputs["spec"]["sessionAffinity"] == "ClientIP"
    assert updated.outputs["metadata"]["uid"] == made.outputs["metadata"]["uid"]


def test_a_deployment_is_available_with_all_its_replicas(engine: Driver) -> None:
    status = engine.make(DEPLOYMENT, "web", deployment(replicas=3)).outputs["status"]
    assert (status["replicas"], status["availableReplicas"], status["observedGeneration"]) == (3, 3, 1)
    assert {condition["type"]: condition["status"] for condition in status["conditions"]} == {
        "Available": "True",
        "Progressing": "True",
    }


def test_a_secrets_data_is_secret_in_inputs_and_outputs(engine: Driver) -> None:
    inputs = {"apiVersion": "v1", "kind": "Secret", "metadata": {}, "stringData": {"key": "value"}}
    made = engine.make(SECRET, "password", inputs)
    assert to_python(made.inputs, keep_secrets=True)["data"] == Secret({"key": "dmFsdWU="})
    assert to_python(made.state, keep_secrets=True)["data"] == Secret({"key": "dmFsdWU="})
    assert "stringData" not in made.outputs


def test_a_secret_inside_an_input_stays_secret_in_the_output(engine: Driver) -> None:
    made = engine.make(CONFIG_MAP, "settings", {**config_map(), "data": {"key": Secret("value")}})
    assert to_python(made.state, keep_secrets=True)["data"] == {"key": Secret("value")}


def test_a_second_object_of_that_name_is_refused(engine: Driver) -> None:
    engine.make(CONFIG_MAP, "settings", config_map())
    with pytest.raises(AbortedError, match='API server: configmaps "settings" already exists'):
        engine.make(CONFIG_MAP, "again", config_map())


def test_an_object_in_a_missing_namespace_is_refused(engine: Driver) -> None:
    inputs = config_map()
    inputs["metadata"]["namespace"] = "nowhere"
    with pytest.raises(AbortedError, match='namespaces "nowhere" not found'):
        engine.make(CONFIG_MAP, "settings", inputs)


def test_an_object_waits_for_a_namespace_that_is_on_its_way(engine: Driver, server: ApiServerBackend) -> None:
    name = f"{engine.namespace}-later"
    inputs = config_map()
    inputs["metadata"]["namespace"] = name
    later = Timer(0.3, server.create, [namespace(name), "tests"])
    later.start()
    assert engine.make(CONFIG_MAP, "settings", inputs).id == f"{name}/settings"
    server.delete(Kind("", "v1", "Namespace"), "", name, "Background")


def test_a_preview_in_a_missing_namespace_shows_the_inputs(engine: Driver) -> None:
    inputs = config_map(key="value")
    inputs["metadata"]["namespace"] = "nowhere"
    assert engine.preview(CONFIG_MAP, "settings", inputs)["data"] == {"key": "value"}


def test_a_preview_finds_what_the_api_server_would_refuse_and_keeps_nothing(
    engine: Driver, server: ApiServerBackend
) -> None:
    with pytest.raises(AbortedError, match=r"spec.template.metadata.labels: Invalid value"):
        engine.preview(DEPLOYMENT, "web", deployment(selector={"matchLabels": {"app": "other"}}))
    assert engine.preview(DEPLOYMENT, "web", deployment())["spec"]["selector"] == {
        "matchLabels": {"app": "web"}
    }
    assert server.list(Kind("apps", "v1", "Deployment"), engine.namespace) == []


def test_a_preview_knows_no_status(engine: Driver) -> None:
    assert "status" not in engine.preview(DEPLOYMENT, "web", deployment())


def test_deleting_a_namespace_deletes_what_is_in_it_and_waits_until_it_is_gone(
    engine: Driver, server: ApiServerBackend
) -> None:
    name = f"{engine.namespace}-own"
    made = engine.make(NAMESPACE, "ns", namespace(name))
    inside = config_map()
    inside["metadata"]["namespace"] = name
    engine.make(CONFIG_MAP, "inside", inside)
    engine.make(CONFIG_MAP, "outside", config_map())
    engine.delete(made)
    kind = Kind("", "v1", "ConfigMap")
    assert server.get(Kind("", "v1", "Namespace"), "", name) is None
    assert server.get(kind, name, "settings") is None
    assert server.get(kind, engine.namespace, "settings") is not None


def test_deleting_a_deployment_leaves_none_of_its_pods(engine: Driver, server: ApiServerBackend) -> None:
    made = engine.make(DEPLOYMENT, "web", deployment(replicas=2))
    pods = server.list(Kind("", "v1", "Pod"), engine.namespace)
    assert [pod["status"]["phase"] for pod in pods] == ["Running", "Running"]
    engine.delete(made)
    assert server.list(Kind("", "v1", "Pod"), engine.namespace) == []


def test_what_a_finalizer_holds_is_said_to_be_held(engine: Driver, server: ApiServerBackend) -> None:
    inputs = config_map()
    inputs["metadata"] |= {
        "finalizers": ["example.com/hold"],
        "annotations": {"pulumi.com/timeoutSeconds": "1"},
    }
    made = engine.make(CONFIG_MAP, "settings", inputs)
    with pytest.raises(AbortedError, match=r"finalizers might be preventing deletion \(.*example.com/hold\)"):
        engine.delete(made)
    kind = Kind("", "v1", "ConfigMap")
    held = server.get(kind, engine.namespace, "settings")
    assert held is not None
    server.replace({**held, "metadata": {**held["metadata"], "finalizers": []}}, "tests")
    engine.delete(made)
    assert server.get(kind, engine.namespace, "settings") is None


def test_deleting_what_is_gone_is_no_error(engine: Driver) -> None:
    made = engine.make(CONFIG_MAP, "settings", config_map())
    engine.delete(made)
    engine.delete(made)
    assert engine.read(made) is None


def test_updating_what_is_gone_is_refused(engine: Driver) -> None:
    made = engine.make(DEPLOYMENT, "web", deployment())
    engine.delete(made)
    name = made.id.partition("/")[2]
    with pytest.raises(AbortedError, match=f'failed: deployments.apps "{name}" not found'):
        engine.update(made, deployment(replicas=2))


def test_a_custom_resource_needs_its_definition_and_keeps_to_its_schema(engine: Driver) -> None:
    group = f"{engine.namespace}.example.com"
    kind = f"kubernetes:{group}/v1:Widget"
    spec = {"type": "object", "properties": {"size": {"type": "integer", "maximum": 3}}}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"widgets.{group}"},
        "spec": {
            "group": group,
            "scope": "Cluster",
            "names": {"kind": "Widget", "plural": "widgets"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }

    def widget(size: int) -> dict[str, Any]:
        return {
            "apiVersion": f"{group}/v1",
            "kind": "Widget",
            "metadata": {"name": "one"},
            "spec": {"size": size},
        }

    with pytest.raises(AbortedError, match=f'no matches for kind "Widget" in version "{group}/v1"'):
        engine.make(kind, "one", widget(1))
    made = engine.make(DEFINITION, "widgets", definition)
    with pytest.raises(
        AbortedError, match=r"spec\.size: Invalid value: 4: .* should be less than or equal to 3"
    ):
        engine.make(kind, "one", widget(4))
    one = engine.make(kind, "one", widget(1))
    assert one.id == "one"
    spec["properties"]["size"]["maximum"] = 5
    changed_definition = engine.update(made, definition)
    assert engine.update(one, widget(2)).outputs["spec"] == {"size": 2}
    engine.delete(changed_definition)
    assert engine.read(one) is None
    engine.delete(one)


def test_a_patch_changes_an_object_of_others_and_gives_it_up(engine: Driver) -> None:
    made = engine.make(DEPLOYMENT, "web", deployment(replicas=1))
    name = made.outputs["metadata"]["name"]
    metadata = {"name": name, "labels": {"team": "web"}}
    inputs = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata}
    patch = engine.make("kubernetes:apps/v1:DeploymentPatch", "labels", inputs)
    assert patch.outputs["metadata"]["labels"] == {"team": "web"}
    assert patch.outputs["spec"]["replicas"] == 1
    engine.delete(patch)
    left = engine.read(made)
    assert left is not None
    assert "labels" not in left.outputs["metadata"]


def test_a_patch_needs_a_name(engine: Driver) -> None:
    inputs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"labels": {"a": "b"}}}
    with pytest.raises(AbortedError, match=r"patch resources require the `.metadata.name` field to be set"):
        engine.check("kubernetes:core/v1:NamespacePatch", "labels", inputs)


def test_decoding_yaml_answers_every_object_of_it(engine: Driver) -> None:
    text = (
        "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {day: 2026-01-01}\n---\n---\nnothing:"
        " here\n"
    )
    assert engine.invoke("kubernetes:yaml:decode", {"text": text, "defaultNamespace": "team"}) == [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "a", "namespace": "team"},
            "data": {"day": "2026-01-01"},
        }
    ]


def hasty(inputs: dict[str, Any], seconds: int = 1) -> dict[str, Any]:
    annotations = {"pulumi.com/timeoutSeconds": str(seconds)}
    return {**inputs, "metadata": {**inputs["metadata"], "annotations": annotations}}


def test_a_deployment_that_nothing_can_run_fails_with_the_schedulers_reason(engine: Driver) -> None:
    inputs = hasty(deployment())
    inputs["spec"]["template"]["spec"]["nodeSelector"] = {"kubernetes.azure.com/agentpool": "gpu"}
    with pytest.raises(AbortedError, match="timed out waiting to be Ready"):
        engine.make(DEPLOYMENT, "web", inputs)
    reasons = engine.reasons()
    assert "Minimum number of live Pods was not attained" in reasons
    assert any("node(s) didn't match Pod's node affinity/selector" in reason for reason in reasons)


def test_a_deployment_that_failed_is_repaired_by_the_next_update(engine: Driver) -> None:
    inputs = hasty(deployment())
    inputs["spec"]["template"]["spec"]["nodeSelector"] = {"kubernetes.azure.com/agentpool": "gpu"}
    with pytest.raises(AbortedError):
        engine.make(DEPLOYMENT, "web", inputs)
    failed = engine.failed(DEPLOYMENT, "web", inputs)
    assert engine.update(failed, deployment()).outputs["status"]["availableReplicas"] == 1


def test_reading_what_is_not_ready_says_why(engine: Driver) -> None:
    inputs = hasty(service(loadBalancerClass="example.com/nobody"))
    with pytest.raises(AbortedError):
        engine.make(SERVICE, "web", inputs)
    pending = engine.failed(SERVICE, "web", inputs)
    with pytest.raises(AbortedError):
        engine.read(pending)
    assert engine.reasons() == [
        "Resource 'web' was created but failed to initialize",
        "Service was not allocated an IP address; does your cloud provider support this?",
    ]


def test_what_is_not_to_be_awaited_is_not(engine: Driver) -> None:
    inputs = service({"pulumi.com/skipAwait": "true"}, loadBalancerClass="example.com/nobody")
    assert engine.make(SERVICE, "web", inputs).id == f"{engine.namespace}/web"


def test_a_job_is_awaited_until_it_has_succeeded(engine: Driver) -> None:
    inputs = {**deployment(), "apiVersion": "batch/v1", "kind": "Job"}
    del inputs["spec"]["selector"]
    inputs["spec"]["template"]["spec"]["restartPolicy"] = "Never"
    assert engine.make(JOB, "once", inputs).outputs["status"]["succeeded"] == 1


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet"])
def test_other_workloads_are_awaited_until_all_their_pods_are_ready(
    engine: Driver, server: ApiServerBackend, kind: str
) -> None:
    inputs = {**deployment(), "kind": kind}
    engine.make(f"kubernetes:apps/v1:{kind}", "web", inputs)
    pods = server.list(Kind("", "v1", "Pod"), engine.namespace)
    assert [pod["spec"]["nodeName"] for pod in pods] == ["test-node"]


def test_a_field_that_another_manager_has_is_a_conflict_unless_it_is_forced(
    engine: Driver, server: ApiServerBackend
) -> None:
    made = engine.make(DEPLOYMENT, "web", deployment(replicas=1))
    identity = {"apiVersion": "apps/v1", "kind": "Deployment"}
    metadata = {"name": made.outputs["metadata"]["name"], "namespace": engine.namespace}
    server.apply({**identity, "metadata": metadata, "spec": {"replicas": 3}}, "autoscaler", force=True)
    with pytest.raises(AbortedError) as error:
        engine.update(made, deployment(replicas=2))
    assert 'conflict with "autoscaler": .spec.replicas' in str(error.value)
    forced = deployment(replicas=2)
    forced["metadata"]["annotations"] = {"pulumi.com/patchForce": "true"}
    assert engine.update(made, forced).outputs["spec"]["replicas"] == 2


def test_a_field_of_another_manager_stays_when_the_program_changes_its_own(
    engine: Driver, server: ApiServerBackend
) -> None:
    engine.configure(kubeconfig=kubeconfig(namespace=engine.namespace), enableConfigMapMutable="true")
    made = engine.make(CONFIG_MAP, "settings", config_map(ours="a"))
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"theirs": "b"}}
    metadata = {"name": "settings", "namespace": engine.namespace}
    server.apply({**theirs, "metadata": metadata}, "somebody", force=False)
    assert engine.update(made, config_map(ours="c")).outputs["data"] == {"ours": "c", "theirs": "b"}
