"""What has which addresses in a stack's network, and how full it gets: `python -m plan`."""
