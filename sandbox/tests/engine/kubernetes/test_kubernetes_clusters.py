"""Which API server a kubeconfig reaches, and what is there before the program makes anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.kubernetes.api_server_backend import ApiServerBackend
from sandbox.kubernetes.kinds import Kind
from sandbox.tests.unit.kubernetes.driver import AbortedError, Driver, kubeconfig, put_cluster

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("kubernetes")]

PRIVATE_HOST = "aks.privatelink.westeurope.azmk8s.io"
SECRETS = "secrets-store.csi.x-k8s.io/v1"


@pytest.fixture(autouse=True)
def same_cluster_again(engine: Driver) -> Iterator[None]:
    yield
    put_cluster(engine.cloud, agentPoolProfiles=[])


def settings() -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}


def provider_class() -> dict[str, Any]:
    return {
        "apiVersion": SECRETS,
        "kind": "SecretProviderClass",
        "metadata": {"name": "vault"},
        "spec": {"provider": "azure"},
    }


def test_the_private_name_of_a_cluster_reaches_it_too(engine: Driver, server: ApiServerBackend) -> None:
    put_cluster(engine.cloud, agentPoolProfiles=[], fqdn=None, privateFQDN=PRIVATE_HOST)
    engine.configure(kubeconfig=kubeconfig(host=PRIVATE_HOST, namespace=engine.namespace))
    engine.make("kubernetes:core/v1:ConfigMap", "settings", settings())
    assert server.get(Kind("", "v1", "ConfigMap"), engine.namespace, "settings") is not None


def test_a_cluster_that_is_stopped_answers_no_more(engine: Driver) -> None:
    engine.make("kubernetes:core/v1:ConfigMap", "settings", settings())
    put_cluster(engine.cloud, agentPoolProfiles=[], powerState={"code": "Stopped"})
    with pytest.raises(AbortedError, match="no such host"):
        engine.make("kubernetes:core/v1:ConfigMap", "settings", settings())


def test_what_an_add_on_of_aks_defines_is_served_once_it_is_enabled(
    engine: Driver, server: ApiServerBackend
) -> None:
    token = f"kubernetes:{SECRETS}:SecretProviderClass"
    with pytest.raises(AbortedError, match='no matches for kind "SecretProviderClass"'):
        engine.make(token, "vault", provider_class())
    enabled = {"azureKeyvaultSecretsProvider": {"enabled": True}, "azurepolicy": {"enabled": True}}
    put_cluster(engine.cloud, agentPoolProfiles=[], addonProfiles=enabled)
    assert engine.make(token, "vault", provider_class()).id == f"{engine.namespace}/vault"
    assert server.get(Kind("", "v1", "Namespace"), "", "gatekeeper-system") is not None
