"""The jobs that check fulfilment, judge by a new light rule, and draft scores."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Department, User
from jobs.running import Run
from obligations import check_parts, evidence, light_rules, score_statements
from obligations.importing import keeping
from obligations.models import LightRule
from obligations.today import today


def check_fulfilment(run: Run) -> None:
    """Check `args["on"]` (today without it); one audit row for the run, however many share it."""
    on = _day(run)
    run.progress(0, 1, _("Checking fulfilment…"))
    if run.args.get("every"):
        evidence.sweep()
        keeping.sweep()
    result = check_parts.check(run, on=on, today=today())
    with run.finishing(result=_told(on, by=run.by)):
        audit.record_run("check_fulfilment", by=run.by, detail=result.as_json())


def check_part(run: Run) -> None:
    """The departments of one part of a check."""
    if check_parts.is_called_off(run):
        with run.finishing(result={"message": _("The check it belongs to has ended.")}):
            return
    departments = list(Department.objects.filter(pk__in=run.args["departments"]).order_by("pk"))
    result = check_parts.check_share(run, departments, on=_day(run), today=today())
    with run.finishing(result={"found": check_parts.told(result)}):
        pass


def _day(run: Run) -> dt.date:
    return dt.date.fromisoformat(run.args["on"]) if run.args.get("on") else today()


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
