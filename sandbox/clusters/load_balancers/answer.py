"""What the load balancer answers a Service: a frontend, or that there is none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Frontend:
    """What the load balancer answers to.

    Attributes:
        address: the IPv4 address.
        resource_id: id of the public IP address or the subnet that it is of; empty for an address that Azure
            made itself.
    """

    address: str
    resource_id: str = ""


class NoAddressError(Exception):
    """The load balancer cannot be made as wanted; the text is the message of the event that Azure writes."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Error syncing load balancer: failed to ensure load balancer: {reason}")
