"""The sandbox's Azure in this process, for programs that are recorded: without an engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn, Self

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.azure.provider import AzureNativeProvider
from sandbox.azure.resource_types import of_arm_type
from sandbox.azure.rules.reading import type_of
from sandbox.engine.directory import ROOT_VARIABLE
from sandbox.engine.plugin import to_python, to_struct
from tests.unit.components.azure_answers import SUBSCRIPTION, TENANT


class RefusedError(Exception):
    """Azure refuses a request."""


class SimulatedAzure:
    """Resources are made as azure-native makes them, until one is refused.

    Attributes:
        refused: What Azure has answered to requests that it refuses.
    """

    def __init__(self, directory: Path) -> None:
        self.refused: list[str] = []
        self._provider = AzureNativeProvider()
        # What the provider knows as its connection to the engine.
        self._connection: Any = self
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(ROOT_VARIABLE, str(directory))
            config = {"subscriptionId": SUBSCRIPTION, "tenantId": TENANT, "location": "westeurope"}
            variables = {f"azure-native:config:{name}": value for name, value in config.items()}
            configure = provider_pb2.ConfigureRequest(variables=variables)
            self._provider.Configure(configure, self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._provider.manager.cloud.close()

    def given(self, resources: Mapping[str, Mapping[str, Any]]) -> None:
        """Make resources that others own: azure-native's inputs by id."""
        for resource_id, inputs in resources.items():
            self._provider.manager.put(of_arm_type(type_of(resource_id)), resource_id, inputs)

    def create(self, urn: str, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The id of a new resource, and all that Azure answers about it."""
        check = provider_pb2.CheckRequest(urn=urn, news=to_struct(inputs), randomSeed=b"seed")
        checked = self._provider.Check(check, self._connection)
        for failure in checked.failures:
            self.abort(None, failure.reason)
        create = provider_pb2.CreateRequest(urn=urn, properties=checked.inputs)
        made = self._provider.Create(create, self._connection)
        return made.id, to_python(made.properties)

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What Azure answers to a question."""
        request = provider_pb2.InvokeRequest(tok=token, args=to_struct(arguments))
        return to_python(getattr(self._provider.Invoke(request, self._connection), "return"))

    def set_trailing_metadata(self, _metadata: object) -> None:
        """Called by the provider where a resource is half made."""

    def abort(self, _code: object, details: str) -> NoReturn:
        """Called by the provider where Azure refuses."""
        self.refused.append(details)
        raise RefusedError(details)
