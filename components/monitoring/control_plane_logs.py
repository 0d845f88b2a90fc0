"""Who changed what in the cluster, kept for as long as the stack says."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import monitor, operationalinsights

from components.context import Context
from components.monitoring.settings import ControlPlaneLogsSettings

_RESOURCE_SPECIFIC: Final = "Dedicated"
"""Azure's word for tables of a resource type's own, which are cheaper to query than AzureDiagnostics."""


@dataclass(frozen=True, kw_only=True)
class ControlPlaneLogsArgs:
    """The arguments of ControlPlaneLogs.

    Attributes:
        settings: Categories of logs, retention in days.
        cluster_id: ARM id of the cluster whose control plane logs.
        firewall_id: ARM id of the firewall that the cluster's traffic passes, if it passes one.
    """

    context: Context
    settings: ControlPlaneLogsSettings
    cluster_id: pulumi.Input[str]
    firewall_id: pulumi.Input[str] | None = None


class ControlPlaneLogs(ComponentResource):
    """A Log Analytics workspace and the diagnostic setting that sends the control plane's logs there.

    They arrive in the tables AKSAuditAdmin (AKSAudit for kube-audit) and AKSControlPlane; those of a firewall
    in tables whose names begin with AZFW. The workspace takes no shared keys. It collects nothing from nodes
    and pods, and its tables stay in the plan Analytics: Azure makes them itself, and azure-native refuses to
    create what exists.

    https://learn.microsoft.com/azure/aks/monitor-aks#aks-control-plane-resource-logs
    """

    workspace_id: pulumi.Output[str]

    def __init__(self, name: str, args: ControlPlaneLogsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:monitoring:ControlPlaneLogs", name, None, opts)
        workspace = operationalinsights.Workspace(
            f"log-{name}",
            resource_group_name=args.context.resource_group_name,
            sku=operationalinsights.WorkspaceSkuArgs(
                name=operationalinsights.WorkspaceSkuNameEnum.PER_GB2018
            ),
            retention_in_days=args.settings.retention_in_days,
            features=operationalinsights.WorkspaceFeaturesArgs(disable_local_auth=True),
            tags=args.context.tags,
            opts=ResourceOptions(parent=self),
        )
        monitor.DiagnosticSetting(
            f"diag-{name}",
            resource_uri=args.cluster_id,
            workspace_id=workspace.id,
            log_analytics_destination_type=_RESOURCE_SPECIFIC,
            logs=[
                monitor.DiagnosticsLogSettingsArgs(category=category, enabled=True)
                for category in args.settings.categories
            ],
            opts=ResourceOptions(parent=self),
        )

        if args.firewall_id:
            monitor.DiagnosticSetting(
                f"diag-{name}-firewall",
                resource_uri=args.firewall_id,
                workspace_id=workspace.id,
                log_analytics_destination_type=_RESOURCE_SPECIFIC,
                logs=[monitor.DiagnosticsLogSettingsArgs(category_group="allLogs", enabled=True)],
                opts=ResourceOptions(parent=self),
            )

        self.workspace_id = workspace.id
        self.register_outputs({"workspace_id": self.workspace_id})
