"""Names that Azure limits or that must be the same on every run.

Everything else is auto-named by Pulumi. Limits follow
https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules.
"""

import hashlib
import json
import re
import string
import uuid
from collections.abc import Mapping
from typing import Final

AUTONAME_SUFFIX_LENGTH: Final = 8
"""Random hexadecimal characters that Pulumi's azure-native provider appends to a logical name."""

LINUX_NODE_POOL_NAME_LIMIT: Final = 12
NODE_POOL_KEY_LIMIT: Final = 8
NODE_POOL_HASH_LENGTH: Final = LINUX_NODE_POOL_NAME_LIMIT - NODE_POOL_KEY_LIMIT

NODE_RESOURCE_GROUP_NAME_LIMIT: Final = 80
REGISTRY_NAME_LIMIT: Final = 50
REGISTRY_NAME_MINIMUM: Final = 5
STORAGE_ACCOUNT_NAME_LIMIT: Final = 24
DATA_COLLECTION_ENDPOINT_NAME_LIMIT: Final = 44
DATA_COLLECTION_RULE_NAME_LIMIT: Final = 64

_BASE36: Final = string.digits + string.ascii_lowercase
_ROLE_ASSIGNMENTS: Final = uuid.uuid5(uuid.NAMESPACE_URL, "aks-platform/role-assignments")


def node_pool_name(key: str, immutable: Mapping[str, object]) -> str:
    """The Azure name of a node pool: ``key`` and four characters that stand for its immutable settings.

    Entries that are None do not count, nor does the order of keys or of list members, so a new setting that
    is not used leaves every name as it is. Any other change gives a new name, hence a new pool.

    Raises TypeError for a value that JSON cannot express.
    """
    canonical = _canonical({name: value for name, value in immutable.items() if value is not None})
    digest = int.from_bytes(hashlib.sha256(canonical.encode()).digest())
    characters = []
    for _ in range(NODE_POOL_HASH_LENGTH):
        digest, remainder = divmod(digest, len(_BASE36))
        characters.append(_BASE36[remainder])
    return key + "".join(characters)


def role_assignment_name(scope: str, principal_id: str, role_definition_guid: str) -> str:
    """The GUID that names the assignment of one role to one principal at one scope, always the same."""
    return str(uuid.uuid5(_ROLE_ASSIGNMENTS, f"{scope}|{principal_id}|{role_definition_guid}".lower()))


def data_collection_endpoint_name(location: str, cluster: str) -> str:
    """The name that Azure's onboarding gives the Prometheus data collection endpoint; 44 at most."""
    return _cut(f"MSProm-{location}-{cluster}", DATA_COLLECTION_ENDPOINT_NAME_LIMIT)


def data_collection_rule_name(location: str, cluster: str) -> str:
    """The name that Azure's onboarding gives the Prometheus data collection rule; 64 at most."""
    return _cut(f"MSProm-{location}-{cluster}", DATA_COLLECTION_RULE_NAME_LIMIT)


def registry_name(workload_stack: str) -> str:
    """``acr`` and the letters and digits of ``workload_stack``: 5 to 42 characters, with room for a suffix.

    Raises ValueError when fewer than two letters or digits are left to name the registry by.
    """
    name = "acr" + re.sub(r"[^a-z0-9]", "", workload_stack.lower())
    if len(name) < REGISTRY_NAME_MINIMUM:
        raise ValueError(
            f"{workload_stack!r} holds fewer than {REGISTRY_NAME_MINIMUM - len('acr')} letters or digits, "
            "and a container registry name may hold nothing else"
        )
    return name[: REGISTRY_NAME_LIMIT - AUTONAME_SUFFIX_LENGTH]


AKS_CACHE_RULE: Final = "aks-managed-mcr"
"""The cache rule by which a network-isolated cluster knows that its registry has what AKS brings.
https://learn.microsoft.com/azure/aks/network-isolated"""


def storage_account_name(workload_stack: str) -> str:
    """``st`` and the letters and digits of ``workload_stack``: 3 to 16 characters, with room for a suffix."""
    name = "st" + re.sub(r"[^a-z0-9]", "", workload_stack.lower())
    return name[: STORAGE_ACCOUNT_NAME_LIMIT - AUTONAME_SUFFIX_LENGTH]


def node_resource_group_name(resource_group: str, cluster: str, location: str) -> str:
    """The resource group that AKS makes for the nodes unless told a name; Azure allows 80 characters."""
    return f"MC_{resource_group}_{cluster}_{location}"


def _cut(name: str, limit: int) -> str:
    return name[:limit].rstrip("-")


def _canonical(value: object) -> str:
    if isinstance(value, Mapping):
        members = (f"{json.dumps(str(name))}:{_canonical(value[name])}" for name in sorted(value))
        return "{" + ",".join(members) + "}"
    if isinstance(value, list | tuple | set | frozenset):
        return "[" + ",".join(sorted(_canonical(member) for member in value)) + "]"
    return json.dumps(value)
