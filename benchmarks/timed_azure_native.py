"""The sandbox's azure-native plugin with its requests timed: `python -m benchmarks.timed_azure_native`."""

from benchmarks.timed_plugin import serve

if __name__ == "__main__":
    serve("sandbox.azure")
