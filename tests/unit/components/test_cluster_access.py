import json
import socket
from typing import Any

import pytest

from components.cluster import reachability
from components.cluster.cluster_access import ClusterAccess, ClusterAccessArgs
from tests.unit.components import stacks
from tests.unit.components.recording import Recording

CLUSTER = "aks-of-the-test"


def record_access(
    mode: str = "azurecli", *, api_server: dict[str, Any] | None = None, **how: Any
) -> Recording:
    access = {"adminGroupObjectIDs": ["00000000-0000-0000-0000-000000000000"], "kubeloginMode": mode}
    return stacks.record_component(
        ClusterAccess,
        ClusterAccessArgs(
            context=stacks.CONTEXT,
            settings=stacks.settings(access=access).access,
            api_server=stacks.settings(cluster={"apiServer": api_server or {}}).cluster.api_server,
            cluster_id="/clusters/of-the-test",
            cluster_name=CLUSTER,
        ),
        **how,
    )


@pytest.fixture(scope="module")
def access() -> Recording:
    return record_access()


def test_the_provider_is_known_by_the_clusters_id_so_that_a_new_kubeconfig_replaces_nothing(
    access: Recording,
) -> None:
    assert access["k8s-platform-dev"].inputs["clusterIdentifier"] == "/clusters/of-the-test"


def test_the_kubeconfig_is_a_secret_wherever_it_goes(access: Recording) -> None:
    assert access["k8s-platform-dev"].secret_inputs == {"kubeconfig"}
    assert access.outputs("ClusterAccess").secret == {"kubeconfig"}


def test_azure_is_asked_for_users_credentials_and_never_for_the_admins(access: Recording) -> None:
    assert access.invokes == [
        (
            "azure-native:containerservice:listManagedClusterUserCredentials",
            {"resourceGroupName": stacks.GROUP, "resourceName": CLUSTER, "format": "exec"},
        )
    ]


def test_kubelogin_signs_in_as_the_stack_says() -> None:
    config = json.loads(record_access("workloadidentity")["k8s-platform-dev"].inputs["kubeconfig"])
    assert "workloadidentity" in config["users"][0]["user"]["exec"]["args"]


PRIVATE = {"privateCluster": {"enabled": True}}


@pytest.mark.parametrize(
    ("api_server", "remedy"),
    [
        (PRIVATE, "The cluster is private: run Pulumi on a machine in its virtual network"),
        ({"authorizedIpRanges": ["203.0.113.0/24"]}, "Add this machine's public address to"),
    ],
)
def test_an_update_from_a_machine_that_does_not_reach_the_api_server_says_so(
    api_server: dict[str, Any], remedy: str
) -> None:
    with pytest.raises(reachability.UnreachableError, match="its name does not resolve") as unreachable:
        record_access(api_server=api_server, unreached="its name does not resolve")
    assert remedy in str(unreachable.value)


@pytest.mark.parametrize(("api_server", "preview"), [(PRIVATE, True), (None, False)])
def test_a_preview_and_an_open_api_server_are_not_asked(
    api_server: dict[str, Any] | None, preview: bool
) -> None:
    record_access(api_server=api_server, unreached="it does not answer", preview=preview)


def test_what_listens_is_reached_and_what_does_not_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert reachability.what_is_wrong(f"https://127.0.0.1:{port}", 0) is None
    assert reachability.what_is_wrong(f"https://127.0.0.1:{port}", 0) == "connection refused"
    assert reachability.what_is_wrong("https://aks.invalid:443", 0) == "its name does not resolve"
