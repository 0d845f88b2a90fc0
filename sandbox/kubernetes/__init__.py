"""The stand-in for the ``kubernetes`` provider plugin 4.34.2 and for the API server behind it.

``provider`` speaks the engine's protocol and decides what the real provider decides: names, differences,
replacements, what becomes a secret. It reaches objects through ``backend.Backend`` only. ``cloud_backend`` is
the one backend so far: an API server simulated over the simulated cloud, with admission (``admission``,
``schema``), controllers (``controllers``) and the Azure load balancer (``load_balancer``).

Not simulated: scheduling. Taints, tolerations, node selectors, affinity, capacity and quotas place or block
no pod: every workload becomes ready at once, and a DaemonSet counts the nodes of all agent pools.
Authorization inside the cluster, admission webhooks and Azure Policy are not simulated either, and no
container runs.
"""
