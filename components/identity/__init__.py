"""Who the cluster is, what it may do, and who may use it."""
