"""The job that checks fulfilment."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from accounts import audit
from jobs.running import Run
from obligations import evidence, fulfilment
from obligations.importing import uploads
from obligations.today import today


def check_fulfilment(run: Run) -> None:
    """Check `args["on"]` (today without it); one audit row for the run.

    The nightly run comes early in its day, so it first closes the day before: lights, findings
    and totals of a day are those of its end.
    """
    on = dt.date.fromisoformat(run.args["on"]) if run.args.get("on") else today()
    run.progress(0, 1, _("Checking fulfilment…"))
    if run.args.get("every"):
        fulfilment.check(as_of=on - dt.timedelta(days=1), today=today())
        evidence.sweep()
        uploads.sweep()
    result = fulfilment.check(as_of=on, today=today())
    message = _("%(on)s: judged %(judged)s obligations, %(changed)s lights changed.") % {
        "on": on,
        "judged": result.judged,
        "changed": result.changed,
    }
    with run.finishing(result={"message": message, **result.as_json()}):
        audit.record_run("check_fulfilment", by=run.by, detail=result.as_json())
