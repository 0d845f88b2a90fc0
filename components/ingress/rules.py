"""How an ingress controller stays reachable."""

from components.ingress.settings import NginxIngressSettings
from components.settings import Settings
from settings.rules import Refusals, rule, warn


@rule
def a_protected_stack_has_two_replicas(ingress: NginxIngressSettings, stack: Settings) -> Refusals:
    """Warns of a single replica of the ingress controller in a protected stack."""
    if stack.protect and ingress.replicas == 1:
        reason = "nothing answers while its only node is replaced, in every upgrade"
        yield warn("replicas", "at least 2 with protect true", reason, "replicas: 3")
