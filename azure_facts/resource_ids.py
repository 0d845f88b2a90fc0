"""What the ARM id of a resource says."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True)
class ResourceId:
    """The parts of the id of a resource in a resource group."""

    subscription_id: str
    resource_group_name: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an id of the form ``/subscriptions/<guid>/resourceGroups/<name>/providers/.../<name>``."""
        _, _, subscription_id, _, resource_group_name, *_, name = text.split("/")
        return cls(subscription_id=subscription_id, resource_group_name=resource_group_name, name=name)
