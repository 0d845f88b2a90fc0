from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.azure.provider import AzureNativeProvider
from sandbox.engine.plugin import to_python, to_struct

SUBSCRIPTION_ID = "00000000-0000-0000-0000-000000000001"


class ProviderAborted(Exception):  # noqa: N818 - what gRPC does
    pass


class Context:
    def set_trailing_metadata(self, metadata: Any) -> None:
        pass

    def abort(self, code: Any, details: str) -> None:
        raise ProviderAborted(details)


@dataclass(frozen=True)
class Made:
    id: str
    urn: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


class Engine:
    """Calls the provider as the Pulumi engine does."""

    def __init__(self, config: Mapping[str, str]) -> None:
        self.provider = AzureNativeProvider()
        self.context: Any = Context()
        variables = {f"azure-native:config:{name}": value for name, value in config.items()}
        self.provider.Configure(provider_pb2.ConfigureRequest(variables=variables), self.context)

    def check(
        self,
        token: str,
        name: str,
        inputs: Mapping[str, Any],
        olds: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> tuple[dict[str, Any], list[str]]:
        response = self.provider.Check(
            provider_pb2.CheckRequest(
                urn=self.urn(token, name),
                news=to_struct(inputs),
                olds=to_struct(olds or {}),
                randomSeed=b"seed",
                **more,
            ),
            self.context,
        )
        return to_python(response.inputs), [failure.reason for failure in response.failures]

    def create(self, token: str, name: str, inputs: Mapping[str, Any]) -> Made:
        checked, failures = self.check(token, name, inputs)
        assert failures == []
        urn = self.urn(token, name)
        request = provider_pb2.CreateRequest(urn=urn, properties=to_struct(checked))
        response = self.provider.Create(request, self.context)
        return Made(response.id, urn, checked, to_python(response.properties))

    def preview(self, token: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        request = provider_pb2.CreateRequest(
            urn=self.urn(token, name), properties=to_struct(inputs), preview=True
        )
        return to_python(self.provider.Create(request, self.context).properties)

    def update(self, made: Made, inputs: Mapping[str, Any], *, preview: bool = False) -> dict[str, Any]:
        request = provider_pb2.UpdateRequest(
            urn=made.urn,
            id=made.id,
            olds=to_struct(made.outputs),
            old_inputs=to_struct(made.inputs),
            news=to_struct(inputs),
            preview=preview,
        )
        return to_python(self.provider.Update(request, self.context).properties)

    def diff(self, made: Made, inputs: Mapping[str, Any]) -> provider_pb2.DiffResponse:
        request = provider_pb2.DiffRequest(
            urn=made.urn,
            id=made.id,
            olds=to_struct(made.outputs),
            old_inputs=to_struct(made.inputs),
            news=to_struct(inputs),
        )
        return self.provider.Diff(request, self.context)

    def read(self, made: Made) -> Made | None:
        request = provider_pb2.ReadRequest(
            urn=made.urn, id=made.id, properties=to_struct(made.outputs), inputs=to_struct(made.inputs)
        )
        response = self.provider.Read(request, self.context)
        if not response.id:
            return None
        return Made(response.id, made.urn, to_python(response.inputs), to_python(response.properties))

    def delete(self, made: Made) -> None:
        self.provider.Delete(provider_pb2.DeleteRequest(urn=made.urn, id=made.id), self.context)

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        request = provider_pb2.InvokeRequest(tok=f"azure-native:{token}", args=to_struct(arguments))
        return to_python(getattr(self.provider.Invoke(request, self.context), "return"))

    @staticmethod
    def urn(token: str, name: str) -> str:
        return f"urn:pulumi:dev::project::parent:module:Type$azure-native:{token}::{name}"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setenv("AKS_PLATFORM_SANDBOX", str(tmp_path))
    monkeypatch.setenv("ARM_SUBSCRIPTION_ID", SUBSCRIPTION_ID)
    monkeypatch.setenv("ARM_TENANT_ID", "00000000-0000-0000-0000-000000000002")
    return Engine({"location": "westeurope"})


@pytest.fixture
def group(engine: Engine) -> Made:
    return engine.create("resources:ResourceGroup", "rg", {"resourceGroupName": "rg"})
