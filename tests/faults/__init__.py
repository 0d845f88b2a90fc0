"""The faults of docs/reliability.md, tried on stacks in sandboxes of their own: `make faults`."""
