"""What docking offers to programs."""
