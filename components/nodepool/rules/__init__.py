"""Rules of node pools."""
