import pytest

from components.monitoring.monitor_workspace import MonitorWorkspace, MonitorWorkspaceArgs
from tests.unit.components import stacks
from tests.unit.components.recording import Recording

GROUP = "rg-of-the-test"
CLUSTER = "/clusters/of-the-test"
NAME = "MSProm-northeurope-platform-dev"


def record_workspace(name: str = "platform-dev", location: str = "northeurope") -> Recording:
    args = MonitorWorkspaceArgs(
        location=location, cluster_id=CLUSTER, resource_group_name=GROUP, tags=stacks.TAGS
    )
    return stacks.record_component(MonitorWorkspace, args, name)


@pytest.fixture(scope="module")
def workspace() -> Recording:
    return record_workspace()


def test_managed_prometheus_is_made_of_these_resources_and_no_others(workspace: Recording) -> None:
    assert workspace.made == [
        ("azure-native:monitor:AzureMonitorWorkspace", "amw-platform-dev"),
        ("azure-native:monitor:DataCollectionEndpoint", "dce-platform-dev"),
        ("azure-native:monitor:DataCollectionRule", "dcr-platform-dev"),
        ("azure-native:monitor:DataCollectionRuleAssociation", "dcra-platform-dev"),
    ]
    assert workspace.components == [("aks-platform:monitoring:MonitorWorkspace", "platform-dev")]


def test_the_workspace_lies_where_it_is_told_which_need_not_be_the_clusters_region(
    workspace: Recording,
) -> None:
    assert workspace["amw-platform-dev"].inputs == {
        "resourceGroupName": GROUP,
        "location": "northeurope",
        "tags": stacks.TAGS,
    }


def test_the_endpoint_takes_metrics_of_linux_nodes(workspace: Recording) -> None:
    assert workspace["dce-platform-dev"].inputs == {
        "resourceGroupName": GROUP,
        "location": "northeurope",
        "dataCollectionEndpointName": NAME,
        "kind": "Linux",
        "tags": stacks.TAGS,
    }


def test_the_rule_brings_prometheus_metrics_from_the_endpoint_to_the_workspace(workspace: Recording) -> None:
    assert workspace["dcr-platform-dev"].inputs == {
        "resourceGroupName": GROUP,
        "location": "northeurope",
        "dataCollectionRuleName": NAME,
        "kind": "Linux",
        "dataCollectionEndpointId": f"/DataCollectionEndpoint/{NAME}",
        "dataSources": {
            "prometheusForwarder": [
                {"name": "PrometheusDataSource", "streams": ["Microsoft-PrometheusMetrics"]}
            ]
        },
        "destinations": {
            "monitoringAccounts": [
                {
                    "name": "MonitoringAccount1",
                    "accountResourceId": "/AzureMonitorWorkspace/amw-platform-dev1a2b3c4d",
                }
            ]
        },
        "dataFlows": [{"streams": ["Microsoft-PrometheusMetrics"], "destinations": ["MonitoringAccount1"]}],
        "tags": stacks.TAGS,
    }


def test_the_association_ties_the_rule_to_the_cluster(workspace: Recording) -> None:
    assert workspace["dcra-platform-dev"].inputs == {
        "resourceUri": CLUSTER,
        "associationName": NAME,
        "dataCollectionRuleId": f"/DataCollectionRule/{NAME}",
        "description": "Managed Prometheus metrics of the cluster.",
    }


def test_names_that_azure_limits_are_cut_to_its_limits() -> None:
    workspace = record_workspace("sixteencharacter-staging", "germanywestcentral")
    assert workspace.of("DataCollectionEndpoint")[0].inputs["dataCollectionEndpointName"] == (
        "MSProm-germanywestcentral-sixteencharacter-s"
    ), "44 characters are Azure's limit for an endpoint"
    whole = "MSProm-germanywestcentral-sixteencharacter-staging"
    assert workspace.of("DataCollectionRule")[0].inputs["dataCollectionRuleName"] == whole
    assert workspace.of("DataCollectionRuleAssociation")[0].inputs["associationName"] == whole


def test_everything_belongs_to_the_workspace_component(workspace: Recording) -> None:
    parents = {resource.name: workspace.parent(resource) for resource in workspace if resource.custom}
    assert parents == dict.fromkeys(workspace.names, "MonitorWorkspace")


def test_a_workspace_tells_its_id_and_where_to_query(workspace: Recording) -> None:
    assert workspace.outputs("MonitorWorkspace").values == {
        "id": "/AzureMonitorWorkspace/amw-platform-dev1a2b3c4d",
        "query_endpoint": "https://query.prometheus",
    }
