"""The sheets of the progress report, one module each."""
