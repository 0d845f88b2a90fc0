"""Prepares a checkout for work: the virtual environment and the Pulumi CLI.

Plain Python, without a package beside the standard library: it runs before there is a virtual environment.
"""
