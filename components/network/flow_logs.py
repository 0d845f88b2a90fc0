"""A record of the traffic in the virtual network."""

from dataclasses import dataclass
from typing import Final

from pulumi import ComponentResource, Input, ResourceOptions
from pulumi_azure_native import network, storage

from azure_facts import naming
from components.context import Context
from components.network.settings import FlowLogsSettings

_GROUP: Final = "NetworkWatcherRG"
"""Where Azure makes a network watcher, by itself, for each region in which a subscription has a virtual
network. https://learn.microsoft.com/azure/network-watcher/network-watcher-create"""


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """The arguments of FlowLogs.

    Attributes:
        settings: Retention in days, and a storage account that is already there.
        virtual_network_id: ARM id of the virtual network whose flows are logged.
    """

    context: Context
    settings: FlowLogsSettings
    virtual_network_id: Input[str]


class FlowLogs(ComponentResource):
    """A flow log of a virtual network, and the storage account that it is written to unless one is given.

    The log belongs to the network watcher that Azure keeps for the region, which it does not make. Azure
    Network Watcher writes with the account's keys, so they stay on. It makes no traffic analytics.

    https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview
    """

    def __init__(self, name: str, args: FlowLogsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:network:FlowLogs", name, None, opts)
        context, settings = args.context, args.settings
        network.FlowLog(
            f"fl-{name}",
            resource_group_name=_GROUP,
            network_watcher_name=f"NetworkWatcher_{context.location}",
            location=context.location,
            target_resource_id=args.virtual_network_id,
            storage_id=settings.storage_account_id or self._storage_account(name, context).id,
            enabled=True,
            format=network.FlowLogFormatParametersArgs(type=network.FlowLogFormatType.JSON, version=2),
            retention_policy=network.RetentionPolicyParametersArgs(
                days=settings.retention_in_days, enabled=True
            ),
            tags=context.tags,
            opts=ResourceOptions(parent=self),
        )

        self.register_outputs({})

    def _storage_account(self, name: str, context: Context) -> storage.StorageAccount:
        return storage.StorageAccount(
            naming.storage_account_name(name),
            resource_group_name=context.resource_group_name,
            kind=storage.Kind.STORAGE_V2,
            sku=storage.SkuArgs(
                name=storage.SkuName.STANDARD_ZRS
                if context.availability_zones
                else storage.SkuName.STANDARD_LRS
            ),
            allow_blob_public_access=False,
            enable_https_traffic_only=True,
            minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
            tags=context.tags,
            opts=ResourceOptions(parent=self),
        )
