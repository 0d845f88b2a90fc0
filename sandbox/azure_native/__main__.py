"""The plugin that the Pulumi engine starts, ``python -m sandbox.azure_native``."""

from sandbox.azure_native.provider import AzureNativeProvider
from sandbox.plugin import serve

if __name__ == "__main__":
    serve(AzureNativeProvider)
