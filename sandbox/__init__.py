"""Simulated Azure and real Kubernetes on this computer, behind the real Pulumi engine.

Nothing that ships to Azure imports this package, and the Pulumi program does not know that it exists.
"""
