"""Commands of the job queue."""
