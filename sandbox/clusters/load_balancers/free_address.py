"""A free address of a subnet, for load balancers and for nodes."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network


class NoAddressError(Exception):
    """The load balancer cannot be made as wanted; the text is the message of the event that Azure writes."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Error syncing load balancer: failed to ensure load balancer: {reason}")


def first_free(network: IPv4Network | IPv6Network, taken: set[str], skip: int) -> str:
    """The first free address of a subnet.

    Args:
        network: the subnet's range.
        taken: addresses in use.
        skip: how many addresses to pass over at first; the search goes round.

    Raises:
        NoAddressError: there is none.
    """
    # Azure keeps the first four addresses of a subnet and the last one.
    usable = max(network.num_addresses - 5, 0)
    for step in range(usable):
        address = str(network.network_address + 4 + (skip + step) % usable)
        if address not in taken:
            return address
    raise NoAddressError(
        f"Code=SubnetIsFull Message=Subnet with address prefix {network} does not have enough capacity."
    )
