"""The programs that the sandbox runs, each of one pinned version: downloaded, or built from Go modules."""
