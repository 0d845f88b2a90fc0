"""An address of an Azure service inside the virtual network."""

from dataclasses import dataclass

from pulumi import ComponentResource, Input, ResourceOptions
from pulumi_azure_native import network

from azure_facts.private_link import PrivateLinkService
from components.context import Context


@dataclass(frozen=True, kw_only=True)
class PrivateEndpointArgs:
    """The arguments of a PrivateEndpoint.

    Attributes:
        service: Which kind of service the endpoint leads to.
        resource_id: ARM id of the resource that it leads to.
        subnet_id: ARM id of the subnet in which it has its addresses.
        private_dns_zone_id: ARM id of the zone in which its names are registered.
    """

    context: Context
    service: PrivateLinkService
    resource_id: Input[str]
    subnet_id: Input[str]
    private_dns_zone_id: Input[str]


class PrivateEndpoint(ComponentResource):
    """A private endpoint to one resource, and its records in a private DNS zone.

    Azure keeps the records: they follow the endpoint's addresses and go with it. It makes no zone and links
    none, and leaves the resource open to the internet: that is the resource's own setting.

    https://learn.microsoft.com/azure/private-link/private-endpoint-dns-integration
    """

    def __init__(self, name: str, args: PrivateEndpointArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:network:PrivateEndpoint", name, None, opts)
        group_name = args.context.resource_group_name
        endpoint = network.PrivateEndpoint(
            f"pep-{name}",
            resource_group_name=group_name,
            subnet=network.SubnetArgs(id=args.subnet_id),
            private_link_service_connections=[
                network.PrivateLinkServiceConnectionArgs(
                    name=args.service.group_id,
                    private_link_service_id=args.resource_id,
                    group_ids=[args.service.group_id],
                )
            ],
            tags=args.context.tags,
            # Azure writes the service's names and addresses there; a refresh that reads them is no change.
            opts=ResourceOptions(parent=self, ignore_changes=["customDnsConfigs"]),
        )
        network.PrivateDnsZoneGroup(
            f"pdnszg-{name}",
            private_endpoint_name=endpoint.name,
            resource_group_name=group_name,
            private_dns_zone_configs=[
                network.PrivateDnsZoneConfigArgs(
                    name=args.service.group_id, private_dns_zone_id=args.private_dns_zone_id
                )
            ],
            opts=ResourceOptions(parent=self),
        )

        self.register_outputs({})
