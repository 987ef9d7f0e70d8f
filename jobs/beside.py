"""A row that a job works on, and that job: told of one moment."""

from __future__ import annotations

from typing import Protocol, TypeVar

from jobs.models import Job


class _WorkedOn(Protocol):
    @property
    def job_id(self) -> int | None: ...

    def refresh_from_db(self) -> None: ...


_Row = TypeVar("_Row", bound=_WorkedOn)


def job_of(row: _Row) -> Job | None:
    """The job at work on `row`, if any; `row` then says what an ended job left.

    The row was read first. A job that ended since then would look as if it had ended and left its
    row unfinished, and the page that says so asks no more.
    """
    job = Job.objects.filter(pk=row.job_id or 0).first()
    if job is not None and not job.is_live:
        row.refresh_from_db()
    return job
