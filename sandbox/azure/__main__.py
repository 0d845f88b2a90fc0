"""The plugin that the Pulumi engine starts, ``python -m sandbox.azure``."""

from functools import partial

from sandbox.azure.pending import PendingOperations
from sandbox.azure.provider import AzureNativeProvider
from sandbox.engine.plugin import serve

if __name__ == "__main__":
    # Long enough for the engine to start what does not wait.
    serve(partial(AzureNativeProvider, PendingOperations(moment=0.1)))
