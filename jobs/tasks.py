"""What Celery knows: one task that runs a job, one that keeps the time."""

from __future__ import annotations

from celery import shared_task

from jobs import running, schedule, sweeping


@shared_task(name="jobs.run")
def run(job_id: int) -> None:
    running.perform(job_id)


@shared_task(name="jobs.tick")
def tick() -> None:
    schedule.tick()
    sweeping.sweep()
