"""A real Kubernetes control plane for each simulated AKS cluster, on this computer."""
