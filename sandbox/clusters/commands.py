"""The command lines of a control plane's programs: one small cluster that only this computer reaches.

`kwokctl` would write most of them, and start the programs once. It was tried and is not used: its etcd serves
everybody on this computer without credentials, it listens at five more ports, in the range that the operating
system gives out by itself, it needs kubectl, and it leaves a program that has ended dead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sandbox.clusters.files import AUTHORITY, CERTIFICATE, ETCD_DATA, KEY, KUBECONFIG, TOKENS, Choices
from sandbox.clusters.ports import LOOPBACK

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

ETCD_SOCKET: Final = "etcd.sock:0"
"""Where etcd listens: a file that only the user can reach. etcd wants the form of a host and port."""

_PEER: Final = "unix://etcd-peer.sock:0"
_POD_CIDR: Final = "10.244.0.0/16"
_HERE: Final = Path(__file__).parent


def of(choices: Choices) -> dict[str, list[str]]:
    """The arguments of each program, in the order of their start; all run in the cluster's directory."""
    return {
        "etcd": [
            "--name=sandbox",
            f"--data-dir={ETCD_DATA}",
            f"--listen-client-urls=unix://{ETCD_SOCKET}",
            f"--advertise-client-urls=unix://{ETCD_SOCKET}",
            f"--listen-peer-urls={_PEER}",
            f"--initial-advertise-peer-urls={_PEER}",
            f"--initial-cluster=sandbox={_PEER}",
            # A killed process loses nothing that it has written; only a loss of power does.
            "--unsafe-no-fsync",
            "--snapshot-count=2000",
            "--log-level=warn",
        ],
        "kube-apiserver": [
            f"--bind-address={LOOPBACK}",
            f"--advertise-address={LOOPBACK}",
            f"--secure-port={choices.api_server_port}",
            # The Service `kubernetes` cannot have a loopback endpoint, and no pod would use it.
            "--endpoint-reconciler-type=none",
            f"--service-cluster-ip-range={choices.service_cidr}",
            f"--tls-cert-file={CERTIFICATE}",
            f"--tls-private-key-file={KEY}",
            f"--etcd-servers=unix://{ETCD_SOCKET}",
            f"--token-auth-file={TOKENS}",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={KEY}",
            f"--service-account-signing-key-file={KEY}",
            "--allow-privileged=true",
            "--enable-priority-and-fairness=false",
            "--profiling=false",
        ],
        "kube-controller-manager": [
            f"--kubeconfig={KUBECONFIG}",
            f"--controllers={','.join(CONTROLLERS)}",
            "--leader-elect=false",
            "--secure-port=0",
            "--kube-api-qps=200",
            "--kube-api-burst=400",
            f"--root-ca-file={AUTHORITY}",
            f"--service-account-private-key-file={KEY}",
            "--profiling=false",
        ],
        "kube-scheduler": [f"--config={_HERE / 'kube-scheduler.yaml'}", "--secure-port=0"],
        "kwok": [
            f"--kubeconfig={KUBECONFIG}",
            f"--config={_HERE / 'kwok-stages.yaml'}",
            f"--manage-nodes-with-annotation-selector={'='.join(FAKE_NODE)}",
            f"--cidr={_POD_CIDR}",
            "--node-lease-duration-seconds=40",
        ],
    }
