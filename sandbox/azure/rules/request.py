"""What a rule sees: what Azure Resource Manager is asked for, and the cloud as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sandbox.azure.cloud import Cloud

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

    ``properties`` are the azure-native inputs, flat and in camelCase, empty for a read or a delete;
    ``current`` is what the cloud holds (azure-native outputs), ``None`` where there is nothing.
    """

    operation: Operation
    type: str
    id: str
    properties: Mapping[str, Any]
    current: Mapping[str, Any] | None
    cloud: CloudView
    subscription_id: str
