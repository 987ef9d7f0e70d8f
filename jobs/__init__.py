"""Work that must happen exactly once: the row is the job, the broker only wakes workers."""
