"""The virtual network, its subnets, and the way out of it."""
