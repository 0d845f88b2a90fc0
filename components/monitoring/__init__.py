"""Managed Prometheus."""
