"""What is refused about the network, a module for each subject."""
