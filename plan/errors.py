"""What keeps a plan from being made."""


class PlanError(Exception):
    """There is no plan; the message says why, and what to do."""
