"""What the provider answers instead of a result, and its words for a cluster that is not there."""

from __future__ import annotations

from typing import Final

REMEDY: Final = (
    "If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation"
    ' with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"'
)
"""What to do about an unreachable cluster."""

NOT_READ: Final = f"failed to read resource state due to unreachable cluster. {REMEDY}"
"""Why nothing is known of a resource whose cluster is unreachable."""


class ProviderError(Exception):
    """What the real provider answers instead of a result."""
