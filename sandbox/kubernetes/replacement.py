"""The fields of a kind that never change in place: the provider replaces the object."""

from __future__ import annotations

from typing import Final

from sandbox.kubernetes.kinds import Object, kind_of

_POD_SPEC: Final = [
    "affinity",
    "automountServiceAccountToken",
    "dnsConfig",
    "dnsPolicy",
    "enableServiceLinks",
    "hostAliases",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "hostname",
    "imagePullSecrets",
    "nodeName",
    "nodeSelector",
    "overhead",
    "preemptionPolicy",
    "priority",
    "priorityClassName",
    "readinessGates",
    "restartPolicy",
    "runtimeClassName",
    "schedulerName",
    "securityContext",
    "serviceAccount",
    "serviceAccountName",
    "shareProcessNamespace",
    "subdomain",
    "terminationGracePeriodSeconds",
    "volumes",
]
_CONTAINER: Final = [
    "args",
    "command",
    "env",
    "image",
    "imagePullPolicy",
    "lifecycle",
    "livenessProbe",
    "ports",
    "readinessProbe",
    "resources",
    "securityContext",
    "stdin",
    "stdinOnce",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "tty",
    "volumeDevices",
    "volumeMounts",
    "workingDir",
]
_VOLUME_SOURCES: Final = [
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "csi",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "glusterfs",
    "hostPath",
    "iscsi",
    "local",
    "nfs",
    "photonPersistentDisk",
    "portworxVolume",
    "quobyte",
    "rbd",
    "scaleIO",
    "storageos",
    "vsphereVolume",
]

# Source: forceNewProperties in pulumi-kubernetes v4, provider/pkg/provider/diff.go. A `*` stands for every
# list item.
_REPLACED_ON_CHANGE: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("apps", "DaemonSet"): ("spec.selector",),
    ("apps", "Deployment"): ("spec.selector",),
    ("apps", "StatefulSet"): (
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    ("batch", "Job"): ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner"),
    ("", "PersistentVolume"): tuple(f"spec.{source}" for source in _VOLUME_SOURCES),
    ("", "PersistentVolumeClaim"): (
        "spec.accessModes",
        "spec.selector",
        "spec.storageClassName",
        "spec.volumeName",
    ),
    ("", "Pod"): (
        tuple(f"spec.{name}" for name in _POD_SPEC)
        + tuple(
            f"spec.{containers}.*.{name}"
            for containers in ("containers", "initContainers")
            for name in _CONTAINER
        )
    ),
    ("", "ResourceQuota"): ("spec.scopes",),
    ("", "Service"): ("spec.clusterIP",),
}


def replaced_on_change(
    obj: Object, mutable_secrets: bool = False, mutable_config_maps: bool = False
) -> tuple[str, ...]:
    """The dotted paths of the fields of which a change replaces the object; each stands for all beneath it.

    Args:
        obj: the object.
        mutable_secrets: the provider's ``enableSecretMutable``.
        mutable_config_maps: the provider's ``enableConfigMapMutable``.
    """
    kind = kind_of(obj)
    identity = ("metadata.name", "metadata.namespace")
    immutable = obj.get("immutable") is True
    if (kind.group, kind.name) == ("", "Secret"):
        return identity + (("type", "stringData", "data") if immutable or not mutable_secrets else ("type",))
    if (kind.group, kind.name) == ("", "ConfigMap"):
        return identity + (("binaryData", "data") if immutable or not mutable_config_maps else ())
    return identity + _REPLACED_ON_CHANGE.get((kind.group, kind.name), ())
