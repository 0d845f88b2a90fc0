"""The provider's own inputs: which cluster, and when another one replaces everything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.engine.plugin import UNKNOWN, to_struct
from sandbox.tests.unit.kubernetes.driver import (
    CLUSTER_ID,
    DEPLOYMENT,
    HOST,
    AbortedError,
    Driver,
    Made,
    deployment,
    kubeconfig,
    put_cluster,
    urn,
)


def replaces(driver: Driver, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    request = provider_pb2.DiffRequest(olds=to_struct(old), news=to_struct(new))
    return list(driver.provider.DiffConfig(request, driver.context).replaces)


def test_another_user_in_the_kubeconfig_does_not_replace_the_provider(unconfigured: Driver) -> None:
    old, new = kubeconfig(user="one"), kubeconfig(user="two")
    assert replaces(unconfigured, {"kubeconfig": old}, {"kubeconfig": new}) == []


def test_another_server_in_the_kubeconfig_replaces_the_provider(unconfigured: Driver) -> None:
    old, new = kubeconfig(), kubeconfig(host="other.example")
    assert replaces(unconfigured, {"kubeconfig": old}, {"kubeconfig": new}) == ["kubeconfig"]


def test_an_unknown_kubeconfig_replaces_the_provider(unconfigured: Driver) -> None:
    assert replaces(unconfigured, {"kubeconfig": kubeconfig()}, {"kubeconfig": UNKNOWN}) == ["kubeconfig"]


@pytest.mark.parametrize(
    "new", [kubeconfig(host="other.example"), UNKNOWN], ids=["another server", "unknown"]
)
def test_a_kept_cluster_identifier_keeps_the_provider_whatever_the_kubeconfig(
    unconfigured: Driver, new: Any
) -> None:
    old = {"kubeconfig": kubeconfig(), "clusterIdentifier": "aks"}
    assert replaces(unconfigured, old, {"kubeconfig": new, "clusterIdentifier": "aks"}) == []


def test_another_cluster_identifier_replaces_the_provider(unconfigured: Driver) -> None:
    old = {"kubeconfig": kubeconfig(), "clusterIdentifier": "aks"}
    new = {"kubeconfig": kubeconfig(), "clusterIdentifier": "aks2"}
    assert replaces(unconfigured, old, new) == ["clusterIdentifier"]


def test_adding_a_cluster_identifier_does_not_replace_the_provider(unconfigured: Driver) -> None:
    new = {"kubeconfig": kubeconfig(), "clusterIdentifier": "aks"}
    assert replaces(unconfigured, {"kubeconfig": kubeconfig()}, new) == []


def test_an_unreadable_new_kubeconfig_is_refused(unconfigured: Driver) -> None:
    with pytest.raises(AbortedError, match="failed to parse kubeconfig: couldn't get version/kind"):
        replaces(unconfigured, {"kubeconfig": kubeconfig()}, {"kubeconfig": "not a kubeconfig"})


def test_rendering_yaml_is_refused(unconfigured: Driver) -> None:
    request = provider_pb2.CheckRequest(news=to_struct({"renderYamlToDirectory": "out"}))
    answer = unconfigured.provider.CheckConfig(request, unconfigured.context)
    assert [failure.property for failure in answer.failures] == ["renderYamlToDirectory"]


def test_a_malformed_kubeconfig_makes_the_cluster_unreachable(unconfigured: Driver) -> None:
    unconfigured.configure(kubeconfig="a: [")
    with pytest.raises(AbortedError) as error:
        unconfigured.make(DEPLOYMENT, "web", deployment())
    assert str(error.value).startswith(
        "configured Kubernetes cluster is unreachable: "
        "failed to parse kubeconfig data in `kubernetes:config:kubeconfig`- couldn't get version/kind"
    )


def test_a_kubeconfig_without_its_context_makes_the_cluster_unreachable(unconfigured: Driver) -> None:
    unconfigured.configure(kubeconfig=kubeconfig(), context="other")
    with pytest.raises(AbortedError, match='context "other" does not exist'):
        unconfigured.make(DEPLOYMENT, "web", deployment())


def test_a_server_that_no_managed_cluster_has_is_unreachable(unconfigured: Driver) -> None:
    unconfigured.configure(kubeconfig=kubeconfig(host="gone.example"))
    with pytest.raises(AbortedError) as error:
        unconfigured.make(DEPLOYMENT, "web", deployment())
    assert (
        str(error.value)
        == "configured Kubernetes cluster is unreachable: unable to load schema information from the API"
        ' server: Get "https://gone.example:443/openapi/v2?timeout=32s": dial tcp: lookup gone.example: no'
        " such host"
    )


def test_a_stopped_cluster_is_unreachable(unconfigured: Driver) -> None:
    put_cluster(unconfigured.cloud, powerState={"code": "Stopped"})
    unconfigured.configure(kubeconfig=kubeconfig())
    with pytest.raises(AbortedError, match=f"lookup {HOST}: no such host"):
        unconfigured.make(DEPLOYMENT, "web", deployment())


def test_the_providers_namespace_holds_what_names_none(unconfigured: Driver) -> None:
    unconfigured.configure(kubeconfig=kubeconfig(), namespace="team")
    inputs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}
    checked = unconfigured.checked("kubernetes:core/v1:ConfigMap", "settings", inputs)
    assert checked["metadata"]["namespace"] == "team"


def test_a_preview_without_a_reachable_cluster_shows_the_inputs(unconfigured: Driver) -> None:
    unconfigured.configure(kubeconfig=kubeconfig(host="gone.example"))
    assert unconfigured.preview(DEPLOYMENT, "web", deployment())["spec"] == deployment()["spec"]


def made_before(driver: Driver) -> Made:
    """A Deployment of a cluster that is gone."""
    inputs = {**deployment(), "metadata": {"name": "web", "namespace": "default"}}
    driver.cloud.delete(CLUSTER_ID)
    driver.configure(kubeconfig=kubeconfig())
    state = to_struct({**inputs, "__inputs": inputs})
    return Made(urn(DEPLOYMENT, "web"), "default/web", to_struct(inputs), state)


def test_reading_without_a_cluster_says_how_to_give_the_resource_up(unconfigured: Driver) -> None:
    made = made_before(unconfigured)
    with pytest.raises(
        AbortedError, match='PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"'
    ):
        unconfigured.read(made)


def test_deleting_without_a_cluster_is_refused(unconfigured: Driver) -> None:
    made = made_before(unconfigured)
    with pytest.raises(AbortedError, match=r"configured Kubernetes cluster is unreachable\."):
        unconfigured.delete(made)


def test_delete_unreachable_gives_up_what_a_deleted_cluster_held(unconfigured: Driver) -> None:
    made = made_before(unconfigured)
    unconfigured.configure(kubeconfig=kubeconfig(), deleteUnreachable="true")
    assert unconfigured.read(made) is None
    unconfigured.delete(made)


def test_a_preview_without_a_reachable_cluster_starts_no_control_plane(
    unconfigured: Driver, tmp_path: Path
) -> None:
    unconfigured.configure(kubeconfig=kubeconfig(host="gone.example"))
    unconfigured.preview(DEPLOYMENT, "web", deployment())
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []
