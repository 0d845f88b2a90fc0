"""What AKS and the stack file ask of a subnet that exists already. Pure.

https://learn.microsoft.com/azure/aks/configure-azure-cni#prerequisites
"""

from collections.abc import Iterator
from typing import Any

from components.network.subnets import Subnet
from settings.errors import RefusedError


def suitable_id(name: str, subnet: Subnet, outbound_type: str, found: Any) -> str:  # noqa: ANN401 - Pulumi's
    """The id of ``subnet``, which Azure describes as ``found``, a GetSubnetResult.

    Raises RefusedError, with all that does not suit: another range, a delegation too few or too many, no NAT
    gateway or route table although ``outbound_type`` relies on one.
    """
    problems = [f"\n  - {problem}" for problem in _problems(subnet, outbound_type, found)]
    if problems:
        raise RefusedError(f"network.subnets.{name}: {subnet.id} does not suit." + "".join(problems))
    return str(subnet.id)


def _problems(subnet: Subnet, outbound_type: str, found: Any) -> Iterator[str]:  # noqa: ANN401 - Pulumi's
    """What the owner of the subnet, or the stack file, has to change."""
    prefixes = found.address_prefixes or [found.address_prefix]
    ranges = {"addressPrefix": subnet.prefix, "addressPrefixIpv6": subnet.ipv6_prefix}
    for key, range_ in ranges.items():
        if range_ and str(range_) not in prefixes:
            known = [each for each in prefixes if (":" in each) == (":" in str(range_))]
            yield (
                f"Its range is {', '.join(known)}: write that as {key}."
                if known
                else f"It has no IPv6 range: its owner must add {range_}, or take IPv6 out of ipFamilies."
            )
    services = [delegation.service_name for delegation in found.delegations or ()]
    wanted = subnet.slot.delegated_to
    if wanted and wanted not in services:
        yield f"It is not delegated to {wanted}: its owner must do that."
    if services and not wanted:
        yield f"It is delegated to {', '.join(services)}, which has it for itself: choose another subnet."
    relied_on = {
        "userAssignedNATGateway": ("NAT gateway", found.nat_gateway),
        "userDefinedRouting": ("route table", found.route_table),
    }
    what, there = relied_on.get(outbound_type, ("", True))
    if subnet.slot.egress and not there:
        yield f"It has no {what}: its owner must attach one, or choose another kind of egress."
