"""The way out of the cluster that lets only known traffic pass."""

from dataclasses import dataclass

import pulumi
from pulumi import ComponentResource, ResourceOptions
from pulumi_azure_native import network

from components.context import Context
from components.network import firewall_rules
from components.network.egress_settings import AzureFirewallEgressSettings
from components.network.public_ip_address import ip_address, static_public_ip_address


@dataclass(frozen=True, kw_only=True)
class AzureFirewallArgs:
    """The arguments of an AzureFirewall.

    Attributes:
        context: Where the platform is; firewall and addresses span its zones.
        settings: Tier, number of public addresses, names that may be reached.
        subnet_id: ARM id of the subnet AzureFirewallSubnet.
        api_server_on_internet: Whether nodes and pods reach their API server at a public address.
    """

    context: Context
    settings: AzureFirewallEgressSettings
    subnet_id: pulumi.Input[str]
    api_server_on_internet: bool


class AzureFirewall(ComponentResource):
    """An Azure Firewall with a policy of its own, and its static public addresses.

    It lets out what AKS, its add-ons and the platform's own workloads need, and the names of the stack file,
    and nothing in. It makes no route: `route_table` does. Its logs are kept where the control plane's are.

    https://learn.microsoft.com/azure/aks/limit-egress-traffic
    """

    id: pulumi.Output[str]
    private_ip_address: pulumi.Output[str]
    public_ip_addresses: pulumi.Output[list[str]]

    def __init__(self, name: str, args: AzureFirewallArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:network:AzureFirewall", name, None, opts)
        context, settings = args.context, args.settings
        policy = network.FirewallPolicy(
            f"afwp-{name}",
            resource_group_name=context.resource_group_name,
            sku=network.FirewallPolicySkuArgs(tier=settings.tier),
            threat_intel_mode=settings.threat_intel_mode,
            tags=context.tags,
            opts=ResourceOptions(parent=self),
        )
        rules = network.FirewallPolicyRuleCollectionGroup(
            f"afwprcg-{name}",
            resource_group_name=context.resource_group_name,
            firewall_policy_name=policy.name,
            priority=200,
            rule_collections=firewall_rules.for_aks(
                context.location,
                api_server_on_internet=args.api_server_on_internet,
                allowed_fqdns=settings.allowed_fqdns,
            ),
            opts=ResourceOptions(parent=self),
        )
        addresses = [
            static_public_ip_address(
                f"pip-{name}-firewall-{number}", context, zones=context.availability_zones, parent=self
            )
            for number in range(1, settings.public_ip_count + 1)
        ]
        firewall = network.AzureFirewall(
            f"afw-{name}",
            resource_group_name=context.resource_group_name,
            sku=network.AzureFirewallSkuArgs(
                name=network.AzureFirewallSkuName.AZF_W_V_NET, tier=settings.tier
            ),
            firewall_policy=network.SubResourceArgs(id=policy.id),
            ip_configurations=[
                network.AzureFirewallIPConfigurationArgs(
                    name=f"address{number}",
                    public_ip_address=network.SubResourceArgs(id=address.id),
                    # One subnet for all: Azure takes it with the first address only.
                    subnet=network.SubResourceArgs(id=args.subnet_id) if number == 1 else None,
                )
                for number, address in enumerate(addresses, start=1)
            ],
            zones=list(context.availability_zones) or None,
            tags=context.tags,
            # Azure changes a policy and the firewall that has it one after the other.
            opts=ResourceOptions(parent=self, depends_on=[rules]),
        )

        known = network.get_azure_firewall_output(
            resource_group_name=context.resource_group_name, azure_firewall_name=firewall.name.apply(str)
        )
        self.id = firewall.id
        self.private_ip_address = known.apply(
            lambda found: str((found.ip_configurations or [])[0].private_ip_address)
        )
        self.public_ip_addresses = pulumi.Output.all(*(ip_address(context, each) for each in addresses))
        self.register_outputs(
            {
                "id": self.id,
                "private_ip_address": self.private_ip_address,
                "public_ip_addresses": self.public_ip_addresses,
            }
        )
