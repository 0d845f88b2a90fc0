"""The provider's own configuration: what a program gives `kubernetes.Provider`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.engine.plugin import UNKNOWN
from sandbox.kubernetes import kubeconfig
from sandbox.kubernetes.kubeconfig import ClusterEntry, KubeconfigError

CLUSTER_IDENTIFIER = "clusterIdentifier"
RENDER_DIRECTORY = "renderYamlToDirectory"
_CLUSTER_KEYS = ("kubeconfig", "context", "cluster")


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the provider was configured.

    Attributes:
        cluster: the API server that it talks to, or None.
        unreachable: why there is no cluster, in the real provider's words; empty when there is one.
        namespace: where objects go that name no namespace.
        server_side_apply, delete_unreachable, skip_update_unreachable, config_map_mutable, secret_mutable,
        upsert_existing_objects, patch_force: the provider's options of those names.
    """

    cluster: ClusterEntry | None
    unreachable: str = ""
    namespace: str = "default"
    server_side_apply: bool = True
    delete_unreachable: bool = False
    skip_update_unreachable: bool = False
    config_map_mutable: bool = False
    secret_mutable: bool = False
    upsert_existing_objects: bool = False
    patch_force: bool = False


def read(variables: Mapping[str, str]) -> Options:
    """The options that the engine configures the provider with. A bad kubeconfig is no error yet."""
    cluster, unreachable, namespace = None, "", "default"
    context = variables.get("context") or None
    try:
        config = kubeconfig.parse(variables.get("kubeconfig"))
    except KubeconfigError as error:
        config = {}
        unreachable = f"failed to parse kubeconfig data in `kubernetes:config:kubeconfig`- {error}"
    else:
        cluster = kubeconfig.active_cluster(config, context, variables.get("cluster") or None)
        namespace = kubeconfig.namespace_of(config, context)
        if cluster is None:
            unreachable = (
                "unable to load Kubernetes client configuration from kubeconfig file. Make sure you have:"
                " \n\n \t • set up the provider as per"
                " https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/ \n\n"
                f" {_why_no_cluster(config, context)}"
            )
    return Options(
        cluster=cluster,
        unreachable=unreachable,
        namespace=variables.get("namespace") or namespace,
        server_side_apply=_flag(
            variables, "enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", default=True
        ),
        delete_unreachable=_flag(variables, "deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
        skip_update_unreachable=_flag(
            variables, "skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"
        ),
        config_map_mutable=_flag(variables, "enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
        secret_mutable=_flag(variables, "enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
        upsert_existing_objects=_flag(
            variables, "upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"
        ),
        patch_force=_flag(variables, "enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
    )


def _why_no_cluster(config: Mapping[str, Any], context: str | None) -> str:
    wanted = context or config.get("current-context")
    if config and wanted:
        return f'context "{wanted}" does not exist'
    return (
        "invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment"
        " variable"
    )


def _flag(variables: Mapping[str, str], name: str, environment: str, default: bool = False) -> bool:
    given = variables.get(name) or os.environ.get(environment)
    return given == "true" if given else default


def problems(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is wrong with the provider's inputs: pairs of property and reason."""
    if inputs.get(RENDER_DIRECTORY):
        return [(RENDER_DIRECTORY, "the sandbox does not render YAML: leave renderYamlToDirectory out")]
    if str(inputs.get("alwaysRender")).lower() == "true":
        return [("alwaysRender", '"alwaysRender" requires "renderYamlToDirectory" to be set')]
    return []


@dataclass(frozen=True)
class ConfigDiff:
    """The provider inputs that changed, and those of them that replace the provider."""

    changed: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> ConfigDiff:
    """Compare the provider's inputs. Replacing the provider replaces every resource that it made.

    A changed cluster replaces it. With a ``clusterIdentifier`` the identifier alone decides: where it stays,
    nothing replaces; adding or removing it does not replace either.

    Raises:
        KubeconfigError: a kubeconfig cannot be read.
    """
    changed = tuple(key for key in sorted({**old, **new}) if old.get(key) != new.get(key))
    if not changed:
        return ConfigDiff()
    identified = (
        new.get(CLUSTER_IDENTIFIER) is not None and old.get(CLUSTER_IDENTIFIER) == new[CLUSTER_IDENTIFIER]
    )
    replaces: list[str] = []
    if CLUSTER_IDENTIFIER in changed and CLUSTER_IDENTIFIER in old and CLUSTER_IDENTIFIER in new:
        replaces.append(CLUSTER_IDENTIFIER)
    unknown = [key for key in _CLUSTER_KEYS if new.get(key) is UNKNOWN]
    if unknown:
        return ConfigDiff(tuple(unknown[:1]), () if identified else (*replaces, unknown[0]))
    before, after = _cluster_of(old), _cluster_of(new)
    if before is not None and after is not None and before != after:
        replaces += [key for key in _CLUSTER_KEYS if key in changed]
    return ConfigDiff(changed, () if identified else tuple(replaces))


def _cluster_of(inputs: Mapping[str, Any]) -> ClusterEntry | None:
    try:
        config = kubeconfig.parse(inputs.get("kubeconfig"))
    except KubeconfigError as error:
        raise KubeconfigError(f"failed to parse kubeconfig: {error}") from error
    return kubeconfig.active_cluster(config, inputs.get("context"), inputs.get("cluster"))
