"""The AKS cluster itself and how the program reaches its API."""
