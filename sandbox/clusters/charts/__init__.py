"""The Helm charts that a cluster can be given: pulled ones, and stand-ins for those that were not."""
