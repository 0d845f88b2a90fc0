from dataclasses import replace

import pytest

from components.monitoring.monitor_workspace import MonitorWorkspace, MonitorWorkspaceArgs
from tests.unit.components import stacks
from tests.unit.components.recording import Recording
from tests.unit.components.stacks import GROUP

CLUSTER = "/clusters/of-the-test"
NAME = "MSProm-northeurope-platform-dev"


def record_workspace(name: str = "platform-dev", location: str | None = "northeurope") -> Recording:
    args = MonitorWorkspaceArgs(
        context=replace(stacks.CONTEXT, location="germanywestcentral"),
        settings=stacks.settings(monitoring={"location": location}).monitoring,
        cluster_id=CLUSTER,
    )
    return stacks.record_component(MonitorWorkspace, args, name)


@pytest.fixture(scope="module")
def workspace() -> Recording:
    return record_workspace()


def test_prometheus_metrics_of_the_cluster_go_by_endpoint_and_rule_to_a_workspace_where_the_stack_says(
    workspace: Recording,
) -> None:
    assert workspace.inputs == {
        "amw-platform-dev": {
            "resourceGroupName": GROUP,
            "location": "northeurope",
            "tags": stacks.TAGS,
        },
        "dce-platform-dev": {
            "resourceGroupName": GROUP,
            "location": "northeurope",
            "dataCollectionEndpointName": NAME,
            "kind": "Linux",
            "tags": stacks.TAGS,
        },
        "dcr-platform-dev": {
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
            "dataFlows": [
                {"streams": ["Microsoft-PrometheusMetrics"], "destinations": ["MonitoringAccount1"]}
            ],
            "tags": stacks.TAGS,
        },
        "dcra-platform-dev": {
            "resourceUri": CLUSTER,
            "associationName": NAME,
            "dataCollectionRuleId": f"/DataCollectionRule/{NAME}",
            "description": "Managed Prometheus metrics of the cluster.",
        },
    }


def test_by_default_metrics_lie_in_the_stacks_region_under_names_cut_to_azures_limits() -> None:
    workspace = record_workspace("sixteencharacter-staging", location=None)
    assert workspace.of("DataCollectionEndpoint")[0].inputs["dataCollectionEndpointName"] == (
        "MSProm-germanywestcentral-sixteencharacter-s"
    ), "44 characters are Azure's limit for an endpoint"
    whole = "MSProm-germanywestcentral-sixteencharacter-staging"
    assert workspace.of("DataCollectionRule")[0].inputs["dataCollectionRuleName"] == whole
    assert workspace.of("DataCollectionRuleAssociation")[0].inputs["associationName"] == whole


def test_a_workspace_tells_its_id_and_where_to_query(workspace: Recording) -> None:
    assert workspace.outputs("MonitorWorkspace").values == {
        "id": "/AzureMonitorWorkspace/amw-platform-dev1a2b3c4d",
        "query_endpoint": "https://query.prometheus",
    }
