"""Every message of the settings through the real CLI: `make messages`."""
