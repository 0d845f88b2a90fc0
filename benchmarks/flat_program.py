"""What people write without components: prod in one file, of plain constructor calls with literal values.

A separate Pulumi program, run beside ours. A unit test holds it to the resources that ours asks for. The
config value `pools` adds node pools.
"""

import base64
import uuid

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import (
    authorization,
    containerregistry,
    managedidentity,
    monitor,
    network,
    operationalinsights,
    resources,
)
from pulumi_azure_native import containerservice as aks

NAME = "platform-prod"
LOCATION = "westeurope"
ZONES = ["1", "2", "3"]
TAGS = {"cost-center": "production", "criticality": "high", "environment": "prod", "workload": "platform"}
NODES, PODS = "10.226.0.0/17", "10.244.0.0/16"
SUBNETS = {
    "nodes": NODES,
    "apiserver": "10.226.130.0/28",
    "privateendpoints": "10.226.128.0/24",
    "ingress": "10.226.129.0/24",
}
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
MANAGED_IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"

protected = pulumi.ResourceOptions(protect=True)
account = authorization.get_client_config()
group = resources.ResourceGroup(f"rg-{NAME}", tags=TAGS, opts=protected)
here = {"resource_group_name": group.name, "tags": TAGS, "opts": protected}


def public_ip(suffix: str, group_name: pulumi.Input[str]) -> network.PublicIPAddress:
    """A static address."""
    return network.PublicIPAddress(
        f"pip-{NAME}-{suffix}",
        resource_group_name=group_name,
        sku={"name": "Standard"},
        public_ip_allocation_method="Static",
        zones=ZONES,
        tags=TAGS,
        opts=protected,
    )


vnet = network.VirtualNetwork(f"vnet-{NAME}", address_space={"address_prefixes": ["10.226.0.0/16"]}, **here)
nat_gateway = network.NatGateway(
    f"ng-{NAME}",
    sku={"name": "Standard"},
    public_ip_addresses=[{"id": public_ip(f"egress-{number}", group.name).id} for number in (1, 2)],
    **here,
)
node_rules = [
    network.SecurityRuleArgs(
        name=name,
        priority=priority,
        direction="Inbound",
        access="Allow",
        protocol="*",
        source_address_prefix=source,
        source_port_range="*",
        destination_address_prefix=destination,
        destination_port_ranges=ports,
    )
    for name, priority, source, destination, ports in (
        ("AllowWebFromInternet", 1000, "Internet", "*", ["80", "443"]),
        ("AllowPodsToPods", 1100, PODS, PODS, ["0-65535"]),
        ("AllowNodesToPods", 1200, NODES, PODS, ["0-65535"]),
        ("AllowPodsToNodes", 1300, PODS, NODES, ["0-65535"]),
    )
]
subnets: dict[str, network.Subnet] = {}
for role, prefix in SUBNETS.items():
    rules = node_rules if role == "nodes" else []
    security_group = network.NetworkSecurityGroup(f"nsg-{NAME}-{role}", security_rules=rules, **here)
    delegation = network.DelegationArgs(
        name="apiserver", service_name="Microsoft.ContainerService/managedClusters"
    )
    subnets[role] = network.Subnet(
        f"snet-{NAME}-{role}",
        resource_group_name=group.name,
        virtual_network_name=vnet.name,
        address_prefix=prefix,
        network_security_group={"id": security_group.id},
        nat_gateway={"id": nat_gateway.id} if role == "nodes" else None,
        delegations=[delegation] if role == "apiserver" else None,
        default_outbound_access=False,
        # Azure changes one subnet of a network at a time.
        opts=pulumi.ResourceOptions(protect=True, depends_on=list(subnets.values())[-1:]),
    )

registry = containerregistry.Registry(
    "acrplatformprod",
    sku={"name": "Premium"},
    policies={"retention_policy": {"days": 30, "status": "enabled"}},
    **here,
)
control_plane, kubelet = (
    managedidentity.UserAssignedIdentity(f"id-{NAME}-{role}", resource_group_name=group.name, tags=TAGS)
    for role in ("controlplane", "kubelet")
)


