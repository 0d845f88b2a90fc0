"""Managed Prometheus."""

from typing import Annotated

from settings.model import See, SettingsModel

_LABELS = See("azure-monitor/containers/prometheus-metrics-scrape-default")


class MonitoringSettings(SettingsModel):
    """Azure Monitor managed Prometheus, complete or not at all."""

    enabled: Annotated[bool, See("azure-monitor/containers/kubernetes-monitoring-enable")] = True
    """Whether metrics are collected, into a workspace of the stack's own."""

    location: Annotated[str | None, See("azure-monitor/metrics/azure-monitor-workspace-overview")] = None
    """Location of the workspace, where the stack's own offers none."""

    metric_labels_allowlist: Annotated[str, _LABELS] = ""
    """Kubernetes labels that become labels of metrics, as namespaces=[team],pods=[app]."""

    metric_annotations_allow_list: Annotated[str, _LABELS] = ""
    """Kubernetes annotations that become labels of metrics, in the same form."""
