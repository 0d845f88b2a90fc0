"""The network policy that a namespace of ours begins with."""

import pulumi
from pulumi import ResourceOptions
from pulumi_kubernetes import core, meta, networking


def default_deny(
    name: str, namespace: core.v1.Namespace, *, parent: pulumi.Resource
) -> networking.v1.NetworkPolicy:
    """Nothing comes in and nothing goes out, but for what other policies of the namespace allow.

    https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies
    """
    return networking.v1.NetworkPolicy(
        name,
        metadata=meta.v1.ObjectMetaArgs(name="default-deny", namespace=namespace.metadata.name),
        spec=networking.v1.NetworkPolicySpecArgs(
            pod_selector=meta.v1.LabelSelectorArgs(), policy_types=["Ingress", "Egress"]
        ),
        opts=ResourceOptions(parent=parent),
    )
