"""Names across networks: what others may ask this one, and what this one asks others."""

from dataclasses import dataclass

import pulumi
from pulumi import ComponentResource, Input, ResourceOptions
from pulumi_azure_native import dnsresolver

from components.context import Context
from components.network.settings import DnsResolverSettings


@dataclass(frozen=True, kw_only=True)
class PrivateDnsResolverArgs:
    """The arguments of a PrivateDnsResolver.

    Attributes:
        settings: Domains that are asked for elsewhere.
        virtual_network_id: ARM id of the virtual network that it resolves for.
        inbound_subnet_id: ARM id of the subnet of the inbound endpoint.
        outbound_subnet_id: ARM id of the subnet of the outbound endpoint, where there are forwarding rules.
    """

    context: Context
    settings: DnsResolverSettings
    virtual_network_id: Input[str]
    inbound_subnet_id: Input[str]
    outbound_subnet_id: Input[str] | None


class PrivateDnsResolver(ComponentResource):
    """An Azure DNS Private Resolver with an inbound endpoint and, for forwarding rules, an outbound one.

    The inbound endpoint answers with what the virtual network resolves. A forwarding ruleset, linked to the
    virtual network, sends names of other domains through the outbound endpoint to their DNS servers.

    https://learn.microsoft.com/azure/dns/private-resolver-endpoints-rulesets
    """

    inbound_address: pulumi.Output[str]

    def __init__(self, name: str, args: PrivateDnsResolverArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-platform:network:PrivateDnsResolver", name, None, opts)
        context = args.context
        resolver = dnsresolver.DnsResolver(
            f"dnspr-{name}",
            resource_group_name=context.resource_group_name,
            virtual_network=dnsresolver.SubResourceArgs(id=args.virtual_network_id),
            tags=context.tags,
            opts=ResourceOptions(parent=self),
        )
        inbound = dnsresolver.InboundEndpoint(
            f"in-{name}",
            resource_group_name=context.resource_group_name,
            dns_resolver_name=resolver.name,
            ip_configurations=[
                dnsresolver.IpConfigurationArgs(
                    subnet=dnsresolver.SubResourceArgs(id=args.inbound_subnet_id),
                    private_ip_allocation_method=dnsresolver.IpAllocationMethod.DYNAMIC,
                )
            ],
            tags=context.tags,
            opts=ResourceOptions(parent=self),
        )
        if args.outbound_subnet_id is not None:
            self._forward(name, args, resolver, args.outbound_subnet_id)

        # Asked for by name, so that the preview of an update knows it.
        known = dnsresolver.get_inbound_endpoint_output(
            resource_group_name=context.resource_group_name,
            dns_resolver_name=resolver.name.apply(str),
            inbound_endpoint_name=inbound.name.apply(str),
        )
        self.inbound_address = known.ip_configurations.apply(lambda found: str(found[0].private_ip_address))
        self.register_outputs({"inbound_address": self.inbound_address})

    def _forward(
        self,
        name: str,
        args: PrivateDnsResolverArgs,
        resolver: dnsresolver.DnsResolver,
        subnet_id: Input[str],
    ) -> None:
        """The outbound endpoint, and the rules by which the virtual network uses it."""
        context = args.context
        outbound = dnsresolver.OutboundEndpoint(
            f"out-{name}",
            resource_group_name=context.resource_group_name,
            dns_resolver_name=resolver.name,
            subnet=dnsresolver.SubResourceArgs(id=subnet_id),
            tags=context.tags,
            opts=ResourceOptions(parent=self),
        )
        ruleset = dnsresolver.DnsForwardingRuleset(
            f"dnsfrs-{name}",
            resource_group_name=context.resource_group_name,
            dns_resolver_outbound_endpoints=[dnsresolver.SubResourceArgs(id=outbound.id)],
            tags=context.tags,
            opts=ResourceOptions(parent=self),
        )
        for key, rule in sorted(args.settings.forwarding_rules.items()):
            dnsresolver.ForwardingRule(
                f"fr-{name}-{key}",
                resource_group_name=context.resource_group_name,
                dns_forwarding_ruleset_name=ruleset.name,
                domain_name=rule.domain_name,
                target_dns_servers=[
                    dnsresolver.TargetDnsServerArgs(ip_address=str(server), port=53)
                    for server in rule.target_dns_servers
                ],
                forwarding_rule_state=dnsresolver.ForwardingRuleState.ENABLED,
                opts=ResourceOptions(parent=self),
            )
        dnsresolver.PrivateResolverVirtualNetworkLink(
            f"link-{name}",
            resource_group_name=context.resource_group_name,
            dns_forwarding_ruleset_name=ruleset.name,
            virtual_network=dnsresolver.SubResourceArgs(id=args.virtual_network_id),
            opts=ResourceOptions(parent=self),
        )
