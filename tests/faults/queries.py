"""What the queue holds, asked past Django."""

LIVE = "SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running')"
RUNNING = "SELECT count(*) FROM jobs_job WHERE state = 'running'"
DONE = "SELECT count(*) FROM jobs_job WHERE state = 'done'"
FAILED = "SELECT count(*) FROM jobs_job WHERE state = 'failed'"
# The traces of test jobs that were queued by hand.
_BY_HAND = "FROM jobs_noopmark JOIN jobs_job ON jobs_job.id = job_id WHERE period = ''"
MARKS = f"SELECT count(*) {_BY_HAND}"
MARKED = f"SELECT count(DISTINCT job_id) {_BY_HAND}"
