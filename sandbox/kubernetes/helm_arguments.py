"""A Release's inputs as arguments of Helm's commands.

Source: https://helm.sh/docs/helm/ and https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/
"""

from __future__ import annotations

from typing import Final

from sandbox.kubernetes.kinds import Object
from sandbox.kubernetes.readiness import patience

DEFAULT_TIMEOUT_SECONDS: Final = 300

_COMMON: Final = {
    "atomic": "--atomic",
    "createNamespace": "--create-namespace",
    "dependencyUpdate": "--dependency-update",
    "devel": "--devel",
    "disableOpenapiValidation": "--disable-openapi-validation",
    "disableWebhooks": "--no-hooks",
    "renderSubchartNotes": "--render-subchart-notes",
    "skipCrds": "--skip-crds",
    "verify": "--verify",
    "waitForJobs": "--wait-for-jobs",
}
_INSTALL: Final = {"replace": "--replace"}
_UPGRADE: Final = {
    "cleanupOnFail": "--cleanup-on-fail",
    "forceUpdate": "--force",
    "resetValues": "--reset-values",
    "reuseValues": "--reuse-values",
}


def for_install(inputs: Object) -> list[str]:
    """The command ``install`` and its options."""
    return ["install", *_flags(inputs, {**_COMMON, **_INSTALL}), *_described(inputs), *_waiting(inputs)]


def for_upgrade(inputs: Object) -> list[str]:
    """The command ``upgrade`` and its options."""
    flags = {key: flag for key, flag in _COMMON.items() if key != "createNamespace"} | _UPGRADE
    history = [f"--history-max={inputs['maxHistory']}"] if inputs.get("maxHistory") else []
    return ["upgrade", *_flags(inputs, flags), *_described(inputs), *history, *_waiting(inputs)]


def for_uninstall(inputs: Object) -> list[str]:
    """The options of ``uninstall``."""
    return [*_flags(inputs, {"disableWebhooks": "--no-hooks"}), *_waiting(inputs)]


def _flags(inputs: Object, flags: dict[str, str]) -> list[str]:
    return [flag for key, flag in flags.items() if inputs.get(key)]


def _described(inputs: Object) -> list[str]:
    return [
        f"{option}={inputs[key]}"
        for key, option in (("description", "--description"), ("keyring", "--keyring"))
        if inputs.get(key)
    ]


def _waiting(inputs: Object) -> list[str]:
    if inputs.get("skipAwait"):
        return []
    seconds = patience(float(inputs.get("timeout") or DEFAULT_TIMEOUT_SECONDS))
    return ["--wait", f"--timeout={seconds:g}s"]
