"""Where the cluster's metrics go, and the rule that brings them there."""

from dataclasses import dataclass

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import monitor

from azure_facts import naming
from components.context import Context
from components.monitoring.settings import MonitoringSettings

_DESTINATION = "MonitoringAccount1"
_STREAM = "Microsoft-PrometheusMetrics"


@dataclass(frozen=True, kw_only=True)
class MonitorWorkspaceArgs:
    """The arguments of a MonitorWorkspace.

    Attributes:
        context: Where the platform is. An association takes no tags.
        settings: Azure region of the workspace and its collection rule, where it is not the stack's.
        cluster_id: ARM id of the cluster to collect from. Its metrics profile must be on: `AksCluster` sees
            to that.
    """

    context: Context
    settings: MonitoringSettings
    cluster_id: pulumi.Input[str]


class MonitorWorkspace(ComponentResource):
    """An Azure Monitor workspace and what makes managed Prometheus collect into it.

    Data collection endpoint, data collection rule and the rule's association with the cluster: without any
    one of them the workspace stays empty and nothing says so. It makes no Grafana, no recording rule and no
    alert.

    https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-monitoring-enable
    """

    query_endpoint: pulumi.Output[str]

    def __init__(self, name: str, args: MonitorWorkspaceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:monitoring:MonitorWorkspace", name, None, opts)
        context = args.context
        location = args.settings.location or context.location
        child = ResourceOptions(parent=self)

        workspace = monitor.AzureMonitorWorkspace(
            f"amw-{name}",
            resource_group_name=context.resource_group_name,
            location=location,
            tags=context.tags,
            opts=child,
        )
        endpoint = monitor.DataCollectionEndpoint(
            f"dce-{name}",
            data_collection_endpoint_name=naming.data_collection_endpoint_name(location, name),
            resource_group_name=context.resource_group_name,
            location=location,
            kind=monitor.KnownDataCollectionEndpointResourceKind.LINUX,
            tags=context.tags,
            opts=child,
        )
        rule = monitor.DataCollectionRule(
            f"dcr-{name}",
            data_collection_rule_name=naming.data_collection_rule_name(location, name),
            resource_group_name=context.resource_group_name,
            location=location,
            kind=monitor.KnownDataCollectionRuleResourceKind.LINUX,
            data_collection_endpoint_id=endpoint.id,
            data_sources=_prometheus_forwarder(),
            destinations=_workspace(workspace.id),
            data_flows=[monitor.DataFlowArgs(streams=[_STREAM], destinations=[_DESTINATION])],
            tags=context.tags,
            opts=child,
        )
        monitor.DataCollectionRuleAssociation(
            f"dcra-{name}",
            association_name=naming.data_collection_rule_name(location, name),
            resource_uri=args.cluster_id,
            data_collection_rule_id=rule.id,
            description="Managed Prometheus metrics of the cluster.",
            opts=child,
        )

        self.query_endpoint = workspace.metrics.apply(lambda metrics: metrics.prometheus_query_endpoint)
        self.register_outputs({"query_endpoint": self.query_endpoint})


def _prometheus_forwarder() -> monitor.DataCollectionRuleDataSourcesArgs:
    return monitor.DataCollectionRuleDataSourcesArgs(
        prometheus_forwarder=[
            monitor.PrometheusForwarderDataSourceArgs(name="PrometheusDataSource", streams=[_STREAM])
        ]
    )


def _workspace(workspace_id: pulumi.Input[str]) -> monitor.DataCollectionRuleDestinationsArgs:
    return monitor.DataCollectionRuleDestinationsArgs(
        monitoring_accounts=[
            monitor.MonitoringAccountDestinationArgs(account_resource_id=workspace_id, name=_DESTINATION)
        ]
    )
