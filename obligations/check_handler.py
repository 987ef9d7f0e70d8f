"""The jobs that check fulfilment, judge by a new light rule, and draft scores."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from jobs.running import Run
from obligations import evidence, fulfilment, light_rules, score_statements
from obligations.importing import keeping
from obligations.models import LightRule
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
        keeping.sweep()
    result = fulfilment.check(as_of=on, today=today())
    with run.finishing(result=_told(on, by=run.by)):
        audit.record_run("check_fulfilment", by=run.by, detail=result.as_json())


def _told(on: dt.date, *, by: User | None) -> dict[str, str]:
    """What the job says. The figures cover everybody's obligations: they stay in the audit row."""
    said = {"message": _("Checked %(on)s.") % {"on": on}}
    if by is None:
        return said
    return {**said, "url": f"{reverse('obligations:checks')}?on={on.isoformat()}"}


def rejudge(run: Run) -> None:
    """Judge the first day of a light rule by it, and keep what the rule turned."""
    rule = LightRule.objects.get(pk=run.args["rule"])
    run.progress(0, 1, _("Judging lights by the new rule…"))
    turned = light_rules.rejudge(rule, today=today())
    with run.finishing(result={"message": light_rules.told(turned)}):
        audit.record_run("rejudge", by=run.by, detail={"rule": rule.number, "turned": turned})


def draft_scores(run: Run) -> None:
    """Draft the statement of scores that a coordinator asked for."""
    assert run.by is not None  # score_statements.ask
    as_of = dt.date.fromisoformat(run.args["as_of"])
    run.progress(0, 1, _("Drafting the statement of scores…"))
    with run.finishing(result={"url": reverse("obligations:scores")}):
        score_statements.draft(as_of=as_of, by=run.by, today=today())
