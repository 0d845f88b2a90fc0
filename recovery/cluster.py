"""What is in a cluster of which an update was killed: objects, and Helm releases that are half done."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import yaml
from kubernetes import client, config, dynamic
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic import exceptions
from urllib3.exceptions import HTTPError

from recovery.errors import RecoveryError
from recovery.state import Row, State, in_clear, name_of

RELEASE: Final = "kubernetes:helm.sh/v3:Release"

T = TypeVar("T")

_MANAGER: Final = "pulumi-kubernetes-"
_DONE: Final = frozenset({"deployed", "superseded", "failed", "uninstalled"})


@dataclass(frozen=True)
class Revision:
    """The last revision of a Helm release: the secret that Helm keeps it in, and its status."""

    namespace: str
    secret: str
    status: str

    @property
    def is_half_done(self) -> bool:
        """Whether Helm takes it for an operation under way, and refuses the next one."""
        return self.status not in _DONE


class Clusters:
    """The clusters that the Kubernetes providers in a state lead to."""

    def __init__(self, with_secrets: Callable[[], Mapping[str, Any]], asking: Callable[[str], None]) -> None:
        """Reach clusters by the kubeconfigs in a state.

        Args:
            with_secrets: gives the state as it is exported with its secrets; called where it is needed.
            asking: called with each question before it is asked.
        """
        self._with_secrets = with_secrets
        self._asking = asking
        self._clients: dict[str, client.ApiClient] = {}

    def field_manager(self, row: Row) -> str | None:
        """The name under which Pulumi applied an object; None where the object does not exist.

        Raises:
            RecoveryError: the cluster does not answer.
        """
        metadata = row["inputs"]["metadata"]
        name, namespace = metadata["name"], metadata.get("namespace")
        self._asking(
            f"kubectl get {row['inputs']['kind']} {name}" + (f" -n {namespace}" if namespace else "")
        )

        def get() -> str:
            kinds = dynamic.DynamicClient(self._client(row)).resources
            kind: Any = kinds.get(api_version=row["inputs"]["apiVersion"], kind=row["inputs"]["kind"])
            found = kind.get(name=name, namespace=namespace)
            managers = (each.manager for each in found.metadata.managedFields or ())
            return next((each for each in managers if each.startswith(_MANAGER)), "")

        return _answered(get)

    def last_revision(self, row: Row) -> Revision | None:
        """The last revision of a Helm release; None where there is none.

        Raises:
            RecoveryError: the cluster does not answer.
        """
        name, namespace = row["inputs"]["name"], row["inputs"]["namespace"]
        self._asking(f"helm history {name} -n {namespace}")

        def get() -> Any:  # noqa: ANN401 - the client has no types
            core: Any = client.CoreV1Api(self._client(row))
            return core.list_namespaced_secret(namespace, label_selector=f"owner=helm,name={name}").items

        revisions = _answered(get) or []
        last = max(revisions, key=lambda each: int(each.metadata.labels["version"]), default=None)
        return last and Revision(namespace, last.metadata.name, last.metadata.labels["status"])

    def end(self, row: Row, revision: Revision) -> None:
        """Have Helm take a revision that is half done for failed, so that it accepts the next operation.

        Raises:
            RecoveryError: the cluster does not answer.
        """

        def mark() -> None:
            core: Any = client.CoreV1Api(self._client(row))
            secret = core.read_namespaced_secret(revision.secret, revision.namespace)
            release = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(secret.data["release"]))))
            release["info"] |= {"status": "failed", "description": "The update was killed."}
            packed = base64.b64encode(base64.b64encode(gzip.compress(json.dumps(release).encode())))
            change = {
                "metadata": {
                    "labels": {"status": "failed"},
                    "resourceVersion": secret.metadata.resource_version,
                },
                "data": {"release": packed.decode()},
            }
            core.patch_namespaced_secret(revision.secret, revision.namespace, change)

        _answered(mark)

    def _client(self, row: Row) -> client.ApiClient:
        urn = row["provider"].rpartition("::")[0]
        if urn not in self._clients:
            provider = State(self._with_secrets()).recorded(urn)
            kubeconfig = in_clear((provider or {}).get("inputs", {}).get("kubeconfig"))
            if not kubeconfig:
                raise RecoveryError(f"The state has no kubeconfig of the provider {name_of(urn)}.")
            self._clients[urn] = config.new_client_from_config_dict(yaml.safe_load(kubeconfig))
        return self._clients[urn]


def _answered(question: Callable[[], T]) -> T | None:
    """The answer of an API server; None where it says that there is no such thing.

    Raises:
        RecoveryError: it says anything else, or nothing.
    """
    try:
        return question()
    except (exceptions.NotFoundError, exceptions.ResourceNotFoundError):
        return None
    except (ApiException, exceptions.DynamicApiError, config.ConfigException, HTTPError) as error:
        if getattr(error, "status", None) == 404:
            return None
        raise RecoveryError(f"The cluster does not answer: {error}\nNothing was changed.") from error
