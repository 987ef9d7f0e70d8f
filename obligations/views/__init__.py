"""Pages: find what is visible, call a process, redirect or render."""
