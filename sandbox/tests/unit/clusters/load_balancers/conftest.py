"""What the cloud holds of one cluster, as its load balancers know it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.azure.cloud import Cloud, Resource

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-platform"
NODE_GROUP = f"{SUBSCRIPTION}/resourceGroups/rg-platform-nodes"
CLUSTER_ID = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-platform"
SUBNET_ID = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes"
IDENTITY_ID = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-aks"
PRINCIPAL = "00000000-0000-0000-0000-0000000000aa"
HOST = "aks-platform-1a2b3c4d.hcp.westeurope.azmk8s.io"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"


def service(annotations: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", **({"annotations": annotations} if annotations else {})},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 80}], **spec},
    }


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


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with Cloud.open(tmp_path / "cloud.sqlite") as opened:
        put_cluster(opened)
        opened.put(
            Resource(
                id=IDENTITY_ID,
                type="Microsoft.ManagedIdentity/userAssignedIdentities",
                name="id-aks",
                location="westeurope",
                properties={"principalId": PRINCIPAL},
            )
        )
        opened.put(
            Resource(
                id=SUBNET_ID,
                type="Microsoft.Network/virtualNetworks/subnets",
                name="nodes",
                properties={"addressPrefix": "10.224.0.0/24"},
            )
        )
        yield opened
