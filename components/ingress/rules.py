"""How an ingress controller stays reachable, and the ways out that it goes with."""

from components.ingress.settings import IngressSettings, NginxIngressSettings
from components.settings import Settings
from settings.rules import Refusals, refuse, rule, warn


@rule
def a_protected_stack_has_two_replicas(ingress: NginxIngressSettings, stack: Settings) -> Refusals:
    """Warns of a single replica of the ingress controller in a protected stack."""
    if stack.protect and ingress.replicas == 1:
        reason = "every upgrade replaces its node, and nothing answers meanwhile"
        yield warn("replicas", "at least 2 with protect true", reason, "replicas: 3")


@rule
def answers_go_back_the_way_that_requests_came(ingress: IngressSettings, stack: Settings) -> Refusals:
    """Where all traffic is routed to an appliance or a firewall, no ingress has a public address."""
    egress = stack.network.egress
    if ingress.open_to_internet and egress.outbound_type == "userDefinedRouting":
        limit = f"an ingress without a public address with network.egress.kind {egress.kind}"
        reason = "answers would leave through the appliance, not through the load balancer, and be lost"
        yield refuse("kind", limit, reason, "kind: none")
