"""What Azure adds to a resource: one small function for each type that answers more than it was sent.

Types without a function answer their inputs, and what the schema says every answer has: name, type, state,
etag.
"""

from sandbox.azure.computed import containers, identity, monitoring, network, services
from sandbox.azure.computed.registry import Answer, answer, guid

__all__ = ["Answer", "answer", "containers", "guid", "identity", "monitoring", "network", "services"]
