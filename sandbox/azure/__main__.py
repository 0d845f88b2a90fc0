"""The plugin that the Pulumi engine starts, ``python -m sandbox.azure``."""

from sandbox.azure.provider import AzureNativeProvider
from sandbox.engine.plugin import serve

if __name__ == "__main__":
    serve(AzureNativeProvider)
