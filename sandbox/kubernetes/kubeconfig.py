"""Kubeconfigs: which API server they point at. Credentials are not looked at and no exec plugin is run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from sandbox.kubernetes.kinds import Json


class KubeconfigError(Exception):
    """The kubeconfig cannot be read, or names no cluster; the text is what a Kubernetes client says."""


@dataclass(frozen=True)
class ClusterEntry:
    """A cluster entry of a kubeconfig: all of its fields, and the server among them."""

    server: str
    fields: str

    @property
    def host(self) -> str:
        """The server's host name in lower case."""
        return (urlsplit(self.server).hostname or "").lower()


def parse(path_or_contents: str | Mapping[str, Any] | None) -> dict[str, Any]:
    """A kubeconfig given as text (YAML or JSON), as the path of a file, or as a mapping; empty for nothing.

    Raises:
        KubeconfigError: it is none of these.
    """
    if not path_or_contents:
        return {}
    if isinstance(path_or_contents, Mapping):
        return dict(path_or_contents)
    if not isinstance(path_or_contents, str):
        raise KubeconfigError(f"unexpected kubeconfig format, type: {type(path_or_contents).__name__}")
    try:
        parsed = yaml.safe_load(_text(path_or_contents))
    except yaml.YAMLError as error:
        raise KubeconfigError(f"couldn't get version/kind; json parse error: {error}") from error
    if not isinstance(parsed, dict):
        kind = "string" if isinstance(parsed, str) else type(parsed).__name__
        raise KubeconfigError(
            "couldn't get version/kind; json parse error: json: cannot unmarshal "
            f"{kind} into Go value of type struct {{ APIVersion string; Kind string }}"
        )
    if parsed.get("kind") not in (None, "Config"):
        raise KubeconfigError(
            f'no kind "{parsed["kind"]}" is registered for version "{parsed.get("apiVersion")}"'
        )
    return parsed


def _text(path_or_contents: str) -> str:
    if "\n" in path_or_contents or len(path_or_contents) > 1024:
        return path_or_contents
    try:
        path = Path(path_or_contents).expanduser()
        return path.read_text() if path.is_file() else path_or_contents
    except OSError as error:
        raise KubeconfigError(str(error)) from error


def active_cluster(
    config: Mapping[str, Any], context: str | None, cluster: str | None
) -> ClusterEntry | None:
    """The cluster that a client would talk to; None when the kubeconfig does not lead to one.

    Args:
        config: a parsed kubeconfig.
        context: the provider's ``context``, which wins over the kubeconfig's current one.
        cluster: the provider's ``cluster``, which wins over the context's.
    """
    contexts = _by_name(config.get("contexts"), "context")
    clusters = _by_name(config.get("clusters"), "cluster")
    chosen = contexts.get(context or config.get("current-context") or "")
    if chosen is None:
        return None
    entry = clusters.get(cluster or chosen.get("cluster") or "")
    if entry is None or not entry.get("server"):
        return None
    return ClusterEntry(server=str(entry["server"]), fields=json.dumps(entry, sort_keys=True, default=str))


def namespace_of(config: Mapping[str, Any], context: str | None) -> str:
    """The namespace of the active context: ``default`` where it says none."""
    chosen = (
        _by_name(config.get("contexts"), "context").get(context or config.get("current-context") or "") or {}
    )
    return str(chosen.get("namespace") or "default")


def _by_name(entries: Json, key: str) -> dict[str, dict[str, Any]]:
    if not isinstance(entries, list):
        return {}
    return {
        str(entry.get("name")): entry.get(key) or {}
        for entry in entries
        if isinstance(entry, dict) and entry.get("name")
    }
