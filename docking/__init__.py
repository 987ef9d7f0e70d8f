"""What differs for system docking: terms, columns, checks."""
