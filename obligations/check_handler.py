"""The job that checks fulfilment."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from accounts import audit
from jobs.running import Run
from obligations import fulfilment
from obligations.today import today


def check_fulfilment(run: Run) -> None:
    """Check `args["on"]` (today without it); one audit row for the run."""
    on = dt.date.fromisoformat(run.args["on"]) if run.args.get("on") else today()
    run.progress(0, 1, _("Checking fulfilment…"))
    result = fulfilment.check(as_of=on, today=today())
    message = _("%(on)s: judged %(judged)s obligations, %(changed)s lights changed.") % {
        "on": on,
        "judged": result.judged,
        "changed": result.changed,
    }
    with run.finishing(result={"message": message, **result.as_json()}):
        audit.record(run.job, verb="check_fulfilment", by=run.by, detail=result.as_json())
