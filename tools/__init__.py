"""What makes a checkout ready to work in: the virtual environment and the Pulumi CLI."""
