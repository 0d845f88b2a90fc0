"""The files of one control plane, and what is chosen once and kept in them."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from sandbox.clusters import ports, sign_in
from sandbox.clusters.certificates import Certificates
from sandbox.clusters.endpoint import Endpoint

DIRECTORY: Final = "control-planes"
"""Where the control planes lie below the sandbox's root directory."""

DEFAULT_SERVICE_CIDR: Final = ipaddress.IPv4Network("10.0.0.0/16")
"""AKS' own default of the addresses of Services."""

_HASH_LENGTH: Final = 12

USERS: Final[Mapping[str, tuple[str, ...]]] = {
    "admin": ("system:masters",),
    "system:kube-controller-manager": ("system:masters",),
    "system:kube-scheduler": (),
    "kwok": ("system:masters",),
}
"""Who may speak to the API server, with the groups that they are in."""


@dataclass(frozen=True)
class Choices:
    """What a control plane keeps over restarts.

    Attributes:
        cluster_id: Azure id of the simulated cluster.
        service_cidr: where the addresses of Services come from.
        api_server_port: the port of kube-apiserver.
        etcd_port: the port of etcd for its clients.
        etcd_peer_port: the port of etcd for its peers, of which there are none.
    """

    cluster_id: str
    service_cidr: str
    api_server_port: int
    etcd_port: int
    etcd_peer_port: int

    @property
    def ports(self) -> tuple[int, int, int]:
        """All the ports that its programs listen at."""
        return self.api_server_port, self.etcd_port, self.etcd_peer_port

    @property
    def taken_ports(self) -> list[int]:
        """Those that another program has; to be asked while nothing of the control plane runs."""
        return [port for port in self.ports if not ports.is_free(port)]


@dataclass(frozen=True)
class Files:
    """The files of one control plane.

    Attributes:
        directory: what all of them lie in.
    """

    directory: Path

    @classmethod
    def of(cls, root: Path, cluster_id: str) -> Files:
        """Those of the cluster with the Azure id *cluster_id* in the sandbox at *root*."""
        digest = hashlib.sha256(cluster_id.lower().encode()).hexdigest()
        return cls(root.resolve() / DIRECTORY / digest[:_HASH_LENGTH])

    @property
    def choices(self) -> Path:
        """A `Choices` as JSON; that it exists tells that there is a control plane."""
        return self.directory / "control-plane.json"

    @property
    def lock(self) -> Path:
        """What the supervisor and its children hold while they run; contains the supervisor's pid."""
        return self.directory / "running.lock"

    @property
    def start_lock(self) -> Path:
        """What is held while a supervisor is started."""
        return self.directory / "start.lock"

    @property
    def certificates(self) -> Certificates:
        """The certificates and keys."""
        return Certificates(self.directory / "certificates")

    @property
    def data(self) -> Path:
        """The directory of etcd."""
        return self.directory / "etcd"

    @property
    def logs(self) -> Path:
        """The directory of the logs, one of each program and one of the supervisor."""
        return self.directory / "logs"

    @property
    def tokens(self) -> Path:
        """The bearer tokens that kube-apiserver takes, and whose they are."""
        return self.directory / "tokens.csv"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.directory / "kubeconfig"

    def kubeconfig_of(self, user: str) -> Path:
        """The kubeconfig of one of `USERS`."""
        return (
            self.kubeconfig
            if user == "admin"
            else self.directory / f"{user.removeprefix('system:')}.kubeconfig"
        )

    def read_choices(self) -> Choices | None:
        """What was chosen; None where there is no control plane."""
        try:
            return Choices(**json.loads(self.choices.read_text(encoding="utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            return None

    def endpoint(self) -> Endpoint | None:
        """How to reach the control plane once it runs; None where there is none."""
        choices, tokens = self.read_choices(), self._read_tokens()
        if choices is None or "admin" not in tokens:
            return None
        return Endpoint(
            server=_server(choices),
            certificate_authority=self.certificates.authority,
            token=tokens["admin"],
            kubeconfig=self.kubeconfig,
        )

    def prepare(self, cluster_id: str, service_cidr: ipaddress.IPv4Network) -> Choices:
        """Make what is missing, keep what is there, and move to other ports where those kept are taken."""
        for directory in (self.directory, self.data, self.logs):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = self.read_choices()
        choices = Choices(
            cluster_id,
            kept.service_cidr if kept else str(service_cidr),
            *ports.choose(kept.ports if kept else (None, None, None)),
        )
        self.certificates.ensure(ipaddress.IPv4Network(choices.service_cidr)[1])
        tokens = self._read_tokens()
        for user in USERS:
            tokens.setdefault(user, secrets.token_urlsafe(32))
        tokens["admin"] = sign_in.token(self.directory.parent)
        lines = (f'{token},{user},{user},"{",".join(USERS[user])}"\n' for user, token in tokens.items())
        write_privately(self.tokens, "".join(lines))
        for user, token in tokens.items():
            write_privately(
                self.kubeconfig_of(user), json.dumps(self._kubeconfig(choices, user, token), indent=1)
            )
        # The last one: that it exists tells that all do.
        write_privately(self.choices, json.dumps(asdict(choices)))
        return choices

    def _read_tokens(self) -> dict[str, str]:
        try:
            lines = self.tokens.read_text(encoding="utf-8").splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return {}
        return {user: token for token, user in (line.split(",")[:2] for line in lines)}

    def _kubeconfig(self, choices: Choices, user: str, token: str) -> dict[str, Any]:
        cluster = choices.cluster_id.rstrip("/").rsplit("/", 1)[-1]
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": cluster,
                    "cluster": {
                        "server": _server(choices),
                        "certificate-authority": str(self.certificates.authority),
                    },
                }
            ],
            "users": [{"name": user, "user": {"token": token}}],
            "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": user}}],
            "current-context": cluster,
        }


def write_privately(path: Path, text: str) -> None:
    """Put *text* into *path*, which only the user may read, in one piece."""
    draft = path.with_name(path.name + ".new")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _server(choices: Choices) -> str:
    return f"https://{ports.LOOPBACK}:{choices.api_server_port}"
