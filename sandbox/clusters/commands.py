"""The command lines of a control plane's programs: one small cluster that only this computer reaches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from sandbox.clusters.files import Choices, Files, write_privately

FAKE_NODE: Final = ("kwok.x-k8s.io/node", "fake")
"""The annotation, and its value, of the nodes whose kubelet kwok plays."""

CONTROLLERS: Final = (
    "clusterrole-aggregation-controller",
    "cronjob-controller",
    "daemonset-controller",
    "deployment-controller",
    "disruption-controller",
    "endpoints-controller",
    "endpointslice-controller",
    "garbage-collector-controller",
    "horizontal-pod-autoscaler-controller",
    "job-controller",
    "namespace-controller",
    "node-lifecycle-controller",
    "persistentvolume-protection-controller",
    "persistentvolumeclaim-protection-controller",
    "pod-garbage-collector-controller",
    "replicaset-controller",
    "replicationcontroller-controller",
    "resourcequota-controller",
    "root-ca-certificate-publisher-controller",
    "serviceaccount-controller",
    "serviceaccount-token-controller",
    "statefulset-controller",
    "taint-eviction-controller",
    "ttl-after-finished-controller",
)
"""The controllers of kube-controller-manager that run; none of volumes, certificates and cloud routes."""

_POD_CIDR: Final = "10.244.0.0/16"
_STAGES: Final = Path(__file__).with_name("kwok-stages.yaml")


def etcd(files: Files, choices: Choices) -> list[str]:
    """The arguments of etcd."""
    client, peer = (f"https://127.0.0.1:{port}" for port in (choices.etcd_port, choices.etcd_peer_port))
    certificates = files.certificates
    return [
        "--name=sandbox",
        f"--data-dir={files.data}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=sandbox={peer}",
        f"--cert-file={certificates.certificate}",
        f"--key-file={certificates.key}",
        f"--trusted-ca-file={certificates.authority}",
        "--client-cert-auth",
        f"--peer-cert-file={certificates.certificate}",
        f"--peer-key-file={certificates.key}",
        f"--peer-trusted-ca-file={certificates.authority}",
        "--peer-client-cert-auth",
        # What a killed process has written is kept all the same; only a computer that loses power loses it.
        "--unsafe-no-fsync",
        "--snapshot-count=2000",
        "--log-level=warn",
    ]


def kube_apiserver(files: Files, choices: Choices) -> list[str]:
    """The arguments of kube-apiserver."""
    certificates = files.certificates
    return [
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={choices.api_server_port}",
        # An endpoint of the Service `kubernetes` cannot be a loopback address, and no pod would use it.
        "--endpoint-reconciler-type=none",
        f"--service-cluster-ip-range={choices.service_cidr}",
        f"--tls-cert-file={certificates.certificate}",
        f"--tls-private-key-file={certificates.key}",
        f"--etcd-servers=https://127.0.0.1:{choices.etcd_port}",
        f"--etcd-cafile={certificates.authority}",
        f"--etcd-certfile={certificates.certificate}",
        f"--etcd-keyfile={certificates.key}",
        f"--token-auth-file={files.tokens}",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={certificates.service_account_key}",
        f"--service-account-signing-key-file={certificates.service_account_key}",
        "--allow-privileged=true",
        "--enable-priority-and-fairness=false",
        "--profiling=false",
    ]


def kube_scheduler(files: Files) -> list[str]:
    """The arguments of kube-scheduler, whose configuration file is written."""
    configuration = {
        "apiVersion": "kubescheduler.config.k8s.io/v1",
        "kind": "KubeSchedulerConfiguration",
        "clientConnection": {
            "kubeconfig": str(files.kubeconfig_of("system:kube-scheduler")),
            "qps": 200,
            "burst": 400,
        },
        "leaderElection": {"leaderElect": False},
        "podMaxBackoffSeconds": 2,
        "enableProfiling": False,
    }
    return [f"--config={_written(files, 'kube-scheduler.json', configuration)}", "--secure-port=0"]


def kube_controller_manager(files: Files) -> list[str]:
    """The arguments of kube-controller-manager."""
    return [
        f"--kubeconfig={files.kubeconfig_of('system:kube-controller-manager')}",
        f"--controllers={','.join(CONTROLLERS)}",
        "--leader-elect=false",
        "--secure-port=0",
        "--kube-api-qps=200",
        "--kube-api-burst=400",
        f"--root-ca-file={files.certificates.authority}",
        f"--service-account-private-key-file={files.certificates.service_account_key}",
        "--profiling=false",
    ]


def kwok(files: Files) -> list[str]:
    """The arguments of kwok."""
    return [
        f"--kubeconfig={files.kubeconfig_of('kwok')}",
        f"--config={_STAGES}",
        f"--manage-nodes-with-annotation-selector={'='.join(FAKE_NODE)}",
        f"--cidr={_POD_CIDR}",
        "--node-lease-duration-seconds=40",
    ]


def _written(files: Files, name: str, content: dict[str, Any]) -> Path:
    path = files.directory / name
    write_privately(path, json.dumps(content, indent=1))
    return path
