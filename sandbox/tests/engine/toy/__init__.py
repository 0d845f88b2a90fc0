"""A project of two resources and the provider that they come from, to try the engine with."""
