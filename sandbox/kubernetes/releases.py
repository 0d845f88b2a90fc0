"""``kubernetes:helm.sh/v3:Release``: installing, upgrading, reading and uninstalling Helm releases.

What a program may ask for, and what changes when it asks for something else, is in `release_inputs`.
"""

from __future__ import annotations

import json

from sandbox.kubernetes import helm_command, helm_records, release_inputs
from sandbox.kubernetes.backend import Backend, ClusterUnreachableError
from sandbox.kubernetes.charts import Instance
from sandbox.kubernetes.helm_arguments import for_install, for_uninstall, for_upgrade
from sandbox.kubernetes.helm_command import HelmError
from sandbox.kubernetes.kinds import Object
from sandbox.kubernetes.objects import plain, split_name
from sandbox.kubernetes.provider_error import NOT_READ, ProviderError
from sandbox.kubernetes.release_installation import Installation
from sandbox.kubernetes.release_state import previewed, state_of
from sandbox.kubernetes.session import Session


class Releases:
    """Create, read, update and delete Helm releases."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(self, urn: str, new: Object, preview: bool, timeout: float = 0.0) -> tuple[str, Object]:
        """Install the release: id and state. In a preview nothing is installed and the id is empty.

        Args:
            urn: the resource.
            new: its inputs, checked.
            preview: install nothing.
            timeout: not heeded: a release has a ``timeout`` of its own.

        Raises:
            ProviderError: Helm refuses, or there is no API server.
            ResourceInitFailed: the release was installed but did not become ready.
        """
        if preview:
            return "", previewed(new)
        inputs = plain(new)
        backend = self._backend("create")
        instance = _instance(inputs)
        resource_id = f"{instance.namespace}/{instance.name}"
        installation = Installation(
            instance=instance,
            new=new,
            backend=backend,
            arguments=for_install(inputs),
            failed=f'Helm release "{resource_id}" was created, but failed to initialize completely. ',
        )
        return resource_id, self._installed(urn, installation)

    def update(self, urn: str, state: Object, new: Object, preview: bool, timeout: float = 0.0) -> Object:
        """Upgrade the release: the new state. See :meth:`create`.

        Raises:
            ProviderError: Helm refuses, or there is no API server.
            ResourceInitFailed: the release was upgraded but did not become ready.
        """
        if preview:
            return previewed(new)
        backend = self._backend("update")
        instance = _instance(plain(state))
        installation = Installation(
            instance=instance,
            new=new,
            backend=backend,
            arguments=for_upgrade(plain(new)),
            failed=(f'Helm release "{instance.namespace}/{instance.name}" failed to initialize completely. '),
        )
        return self._installed(urn, installation)

    def read(
        self, urn: str, resource_id: str, state: Object, old: Object
    ) -> tuple[str, Object, Object] | None:
        """The release as it is now: id, state and inputs; None when it is gone.

        Raises:
            ProviderError: there is no API server.
        """
        backend = self._reachable_for_read()
        if backend is None:
            return None
        namespace, name = split_name(resource_id)
        stored = helm_records.look_up(backend, Instance(name, namespace or self._session.options.namespace))
        if stored is None:
            return None
        inputs = old or release_inputs.imported(stored)
        return resource_id, state_of(inputs, stored), inputs

    def delete(self, urn: str, resource_id: str, state: Object, timeout: float = 0.0) -> None:
        """Uninstall the release; one that is gone already is no error.

        Raises:
            ProviderError: Helm refuses, or there is no API server.
        """
        try:
            backend = self._session.backend()
        except ClusterUnreachableError as error:
            raise ProviderError(
                f"can't delete Helm Release with unreachable cluster. Reason: {json.dumps(str(error))}"
            ) from error
        inputs = plain(state)
        instance = _instance(inputs)
        if helm_records.look_up(backend, instance) is None:
            return
        arguments = ["uninstall", instance.name, *for_uninstall(inputs), f"--namespace={instance.namespace}"]
        try:
            helm_command.run(arguments, kubeconfig=backend.kubeconfig)
        except HelmError as error:
            raise ProviderError(str(error)) from error

    def _installed(self, urn: str, installation: Installation) -> Object:
        stored = installation.run(lambda text: self._session.log.warning(urn, text))
        return state_of(installation.new, stored)

    def _backend(self, action: str) -> Backend:
        try:
            return self._session.backend()
        except ClusterUnreachableError as error:
            raise ProviderError(f"can't {action} Helm Release with unreachable cluster: {error}") from error

    def _reachable_for_read(self) -> Backend | None:
        try:
            return self._session.backend()
        except ClusterUnreachableError as error:
            if self._session.options.delete_unreachable:
                return None
            raise ProviderError(NOT_READ) from error


def _instance(inputs: Object) -> Instance:
    return Instance(str(inputs["name"]), str(inputs["namespace"]))
