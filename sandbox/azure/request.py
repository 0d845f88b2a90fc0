"""What Azure Resource Manager is asked for, and the cloud as it is: what rules, faults and answers see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sandbox.azure.cloud import Cloud, normalized_location

Operation = Literal["create", "read", "update", "delete"]


class CloudView:
    """The cloud as one request sees it: each question is put to the real one only once.

    It answers like :class:`~sandbox.azure.cloud.Cloud`, and is only good while nothing is written.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.get = cache(cloud.get)
        self.children = cache(cloud.children)
        self.of_type = cache(cloud.of_type)
        self.referencing = cache(cloud.referencing)


@dataclass(frozen=True)
class Request:
    """One thing that Azure Resource Manager is asked for; rules apply to writes only.

    ``properties`` are the azure-native inputs without what is in the id, flat and in camelCase, empty for a
    read or a delete; ``current`` is what the cloud holds (azure-native outputs), empty where it has nothing.
    """

    operation: Operation
    type: str
    id: str
    properties: Mapping[str, Any]
    current: Mapping[str, Any]
    cloud: CloudView
    subscription_id: str
    tenant_id: str

    @property
    def name(self) -> str:
        """Last segment of the id."""
        return self.id.rpartition("/")[2]

    @property
    def location(self) -> str:
        """The requested location, as Azure spells it; empty for resources without one."""
        return normalized_location(self.properties.get("location")) or ""
