"""How HTTP(S) gets into the cluster."""
