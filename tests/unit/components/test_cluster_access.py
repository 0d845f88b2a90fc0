import json

import pytest

from components.cluster.cluster_access import ClusterAccess, ClusterAccessArgs
from tests.unit.components import stacks
from tests.unit.components.recording import Recording

CLUSTER = "aks-of-the-test"


def record_access(mode: str = "azurecli") -> Recording:
    access = {"adminGroupObjectIDs": ["00000000-0000-0000-0000-000000000000"], "kubeloginMode": mode}
    return stacks.record_component(
        ClusterAccess,
        ClusterAccessArgs(
            context=stacks.CONTEXT,
            settings=stacks.settings(access=access).access,
            cluster_id="/clusters/of-the-test",
            cluster_name=CLUSTER,
        ),
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
