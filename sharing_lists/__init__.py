"""What differs for data sharing: terms, columns, checks."""
