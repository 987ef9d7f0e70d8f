"""What leadership sees: snapshots, workbooks, bulletins."""
