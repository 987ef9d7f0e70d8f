"""Pages of accounts, one module for each role."""
