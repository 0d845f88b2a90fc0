"""Raw resources: names, differences, replacements, secrets and their life in the cluster."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sandbox.plugin import UNKNOWN, Secret, to_python
from tests.unit.sandbox.kubernetes.driver import (
    DEPLOYMENT,
    NAMESPACE,
    SERVICE,
    AbortedError,
    Driver,
    deployment,
    kubeconfig,
    put_cluster,
    service,
)

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
SECRET = "kubernetes:core/v1:Secret"
CUSTOM = "kubernetes:example.com/v1:Widget"


def namespace(name: str | None = None) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name} if name else {}}


def config_map(**data: str) -> dict[str, Any]:
    metadata = {"name": "settings", "namespace": "default"}
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
    assert f"default/{again['metadata']['name']}" == made.id


def test_a_named_object_keeps_its_name_and_gets_no_mark(engine: Driver) -> None:
    checked = engine.checked(NAMESPACE, "ns", namespace("ingress"))
    assert checked["metadata"] == {"name": "ingress"}


def test_an_object_without_namespace_goes_to_the_default_one(engine: Driver) -> None:
    inputs = deployment()
    inputs["metadata"] = {}
    assert engine.checked(DEPLOYMENT, "web", inputs)["metadata"]["namespace"] == "default"


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
        (NAMESPACE, namespace("web")),
        (DEPLOYMENT, deployment()),
        (CONFIG_MAP, config_map(key="value")),
        (SERVICE, service()),
        (SECRET, {"apiVersion": "v1", "kind": "Secret", "metadata": {}, "stringData": {"key": "value"}}),
    ],
    ids=["namespace", "deployment", "config map", "service", "secret"],
)
def test_what_was_just_made_reads_back_the_same_and_differs_in_nothing(
    engine: Driver, type_token: str, inputs: dict[str, Any]
) -> None:
    made = engine.make(type_token, "it", inputs)
    assert engine.read(made) == made
    assert changed(engine.diff(made, inputs)) == set()


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
    engine.make(NAMESPACE, "ns", namespace("team"))
    made = engine.make(CONFIG_MAP, "settings", config_map())
    moved = config_map()
    moved["metadata"]["namespace"] = "team"
    assert list(engine.diff(made, moved).replaces) == ["metadata.namespace"]


def test_changed_data_replaces_a_config_map_unless_the_provider_may_change_it(engine: Driver) -> None:
    made = engine.make(CONFIG_MAP, "settings", config_map(key="one"))
    assert list(engine.diff(made, config_map(key="two")).replaces) == ["data.key"]
    engine.configure(kubeconfig=kubeconfig(), enableConfigMapMutable="true")
    assert list(engine.diff(made, config_map(key="two")).replaces) == []


def test_an_unknown_value_counts_as_changed(engine: Driver) -> None:
    made = engine.make(CONFIG_MAP, "settings", config_map(key="one"))
    assert changed(engine.diff(made, {**config_map(), "data": {"key": UNKNOWN}})) == {"data.key"}


def test_a_field_that_the_program_drops_is_removed(engine: Driver) -> None:
    engine.configure(kubeconfig=kubeconfig(), enableConfigMapMutable="true")
    made = engine.make(CONFIG_MAP, "settings", config_map(kept="a", dropped="b"))
    assert changed(engine.diff(made, config_map(kept="a"))) == {"data.dropped"}
    assert engine.update(made, config_map(kept="a")).outputs["data"] == {"kept": "a"}


def test_an_update_keeps_what_the_cluster_filled_in(engine: Driver) -> None:
    made = engine.make(SERVICE, "web", service())
    updated = engine.update(made, service(externalTrafficPolicy="Local"))
    assert updated.outputs["spec"]["clusterIP"] == made.outputs["spec"]["clusterIP"]
    assert updated.outputs["spec"]["ports"] == made.outputs["spec"]["ports"]
    assert updated.outputs["spec"]["externalTrafficPolicy"] == "Local"
    assert updated.outputs["metadata"]["uid"] == made.outputs["metadata"]["uid"]


def test_a_deployment_is_available_with_all_its_replicas(engine: Driver) -> None:
    status = engine.make(DEPLOYMENT, "web", deployment(replicas=3)).outputs["status"]
    assert (status["replicas"], status["availableReplicas"]) == (3, 3)
    assert {condition["type"]: condition["status"] for condition in status["conditions"]} == {
        "Available": "True",
        "Progressing": "True",
    }


def test_a_daemon_set_counts_the_nodes_of_all_pools(engine: Driver) -> None:
    inputs = {**deployment(), "kind": "DaemonSet"}
    status = engine.make("kubernetes:apps/v1:DaemonSet", "agent", inputs).outputs["status"]
    assert (status["desiredNumberScheduled"], status["numberReady"]) == (3, 3)


def test_services_get_distinct_addresses_of_the_service_range(engine: Driver) -> None:
    put_cluster(engine.cloud, networkProfile={"serviceCidr": "10.0.0.0/27", "dnsServiceIP": "10.0.0.20"})
    addresses = set()
    for number in range(14):
        inputs = service(type="ClusterIP")
        inputs["metadata"]["name"] = f"web{number}"
        addresses.add(engine.make(SERVICE, f"web{number}", inputs).outputs["spec"]["clusterIP"])
    assert addresses == {f"10.0.0.{number}" for number in range(16, 31)} - {"10.0.0.20"}


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


def test_an_object_waits_for_a_namespace_that_is_on_its_way(
    engine: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make_the_namespace(_seconds: float) -> None:
        engine.make(NAMESPACE, "ns", namespace("team"))

    monkeypatch.setattr("sandbox.kubernetes.resources.sleep", make_the_namespace)
    inputs = config_map()
    inputs["metadata"]["namespace"] = "team"
    assert engine.make(CONFIG_MAP, "settings", inputs).id == "team/settings"


def test_an_object_gives_its_namespace_up_after_five_waits(engine: Driver, waits: list[float]) -> None:
    inputs = config_map()
    inputs["metadata"]["namespace"] = "nowhere"
    with pytest.raises(AbortedError):
        engine.make(CONFIG_MAP, "settings", inputs)
    assert waits == [0.1, 0.2, 0.4, 0.8, 1.6]


def test_a_preview_in_a_missing_namespace_shows_the_inputs(engine: Driver) -> None:
    inputs = config_map(key="value")
    inputs["metadata"]["namespace"] = "nowhere"
    assert engine.preview(CONFIG_MAP, "settings", inputs)["data"] == {"key": "value"}
    assert engine.kinds() == []


def test_a_preview_finds_what_the_api_server_would_refuse_and_keeps_nothing(engine: Driver) -> None:
    with pytest.raises(AbortedError, match=r"spec.template.metadata.labels: Invalid value"):
        engine.preview(DEPLOYMENT, "web", deployment(selector={"matchLabels": {"app": "other"}}))
    assert engine.preview(DEPLOYMENT, "web", deployment())["spec"]["selector"] == {
        "matchLabels": {"app": "web"}
    }
    assert engine.kinds() == []


def test_a_preview_knows_no_status(engine: Driver) -> None:
    assert "status" not in engine.preview(DEPLOYMENT, "web", deployment())


def test_deleting_a_namespace_deletes_what_is_in_it(engine: Driver) -> None:
    made = engine.make(NAMESPACE, "ns", namespace("team"))
    inside = config_map()
    inside["metadata"]["namespace"] = "team"
    engine.make(CONFIG_MAP, "inside", inside)
    engine.make(CONFIG_MAP, "outside", config_map())
    engine.delete(made)
    assert engine.kinds() == ["ConfigMap/settings"]


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


def test_a_custom_resource_needs_its_definition(engine: Driver) -> None:
    inputs = {
        "apiVersion": "example.com/v1",
        "kind": "Widget",
        "metadata": {"name": "one", "namespace": "default"},
    }
    with pytest.raises(AbortedError, match=r'no matches for kind "Widget" in version "example.com/v1"'):
        engine.make(CUSTOM, "one", inputs)
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Cluster",
            "names": {"kind": "Widget", "plural": "widgets"},
            "versions": [{"name": "v1", "served": True, "storage": True}],
        },
    }
    made = engine.make("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", "widgets", definition)
    widget = engine.make(CUSTOM, "one", inputs)
    assert widget.id == "one"
    engine.delete(made)
    assert engine.read(widget) is None


def test_a_patch_changes_an_object_of_others_and_gives_it_up(engine: Driver) -> None:
    made = engine.make(DEPLOYMENT, "web", deployment(replicas=1))
    name = made.outputs["metadata"]["name"]
    metadata = {"name": name, "namespace": "default", "labels": {"team": "web"}}
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
