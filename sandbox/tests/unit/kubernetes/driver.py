"""A `kubernetes` provider in this process, driven as the engine drives it, and what its cloud holds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from sandbox.azure.cloud import Cloud, Resource
from sandbox.engine.plugin import to_python, to_struct
from sandbox.kubernetes.engine_log import EngineLog
from sandbox.kubernetes.provider import KubernetesProvider

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-platform"
NODE_GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-platform-nodes"
CLUSTER_ID = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-platform"
SUBNET_ID = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes"
IDENTITY_ID = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-aks"
PRINCIPAL = "00000000-0000-0000-0000-0000000000aa"
HOST = "aks-platform-1a2b3c4d.hcp.westeurope.azmk8s.io"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"

NAMESPACE = "kubernetes:core/v1:Namespace"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
SERVICE = "kubernetes:core/v1:Service"
RELEASE = "kubernetes:helm.sh/v3:Release"


def kubeconfig(host: str = HOST, user: str = "clusterUser", namespace: str = "default") -> str:
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "aks",
            "contexts": [
                {"name": "aks", "context": {"cluster": "aks", "user": user, "namespace": namespace}}
            ],
            "clusters": [{"name": "aks", "cluster": {"server": f"https://{host}:443"}}],
            "users": [{"name": user, "user": {"exec": {"command": "kubelogin"}}}],
        }
    )


def urn(type_token: str, name: str) -> str:
    return f"urn:pulumi:dev::aks-platform::{type_token}::{name}"


def deployment(**spec: Any) -> dict[str, Any]:
    labels = {"app": "web"}
    pod = {"containers": [{"name": "web", "image": "nginx:1.29"}]}
    template = {"metadata": {"labels": labels}, "spec": pod}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {},
        "spec": {"selector": {"matchLabels": labels}, "template": template, **spec},
    }


def service(annotations: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", **({"annotations": annotations} if annotations else {})},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}], **spec},
    }


class AbortedError(Exception):
    """What the engine would get as an error."""


class _Context:
    def set_trailing_metadata(self, metadata: Any) -> None:
        self.metadata = metadata

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        raise AbortedError(details)


class RecordingLog(EngineLog):
    """The engine's display, as a list of warnings."""

    def __init__(self) -> None:
        super().__init__(None)
        self.warnings: list[str] = []

    def warning(self, urn: str, message: str) -> None:
        self.warnings.append(message)


@dataclass
class Made:
    """A resource as the engine's state has it."""

    urn: str
    id: str
    inputs: Any
    state: Any

    @property
    def outputs(self) -> dict[str, Any]:
        return to_python(self.state)


