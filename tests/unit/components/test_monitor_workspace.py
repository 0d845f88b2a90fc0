from dataclasses import replace

from components.monitoring.monitor_workspace import MonitorWorkspace, MonitorWorkspaceArgs
from tests.unit.components import stacks
from tests.unit.components.recording import Recording


def record_workspace(name: str, **keys: str) -> Recording:
    args = MonitorWorkspaceArgs(
        context=replace(stacks.CONTEXT, location="germanywestcentral"),
        settings=stacks.settings(monitoring=keys).monitoring,
        cluster_id="/clusters/of-the-test",
    )
    return stacks.record_component(MonitorWorkspace, args, name)


def test_metrics_may_lie_in_another_region_than_the_cluster() -> None:
    workspace = record_workspace("platform-dev", location="northeurope")
    placed = [found.inputs["location"] for found in workspace if "location" in found.inputs]
    assert placed == ["northeurope"] * 3
    (endpoint,) = workspace.of("DataCollectionEndpoint")
    assert endpoint.inputs["dataCollectionEndpointName"] == "MSProm-northeurope-platform-dev"


def test_names_that_azure_limits_are_cut_to_its_limits() -> None:
    workspace = record_workspace("sixteencharacter-staging")
    assert workspace.of("DataCollectionEndpoint")[0].inputs["dataCollectionEndpointName"] == (
        "MSProm-germanywestcentral-sixteencharacter-s"
    ), "44 characters are Azure's limit for an endpoint"
    whole = "MSProm-germanywestcentral-sixteencharacter-staging"
    assert workspace.of("DataCollectionRule")[0].inputs["dataCollectionRuleName"] == whole
    assert workspace.of("DataCollectionRuleAssociation")[0].inputs["associationName"] == whole