def grant(
    to: managedidentity.UserAssignedIdentity, role: str, suffix: str, scope: pulumi.Input[str]
) -> pulumi.Resource:
    """A role at a scope."""
    return authorization.RoleAssignment(
        f"ra-{NAME}-{suffix}",
        role_assignment_name=str(uuid.uuid5(uuid.NAMESPACE_URL, suffix)),
        principal_id=to.principal_id,
        principal_type="ServicePrincipal",
        role_definition_id=f"/subscriptions/{account.subscription_id}"
        f"/providers/Microsoft.Authorization/roleDefinitions/{role}",
        scope=scope,
    )


rights = [
    grant(control_plane, NETWORK_CONTRIBUTOR, "nodes", subnets["nodes"].id),
    grant(control_plane, MANAGED_IDENTITY_OPERATOR, "kubelet", kubelet.id),
]
grant(kubelet, ACR_PULL, "acrpull", registry.id)

pool = {
    "type": "VirtualMachineScaleSets",
    "availability_zones": ZONES,
    "max_pods": 250,
    "orchestrator_version": "1.36",
    "os_disk_size_gb": 128,
    "os_sku": "Ubuntu",
    "os_type": "Linux",
    "upgrade_settings": {"drain_timeout_in_minutes": 30, "max_surge": "10%"},
    "vnet_subnet_id": subnets["nodes"].id,
    "tags": TAGS,
}
cluster = aks.ManagedCluster(
    f"aks-{NAME}",
    resource_group_name=group.name,
    dns_prefix=NAME,
    kubernetes_version="1.36",
    sku={"name": "Base", "tier": "Standard"},
    identity={"type": aks.ResourceIdentityType.USER_ASSIGNED, "user_assigned_identities": [control_plane.id]},
    identity_profile={
        "kubeletidentity": {
            "client_id": kubelet.client_id,
            "object_id": kubelet.principal_id,
            "resource_id": kubelet.id,
        }
    },
    aad_profile={
        "managed": True,
        "enable_azure_rbac": True,
        "admin_group_object_ids": ["00000000-0000-0000-0000-000000000000"],
        "tenant_id": account.tenant_id,
    },
    enable_rbac=True,
    disable_local_accounts=True,
    oidc_issuer_profile={"enabled": True},
    security_profile={
        "image_cleaner": {"enabled": True, "interval_hours": 168},
        "workload_identity": {"enabled": True},
    },
    addon_profiles={
        "azurepolicy": {"enabled": True},
        "azureKeyvaultSecretsProvider": {"enabled": True, "config": {"enableSecretRotation": "true"}},
    },
    agent_pool_profiles=[
        aks.ManagedClusterAgentPoolProfileArgs(
            **pool,
            name="system",
            mode="System",
            vm_size="Standard_D4ds_v5",
            count=3,
            enable_auto_scaling=True,
            min_count=3,
            max_count=5,
            node_taints=["CriticalAddonsOnly=true:NoSchedule"],
        )
    ],
    auto_scaler_profile={"balance_similar_node_groups": "true", "expander": "least-waste"},
    auto_upgrade_profile={"node_os_upgrade_channel": "NodeImage", "upgrade_channel": "patch"},
    azure_monitor_profile={"metrics": {"enabled": True}},
    metrics_profile={"cost_analysis": {"enabled": True}},
    network_profile={
        "network_plugin": "azure",
        "network_plugin_mode": "overlay",
        "network_dataplane": "cilium",
        "network_policy": "cilium",
        "outbound_type": "userAssignedNATGateway",
        "load_balancer_sku": "standard",
        "pod_cidr": PODS,
        "service_cidr": "10.0.0.0/16",
        "dns_service_ip": "10.0.0.10",
    },
    tags=TAGS,
    opts=pulumi.ResourceOptions(protect=True, depends_on=rights),
)
for window in ("aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"):
    aks.MaintenanceConfiguration(
        f"mc-{NAME}-{window.lower()}",
        resource_group_name=group.name,
        resource_name_=cluster.name,
        config_name=window,
        maintenance_window={
            "duration_hours": 8,
            "start_time": "02:00",
            "schedule": {"weekly": {"day_of_week": "Saturday", "interval_weeks": 1}},
        },
        opts=protected,
    )
