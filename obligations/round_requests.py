"""Opening a monthly round: at once, or by a worker where very many are asked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import Region, User
from jobs.models import Job
from jobs.queue import enqueue
from obligations import rounds
from obligations.cutoffs import month_of
from obligations.models import ResponsibilityList, Round

JOB = "obligations.open_round"
# More than so many rows are asked by a worker, with progress.
AT_ONCE = 500


@transaction.atomic
def open_round(
    *,
    month: dt.date,
    cut_off_on: dt.date,
    by: User,
    on: dt.date,
    region: Region | None = None,
    on_list: ResponsibilityList | None = None,
) -> Round | Job:
    """The round, or the job that opens it."""
    scope: dict[str, Any] = {"region": region, "on_list": on_list}
    count = rounds.would_ask(month=month, cut_off_on=cut_off_on, by=by, on=on, **scope)
    if count <= AT_ONCE:
        return rounds.open_round(month=month, cut_off_on=cut_off_on, by=by, on=on, **scope)
    args: dict[str, Any] = {
        "month": month_of(month).isoformat(),
        "cut_off_on": cut_off_on.isoformat(),
        "region": region.pk if region else None,
        "list": on_list.pk if on_list else None,
        "count": count,
    }
    key = " ".join(str(args[name]) for name in ("month", "region", "list"))
    job = enqueue(JOB, key=f"round {key}", args=args, by=by)
    if job.args["cut_off_on"] != args["cut_off_on"]:
        raise RuleViolation(_("This round is being opened already: wait until that is done."))
    return job


def job_of(by: User) -> Job | None:
    """The job of this person that opens a round, or failed to last."""
    job = Job.objects.filter(kind=JOB, created_by=by).order_by("-pk").first()
    return job if job and (job.is_live or job.state == Job.State.FAILED) else None
