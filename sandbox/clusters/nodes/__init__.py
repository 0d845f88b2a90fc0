"""The cloud's half of a simulated cluster: nodes of the pools, autoscaler, drain, load balancers, add-ons."""
