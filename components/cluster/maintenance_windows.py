"""When Azure may change the cluster on its own."""

from dataclasses import dataclass

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import containerservice

from components.cluster.settings import MaintenanceSettings, MaintenanceWindow
from components.context import Context


@dataclass(frozen=True, kw_only=True)
class MaintenanceWindowsArgs:
    """The arguments of MaintenanceWindows.

    Attributes:
        settings: A weekly window for Kubernetes upgrades and one for node images.
        cluster_name: Azure name of the cluster.
    """

    context: Context
    settings: MaintenanceSettings
    cluster_name: pulumi.Input[str]


class MaintenanceWindows(ComponentResource):
    """The two windows in which AKS applies the upgrade channels: Kubernetes versions, and node images.

    AKS's own weekly releases keep their default window.

    https://learn.microsoft.com/azure/aks/planned-maintenance
    """

    def __init__(self, name: str, args: MaintenanceWindowsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:cluster:MaintenanceWindows", name, None, opts)
        windows = {
            "aksManagedAutoUpgradeSchedule": args.settings.upgrade,
            "aksManagedNodeOSUpgradeSchedule": args.settings.node_os,
        }
        for config_name, window in windows.items():
            containerservice.MaintenanceConfiguration(
                f"mc-{name}-{config_name.lower()}",
                # The name is Azure's: it says what the window is for.
                config_name=config_name,
                resource_group_name=args.context.resource_group_name,
                resource_name_=args.cluster_name,
                maintenance_window=_weekly(window),
                opts=ResourceOptions(parent=self),
            )
        self.register_outputs({})


def _weekly(window: MaintenanceWindow) -> containerservice.MaintenanceWindowArgs:
    return containerservice.MaintenanceWindowArgs(
        duration_hours=window.duration_hours,
        start_time=window.start_time,
        utc_offset=window.utc_offset,
        schedule=containerservice.ScheduleArgs(
            weekly=containerservice.WeeklyScheduleArgs(
                day_of_week=window.day_of_week, interval_weeks=window.interval_weeks
            )
        ),
    )
