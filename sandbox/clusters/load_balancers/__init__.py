"""Azure's load balancers: the addresses of Services and Ingresses."""
