"""Managed Prometheus and the control plane's logs."""

from typing import Annotated, Final, Literal

from pydantic import Field

from settings.model import Between, Matching, Required, SettingsModel
from settings.values import ListOf

LogCategory = Literal[
    "kube-audit-admin",
    "kube-audit",
    "guard",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "cluster-autoscaler",
    "cloud-controller-manager",
]


_KEYS: Final = r"\[(\*|[A-Za-z0-9_./-]+( ?, ?[A-Za-z0-9_./-]+)*)\]"
_ENTRY: Final = rf"([a-z]+|\*)={_KEYS}"

AllowList = Annotated[
    str,
    Matching(
        f"({_ENTRY}( ?, ?{_ENTRY})*)?",
        limit="resources=[key,...], separated by commas; * stands for all",
        reason="kube-state-metrics reads no other form",
        write='"namespaces=[team],pods=[app]"',
    ),
]
"""What kube-state-metrics takes for --metric-labels-allowlist.
https://github.com/kubernetes/kube-state-metrics/blob/main/docs/developer/cli-arguments.md"""


class ControlPlaneLogsSettings(SettingsModel):
    """Logs of the control plane in a Log Analytics workspace of the stack's own, complete or not at all.

    Azure Monitor bills each gigabyte that arrives, and what is kept beyond 31 days by the month:
    https://azure.microsoft.com/pricing/details/monitor/
    """

    enabled: bool = True
    """Whether they are kept. Without them, no one can find out later who changed what in the cluster.
    https://learn.microsoft.com/azure/aks/monitor-aks#aks-control-plane-resource-logs"""

    categories: Annotated[
        ListOf[LogCategory],
        Field(min_length=1),
        Required(
            "without a category nothing would be kept",
            "[kube-audit-admin, guard], or remove categories and write enabled: false",
        ),
    ] = ("kube-audit-admin", "guard")
    """What is kept: by default every change (kube-audit-admin) and every sign-in (guard). kube-audit adds
    everything that is read, which is many times as much and costs accordingly.
    https://learn.microsoft.com/azure/aks/monitor-aks-reference#resource-logs"""

    retention_in_days: Annotated[int, Between(30, 730, "Log Analytics keeps logs 30 to 730 days")] = 90
    """Days for which they are kept.
    https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure"""


class MonitoringSettings(SettingsModel):
    """Azure Monitor managed Prometheus, complete or not at all, and logs of the control plane."""

    enabled: bool = True
    """Whether metrics are collected, into the stack's own workspace.
    https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-monitoring-enable"""

    location: str | None = None
    """Location of the workspace; by default the stack's.
    https://learn.microsoft.com/azure/azure-monitor/metrics/azure-monitor-workspace-overview"""

    metric_labels_allowlist: AllowList = ""
    """Kubernetes labels that become labels of metrics, as namespaces=[team],pods=[app].
    https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-default"""

    metric_annotations_allow_list: AllowList = ""
    """Kubernetes annotations that become labels of metrics, in the same form.
    https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-default"""

    control_plane_logs: ControlPlaneLogsSettings = ControlPlaneLogsSettings()
    """Logs of the control plane, the audit log among them; independent of the metrics."""
