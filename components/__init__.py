"""What is built: one ComponentResource, one noun, one file. `platform.py` is the table of contents."""
