"""The sandbox's kubernetes plugin with its requests timed: `python -m benchmarks.timed_kubernetes`."""

from benchmarks.timed_plugin import serve

if __name__ == "__main__":
    serve("sandbox.kubernetes")
