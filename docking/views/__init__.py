"""Pages of docking."""
