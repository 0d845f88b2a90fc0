"""One cluster, alone, for the tests of clusters."""

from typing import Any, Final

from components.cluster.aks_cluster import AksCluster, AksClusterArgs
from tests.unit.components import stacks
from tests.unit.components.azure_answers import TENANT
from tests.unit.components.recording import Recording

GROUP: Final = "rg-of-the-test"

SYSTEM_POOL: Final = {
    "name": "system",
    "mode": "System",
    "type": "VirtualMachineScaleSets",
    "vmSize": "Standard_D4ds_v5",
    "enableAutoScaling": True,
    "count": 3,
    "minCount": 3,
    "maxCount": 5,
    "availabilityZones": ["1", "2", "3"],
    "maxPods": 250,
    "nodeLabels": {"aks-platform/node-pool": "system"},
    "orchestratorVersion": "1.36",
    "osDiskSizeGB": 128,
    "osDiskType": "Ephemeral",
    "osSKU": "Ubuntu",
    "osType": "Linux",
    "upgradeSettings": {"maxSurge": "10%", "drainTimeoutInMinutes": 30, "nodeSoakDurationInMinutes": 0},
    "vnetSubnetID": "/subnets/nodes",
    "tags": stacks.TAGS,
}


def record_cluster(
    *, dedicated: bool = False, zones: tuple[str, ...] = ("3", "1", "2"), **keys: Any
) -> Recording:
    """A cluster whose stack file holds these sections."""
    stack = stacks.settings(**keys)
    return stacks.record_component(
        AksCluster,
        AksClusterArgs(
            settings=stack.cluster,
            network=stack.network,
            access=stack.access,
            monitoring=stack.monitoring,
            dedicated_system_pool=dedicated,
            availability_zones=zones,
            tenant_id=TENANT,
            control_plane_identity_id="/identities/controlplane",
            kubelet_identity_id="/identities/kubelet",
            kubelet_client_id="client-of-kubelet",
            kubelet_principal_id="principal-of-kubelet",
            node_subnet_id="/subnets/nodes",
            egress_addresses=["203.0.113.4"],
            api_server_subnet_id="/subnets/apiserver",
            resource_group_name=GROUP,
            tags=stacks.TAGS,
        ),
    )


def inputs_of(**keys: Any) -> Any:
    """What the ManagedCluster itself is asked for."""
    return record_cluster(**keys)["aks-platform-dev"].inputs
