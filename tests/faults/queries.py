"""What the queue holds, asked past Django."""

LIVE = "SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running')"
RUNNING = "SELECT count(*) FROM jobs_job WHERE state = 'running'"
DONE = "SELECT count(*) FROM jobs_job WHERE state = 'done'"
FAILED = "SELECT count(*) FROM jobs_job WHERE state = 'failed'"
# Test jobs queued by hand, and the traces that these left.
MARKS = "SELECT count(*) FROM jobs_noopmark"
MARKED = "SELECT count(DISTINCT job_id) FROM jobs_noopmark"
