"""The Pulumi engine, its stacks and its plugins, run apart from the user's own Pulumi."""
