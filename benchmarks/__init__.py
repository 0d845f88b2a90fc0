"""Measures previews: of this program, and of flat programs that declare the same resources."""
