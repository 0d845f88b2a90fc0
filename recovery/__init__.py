"""Brings a stack's state in line with what exists after an update was killed: `python -m recovery`."""
