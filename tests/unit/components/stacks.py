"""The default stack of these tests, and what Pulumi is asked for when it, or a part of it, is built."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import pulumi
import pulumi_kubernetes

from components.azure_account import AzureAccount
from components.platform import Platform, PlatformArgs
from components.settings import Settings
from tests.unit.components.azure_answers import SUBSCRIPTION, TENANT
from tests.unit.components.recorder import record
from tests.unit.components.recording import Recording

ADMIN_GROUP: Final = "11111111-1111-1111-1111-111111111111"
ACCOUNT: Final = AzureAccount(subscription_id=SUBSCRIPTION, tenant_id=TENANT)
TAGS: Final = {"team": "blue"}
GENERAL: Final = {"vmSize": "Standard_D8ds_v5", "minCount": 1, "maxCount": 3}
T4: Final = {"kind": "gpu", "vmSize": "Standard_NC4as_T4_v3", "minCount": 0, "maxCount": 2}
A100: Final = {"kind": "gpu", "vmSize": "Standard_NC24ads_A100_v4", "minCount": 0, "maxCount": 1}
SYSTEM: Final = {"kind": "system", "vmSize": "Standard_D8ds_v5", "count": 1}


def settings(**keys: Any) -> Settings:
    """The settings of a stack file that holds these keys and else only what has no default."""
    required = {"location": "westeurope", "access": {"adminGroupObjectIDs": [ADMIN_GROUP]}}
    return Settings.model_validate_json(json.dumps({**required, **keys}))


def record_platform(stack: Settings | None = None, *, preview: bool = False, **keys: Any) -> Recording:
    """What the whole platform asks for."""
    chosen = stack or settings(**keys)

    def program() -> None:
        Platform("platform-dev", PlatformArgs(settings=chosen, account=ACCOUNT, environment="dev"))

    return record(program, preview=preview)


def record_component(
    component: Callable[..., pulumi.ComponentResource], args: object, name: str = "platform-dev"
) -> Recording:
    """What one component asks for."""
    return record(lambda: _declare(component, name, args))


def _declare(component: Callable[..., pulumi.ComponentResource], name: str, args: object) -> None:
    component(name, args)


def but(inputs: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    """`inputs` with some of them changed; None takes one away."""
    return {key: value for key, value in {**inputs, **changed}.items() if value is not None}


def with_kubernetes(
    component: Callable[..., pulumi.ComponentResource], args: object, name: str = "platform-dev"
) -> Callable[[], None]:
    """A program of one component that is given the Kubernetes provider `k8s`, as the platform gives it."""

    def program() -> None:
        provider = pulumi_kubernetes.Provider("k8s", kubeconfig="{}")
        component(name, args, pulumi.ResourceOptions(providers=[provider]))

    return program
