"""The daily job of the plans: asks for every report whose day has come."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from accounts import audit
from jobs.running import Run
from obligations.today import today
from reports import planned


def plan_reports(run: Run) -> None:
    """By the schedule's own day, or today; whoever does it again finds every row there."""
    on = dt.date.fromisoformat(run.args["on"]) if run.args.get("on") else today()
    with run.finishing(
        result={"message": _("The plans of %(day)s were gone through.") % {"day": on}}
    ):
        asked = planned.settle(on=on)
        if asked:
            names = [f"{row.plan} {row.period}" for row in asked]
            detail = {"on": on.isoformat(), "reports": names}
            audit.record_run("plan_reports", by=run.by, detail=detail)