in_cluster = {"resource_group_name": group.name, "resource_name_": cluster.name, "mode": "User", **pool}
general = aks.AgentPool(
    f"np-{NAME}-general",
    agent_pool_name="general",
    vm_size="Standard_D8ds_v5",
    enable_auto_scaling=True,
    min_count=3,
    max_count=30,
    node_labels={"aks-platform/node-pool": "general"},
    **in_cluster,
)
last = aks.AgentPool(
    f"np-{NAME}-a100",
    agent_pool_name="a100",
    vm_size="Standard_NC24ads_A100_v4",
    enable_auto_scaling=True,
    min_count=0,
    max_count=4,
    node_labels={"aks-platform/node-pool": "a100", "aks-platform/nvidia-device-plugin": "none"},
    node_taints=["sku=gpu:NoSchedule"],
    gpu_profile={"driver": "Install"},
    # Azure changes one pool of a cluster at a time.
    opts=pulumi.ResourceOptions(depends_on=general),
    **in_cluster,
)
for number in range(pulumi.Config().get_int("pools") or 0):
    last = aks.AgentPool(
        f"np-{NAME}-more{number}",
        agent_pool_name=f"more{number}",
        vm_size="Standard_D4ds_v5",
        count=0,
        node_labels={"aks-platform/node-pool": f"more{number}"},
        opts=pulumi.ResourceOptions(depends_on=last),
        **in_cluster,
    )

streams = ["Microsoft-PrometheusMetrics"]
metrics = {**here, "location": LOCATION}
workspace = monitor.AzureMonitorWorkspace(f"amw-{NAME}", **metrics)
endpoint = monitor.DataCollectionEndpoint(f"dce-{NAME}", kind="Linux", **metrics)
rule = monitor.DataCollectionRule(
    f"dcr-{NAME}",
    kind="Linux",
    data_collection_endpoint_id=endpoint.id,
    data_sources={"prometheus_forwarder": [{"name": "PrometheusDataSource", "streams": streams}]},
    destinations={
        "monitoring_accounts": [{"account_resource_id": workspace.id, "name": "MonitoringAccount1"}]
    },
    data_flows=[{"destinations": ["MonitoringAccount1"], "streams": streams}],
    **metrics,
)
monitor.DataCollectionRuleAssociation(
    f"dcra-{NAME}", data_collection_rule_id=rule.id, resource_uri=cluster.id, opts=protected
)

logs = operationalinsights.Workspace(f"log-{NAME}", sku={"name": "PerGB2018"}, retention_in_days=90, **here)
monitor.DiagnosticSetting(
    f"diag-{NAME}",
    resource_uri=cluster.id,
    workspace_id=logs.id,
    log_analytics_destination_type="Dedicated",
    logs=[{"category": category, "enabled": True} for category in ("kube-audit-admin", "guard")],
    opts=protected,
)

credentials = aks.list_managed_cluster_user_credentials_output(
    resource_group_name=group.name, resource_name=cluster.name
)
kubeconfig = credentials.kubeconfigs[0].value.apply(lambda text: base64.b64decode(text).decode())
provider = kubernetes.Provider(
    f"k8s-{NAME}", kubeconfig=pulumi.Output.secret(kubeconfig), cluster_identifier=cluster.id
)
inside = pulumi.ResourceOptions(provider=provider)
gpu_namespace = kubernetes.core.v1.Namespace(
    f"ns-{NAME}-gpu", metadata={"name": "gpu-resources"}, opts=inside
)

