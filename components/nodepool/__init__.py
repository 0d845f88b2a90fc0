"""Node pools of every kind, and what their nodes need."""
