"""The files of one control plane, and what is chosen once and kept in them."""

from __future__ import annotations

import fcntl
import hashlib
import json
from dataclasses import asdict, dataclass, fields
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final

from sandbox.clusters import ports, sign_in
from sandbox.clusters.endpoint import Endpoint

DIRECTORY: Final = "control-planes"
"""The directory of the control planes in the sandbox's root directory."""

DEFAULT_SERVICE_CIDR: Final = "10.0.0.0/16"
"""AKS' own default of the addresses of Services."""

# Every program runs in the control plane's directory, so its arguments are these names too.
AUTHORITY: Final = "ca.crt"
CERTIFICATE: Final = "server.crt"
KEY: Final = "server.key"
KUBECONFIG: Final = "kubeconfig"
TOKENS: Final = "tokens.csv"
ETCD_DATA: Final = "etcd"

_USER: Final = "admin"
_GROUP: Final = "system:masters"
_HASH_LENGTH: Final = 12


@dataclass(frozen=True)
class Choices:
    """What a control plane keeps when it is restarted.

    Attributes:
        cluster_id: Azure id of the simulated cluster.
        service_cidr: where the addresses of Services come from: a range, or one of each family with a comma
            between them.
        api_server_port: the port of kube-apiserver.
        token: the bearer token of the administrator, who all programs of the control plane are too.
    """

    cluster_id: str
    service_cidr: str
    api_server_port: int
    token: str = ""

    @property
    def server(self) -> str:
        """The address of kube-apiserver."""
        return f"https://{ports.LOOPBACK}:{self.api_server_port}"


class Files:
    """The files of one control plane.

    Attributes:
        directory: where all of them are.
        choices: a `Choices` as JSON; if it exists, there is a control plane.
        lock: what the supervisor and its programs hold while they run; contains the supervisor's pid.
        start_lock: what is held while a supervisor is started.
        logs: the directory of the logs, one of each program and one of the supervisor.
    """

    def __init__(self, directory: Path) -> None:
        """Those in *directory*, which need not exist."""
        self.directory = directory
        self.choices = directory / "control-plane.json"
        self.lock = directory / "running.lock"
        self.start_lock = directory / "start.lock"
        self.logs = directory / "logs"

    @classmethod
    def of(cls, root: Path, cluster_id: str) -> Files:
        """Those of the cluster with the Azure id *cluster_id* in the sandbox at *root*."""
        digest = hashlib.sha256(cluster_id.lower().encode()).hexdigest()
        return cls(root.resolve() / DIRECTORY / digest[:_HASH_LENGTH])

    def read_choices(self) -> Choices | None:
        """What was chosen; None if there is no control plane."""
        try:
            kept = json.loads(self.choices.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return None
        # Earlier versions of the sandbox kept other things too.
        return Choices(**{each.name: kept[each.name] for each in fields(Choices) if each.name in kept})

    def is_held(self) -> bool:
        """Whether the supervisor or one of its programs is still running."""
        try:
            with self.lock.open("rb") as lock:
                # Shared, so that two who ask at the same time do not take each other for a supervisor.
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except BlockingIOError:
            return True
        return False

    def endpoint(self) -> Endpoint | None:
        """How to reach the control plane when it runs; None if there is none."""
        choices = self.read_choices()
        if choices is None:
            return None
        return Endpoint(
            server=choices.server,
            certificate_authority=self.directory / AUTHORITY,
            token=choices.token,
            kubeconfig=self.directory / KUBECONFIG,
        )

    def prepare(self, cluster_id: str, service_cidr: str) -> Choices:
        """Make what is missing, keep what is there, and choose another port if the old one is taken."""
        for directory in (self.directory, self.logs):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = self.read_choices()
        choices = Choices(
            cluster_id=cluster_id,
            service_cidr=kept.service_cidr if kept else service_cidr,
            api_server_port=ports.choose(kept.api_server_port if kept else None),
            token=sign_in.token(self.directory.parent),
        )
        self._issue_certificate(choices)
        self._write(TOKENS, f"{choices.token},{_USER},{_USER},{_GROUP}\n")
        self._write(KUBECONFIG, self._kubeconfig(choices))
        # Last: if it exists, all the others do.
        self._write(self.choices.name, json.dumps(asdict(choices)))
        return choices

    def _issue_certificate(self, choices: Choices) -> None:
        """Make an authority, whose key is forgotten, and all that it ever signs."""
        if (self.directory / KEY).exists():
            return
        # Imported here: it takes 0.1 s, and is needed once in a control plane's life.
        import trustme  # noqa: PLC0415

        authority = trustme.CA(path_length=0)
        service = str(IPv4Network(choices.service_cidr.partition(",")[0])[1])
        names = (ports.LOOPBACK, "localhost", service, "kubernetes.default.svc")
        issued = authority.issue_cert(*names, common_name="kube-apiserver")
        self._write(AUTHORITY, authority.cert_pem.bytes().decode())
        self._write(CERTIFICATE, issued.cert_chain_pems[0].bytes().decode())
        # Last, for the same reason.
        self._write(KEY, issued.private_key_pem.bytes().decode())

    def _kubeconfig(self, choices: Choices) -> str:
        cluster = choices.cluster_id.rstrip("/").rsplit("/", 1)[-1]
        reached = {"server": choices.server, "certificate-authority": str(self.directory / AUTHORITY)}
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": cluster, "cluster": reached}],
            "users": [{"name": _USER, "user": {"token": choices.token}}],
            "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": _USER}}],
            "current-context": cluster,
        }
        return json.dumps(content, indent=1)

    def _write(self, name: str, text: str) -> None:
        """Write a file that only the user may read, all at once."""
        draft = self.directory / f"{name}.new"
        draft.touch(mode=0o600)
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.directory / name)