plugin = {"app.kubernetes.io/name": "nvidia-device-plugin"}
sockets = "/var/lib/kubelet/device-plugins"
kubernetes.apps.v1.DaemonSet(
    f"ds-{NAME}-nvidia",
    metadata={"name": "nvidia-device-plugin", "namespace": "gpu-resources", "labels": plugin},
    spec={
        "selector": {"match_labels": plugin},
        "template": {
            "metadata": {"labels": plugin},
            "spec": {
                "priority_class_name": "system-node-critical",
                "node_selector": {"aks-platform/nvidia-device-plugin": "none"},
                "tolerations": [{"operator": "Exists"}],
                "containers": [
                    {
                        "name": "nvidia-device-plugin",
                        "image": "nvcr.io/nvidia/k8s-device-plugin:v0.18.0",
                        "resources": {"requests": {"cpu": "10m"}, "limits": {"memory": "256Mi"}},
                        "volume_mounts": [{"name": "device-plugins", "mount_path": sockets}],
                    }
                ],
                "volumes": [{"name": "device-plugins", "host_path": {"path": sockets}}],
            },
        },
    },
    opts=pulumi.ResourceOptions(provider=provider, depends_on=[gpu_namespace]),
)
ingress_group = resources.ResourceGroup(f"rg-{NAME}-ingress", tags=TAGS, opts=protected)
address = public_ip("ingress", ingress_group.name)
ingress_right = grant(control_plane, NETWORK_CONTRIBUTOR, "ingress", ingress_group.id)
ingress_namespace = kubernetes.core.v1.Namespace(
    f"ns-{NAME}-ingress", metadata={"name": "nginx-ingress"}, opts=inside
)
for namespace in ("gpu-resources", "nginx-ingress"):
    kubernetes.networking.v1.NetworkPolicy(
        f"netpol-{NAME}-{namespace}",
        metadata={"name": "default-deny", "namespace": namespace},
        spec={"pod_selector": {}, "policy_types": ["Ingress", "Egress"]},
        opts=pulumi.ResourceOptions(provider=provider, depends_on=[gpu_namespace, ingress_namespace]),
    )
kubernetes.networking.v1.NetworkPolicy(
    f"netpol-{NAME}-controller",
    metadata={"name": "controller", "namespace": "nginx-ingress"},
    spec={
        "pod_selector": {},
        "policy_types": ["Ingress", "Egress"],
        "ingress": [{"ports": [{"port": 80}, {"port": 443}, {"port": 8081}]}],
        "egress": [{"to": [{"namespace_selector": {}}]}],
    },
    opts=pulumi.ResourceOptions(provider=provider, depends_on=[ingress_namespace]),
)
kubernetes.scheduling.v1.PriorityClass(f"pc-{NAME}-ingress", value=1_000_000, opts=inside)
definitions = kubernetes.yaml.v2.ConfigGroup(
    f"crds-{NAME}-ingress",
    files=["https://raw.githubusercontent.com/nginx/kubernetes-ingress/v5.5.4/deploy/crds.yaml"],
    opts=inside,
)
kubernetes.helm.v3.Release(
    f"helm-{NAME}-ingress",
    namespace="nginx-ingress",
    chart="oci://ghcr.io/nginx/charts/nginx-ingress",
    version="2.6.4",
    atomic=True,
    skip_crds=True,
    values={
        "controller": {
            "replicaCount": 3,
            "podDisruptionBudget": {"enabled": True, "maxUnavailable": 1},
            "service": {
                "externalTrafficPolicy": "Local",
                "annotations": {
                    "service.beta.kubernetes.io/azure-load-balancer-resource-group": ingress_group.name,
                    "service.beta.kubernetes.io/azure-pip-name": address.name,
                },
            },
        },
    },
    opts=pulumi.ResourceOptions(
        provider=provider, depends_on=[ingress_namespace, ingress_right, definitions]
    ),
)