@dataclass
class Driver:
    """Speaks the engine's side of the protocol."""

    cloud: Cloud
    provider: KubernetesProvider
    log: RecordingLog
    namespace: str = "default"
    context: Any = field(default_factory=_Context)

    def configure(self, **variables: str) -> None:
        prefixed = {f"kubernetes:config:{key}": value for key, value in variables.items()}
        self.provider.Configure(provider_pb2.ConfigureRequest(variables=prefixed), self.context)

    def check(self, type_token: str, name: str, inputs: dict[str, Any], old: Any = None) -> Any:
        request = provider_pb2.CheckRequest(
            urn=urn(type_token, name), news=to_struct(inputs), olds=old, randomSeed=b"seed"
        )
        return self.provider.Check(request, self.context)

    def checked(self, type_token: str, name: str, inputs: dict[str, Any]) -> dict[str, Any]:
        return to_python(self.check(type_token, name, inputs).inputs, keep_secrets=True)

    def make(self, type_token: str, name: str, inputs: dict[str, Any]) -> Made:
        checked = self.check(type_token, name, inputs)
        assert not checked.failures
        request = provider_pb2.CreateRequest(urn=urn(type_token, name), properties=checked.inputs)
        answer = self.provider.Create(request, self.context)
        return Made(request.urn, answer.id, checked.inputs, answer.properties)

    def preview(self, type_token: str, name: str, inputs: dict[str, Any]) -> dict[str, Any]:
        checked = self.check(type_token, name, inputs)
        request = provider_pb2.CreateRequest(
            urn=urn(type_token, name), properties=checked.inputs, preview=True
        )
        return to_python(self.provider.Create(request, self.context).properties)

    def recheck(self, made: Made, inputs: dict[str, Any]) -> Any:
        request = provider_pb2.CheckRequest(
            urn=made.urn, news=to_struct(inputs), olds=made.inputs, randomSeed=b"other"
        )
        return self.provider.Check(request, self.context).inputs

    def diff(self, made: Made, inputs: dict[str, Any], ignored: list[str] | None = None) -> Any:
        request = provider_pb2.DiffRequest(
            urn=made.urn,
            id=made.id,
            olds=made.state,
            news=self.recheck(made, inputs),
            ignoreChanges=ignored or [],
        )
        return self.provider.Diff(request, self.context)

    def update(self, made: Made, inputs: dict[str, Any]) -> Made:
        news = self.recheck(made, inputs)
        request = provider_pb2.UpdateRequest(urn=made.urn, id=made.id, olds=made.state, news=news)
        return Made(made.urn, made.id, news, self.provider.Update(request, self.context).properties)

    def read(self, made: Made) -> Made | None:
        request = provider_pb2.ReadRequest(
            urn=made.urn, id=made.id, properties=made.state, inputs=made.inputs
        )
        answer = self.provider.Read(request, self.context)
        return Made(made.urn, answer.id, answer.inputs, answer.properties) if answer.id else None

    def delete(self, made: Made) -> None:
        request = provider_pb2.DeleteRequest(urn=made.urn, id=made.id, properties=made.state)
        assert isinstance(self.provider.Delete(request, self.context), empty_pb2.Empty)

    def invoke(self, token: str, arguments: dict[str, Any]) -> Any:
        request = provider_pb2.InvokeRequest(tok=token, args=to_struct(arguments))
        return to_python(getattr(self.provider.Invoke(request, self.context), "return"))["result"]

    def reasons(self) -> list[str]:
        """Why the resource that was made or changed last did not become ready."""
        return list(self._init_failed().reasons)

    def failed(self, type_token: str, name: str, inputs: dict[str, Any]) -> Made:
        """The resource that was made last and did not become ready, as the engine keeps it."""
        detail = self._init_failed()
        checked = self.check(type_token, name, inputs)
        assert detail.inputs == checked.inputs
        return Made(urn(type_token, name), detail.id, detail.inputs, detail.properties)

    def _init_failed(self) -> provider_pb2.ErrorResourceInitFailed:
        detail = provider_pb2.ErrorResourceInitFailed()
        assert status_pb2.Status.FromString(self.context.metadata[0][1]).details[0].Unpack(detail)
        return detail


def put_cluster(cloud: Cloud, **properties: Any) -> None:
    cloud.put(
        Resource(
            id=CLUSTER_ID,
            type="Microsoft.ContainerService/managedClusters",
            name="aks-platform",
            location="westeurope",
            properties={
                "fqdn": HOST,
                "kubernetesVersion": "1.36",
                "nodeResourceGroup": "rg-platform-nodes",
                "identity": {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY_ID: {}}},
                "agentPoolProfiles": [{"name": "system", "count": 3, "vnetSubnetID": SUBNET_ID}],
                "networkProfile": {"serviceCidr": "10.0.0.0/16", "dnsServiceIP": "10.0.0.10"},
                **properties,
            },
        )
    )


def put_public_ip(
    cloud: Cloud, group: str = GROUP, location: str = "westeurope", sku: str = "Standard"
) -> str:
    public_ip_id = f"{group}/providers/Microsoft.Network/publicIPAddresses/pip-ingress"
    cloud.put(
        Resource(
            id=public_ip_id,
            type="Microsoft.Network/publicIPAddresses",
            name="pip-ingress",
            location=location,
            properties={"ipAddress": "203.0.113.7", "sku": {"name": sku}, "location": location},
        )
    )
    return public_ip_id


def put_role_assignment(cloud: Cloud, scope: str, role: str = NETWORK_CONTRIBUTOR) -> None:
    assignment_id = (
        f"{scope}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-0000000000bb"
    )
    definition = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    cloud.put(
        Resource(
            id=assignment_id,
            type="Microsoft.Authorization/roleAssignments",
            name=assignment_id.rpartition("/")[2],
            properties={"principalId": PRINCIPAL, "roleDefinitionId": definition, "scope": scope},
        )
    )
