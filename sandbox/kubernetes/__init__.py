"""The stand-in for the ``kubernetes`` provider plugin 4.34.2, in front of a real API server.

``provider`` speaks the engine's protocol and decides what the real provider decides: names, differences,
replacements, readiness, what becomes a secret. It reaches objects through ``backend.Backend`` only, which
``api_server_backend`` implements with the ``kubernetes`` client: what Kubernetes would refuse, Kubernetes
itself refuses. Helm releases are Helm's own work.

``load_balancer`` and ``ingress_controller`` are pure: they tell what Azure's load balancer and an ingress
controller would write into the cluster.
"""
