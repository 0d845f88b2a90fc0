"""Every message of the settings through the real CLI; `make messages` prints the figures of docs/reliability.md."""
