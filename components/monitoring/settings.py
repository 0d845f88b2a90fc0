"""Managed Prometheus."""

from settings.model import SettingsModel


class MonitoringSettings(SettingsModel):
    """Azure Monitor managed Prometheus, complete or not at all."""

    enabled: bool = True
    """Whether metrics are collected, into a workspace of the stack's own.
    https://learn.microsoft.com/azure/azure-monitor/containers/kubernetes-monitoring-enable"""

    location: str | None = None
    """Location of the workspace, where the stack's own offers none.
    https://learn.microsoft.com/azure/azure-monitor/metrics/azure-monitor-workspace-overview"""

    metric_labels_allowlist: str = ""
    """Kubernetes labels that become labels of metrics, as namespaces=[team],pods=[app].
    https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-default"""

    metric_annotations_allow_list: str = ""
    """Kubernetes annotations that become labels of metrics, in the same form.
    https://learn.microsoft.com/azure/azure-monitor/containers/prometheus-metrics-scrape-default"""
