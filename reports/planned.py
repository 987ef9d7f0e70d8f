"""Reports that a plan wants: which are due, each made once for its own day, and sent out."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterable, Iterator

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from jobs import queue
from jobs.models import Job
from obligations import calendars
from obligations.today import moment
from obligations.workdays import Calendar
from reports import making, rhythm
from reports.models import PlannedReport, ReportPlan, ReportReceipt, Snapshot
from reports.recipients import readers
from reports.rhythm import Due
from reports.scopes import require_in_scope

JOB = "reports.make"
# So long after it was asked for nobody is alarmed: what the making may take, and a grace.
ALLOWED = dt.timedelta(minutes=150)
# What the plan of a row needs to say its scope and name.
PLAN_SCOPE = ("plan__region", "plan__department__region", "plan__on_list")
_There = set[tuple[int, str]]


def settle(*, on: dt.date) -> list[PlannedReport]:
    """Ask for every report whose day has come by `on`, also after a standstill; each once."""
    plans = ReportPlan.objects.in_force().filter(covers_from__lte=on).order_by("pk")
    return [row for plan in plans for row in settle_plan(plan, until=on)]


@transaction.atomic
def settle_plan(plan: ReportPlan, *, until: dt.date) -> list[PlannedReport]:
    """As `settle`, of one plan, in the order of its periods: whoever comes second finds the rows.

    The plan is held meanwhile, so that it does not change under what is asked.
    """
    rows = ReportPlan.objects.with_scope()
    held = rows.select_for_update(of=("self",)).get(pk=plan.pk)
    asked = (_ask(held, due, on=until) for due in owed(held, until=until))
    return [row for row in asked if row is not None]


def owed(plan: ReportPlan, *, until: dt.date) -> list[Due]:
    """What is due by a day and has no row."""
    if plan.ended_on is not None:
        until = min(until, plan.ended_on - dt.timedelta(days=1))
    there, dues = _there([plan]), _dues(plan, calendars.in_region(plan.place_id))
    come = itertools.takewhile(lambda due: due.on <= until, dues)
    return [due for due in come if (plan.pk, due.period.name) not in there]


def coming(plan: ReportPlan, *, on: dt.date, count: int) -> list[Due]:
    """The next so many that will fall due after a day; none where the plan has ended."""
    return coming_of([plan], on=on, count=count)[plan.pk]


def coming_of(
    plans: Collection[ReportPlan], *, on: dt.date, count: int
) -> dict[int | None, list[Due]]:
    """As `coming`, of many plans at once, by their keys."""
    there = _there(plans)
    known = calendars.in_regions({plan.place_id for plan in plans})
    return {
        plan.pk: list(itertools.islice(_later(plan, known[plan.place_id], there, on=on), count))
        for plan in plans
    }


def record(snapshot: Snapshot, *, job: Job) -> None:
    """That the report was made, in the transaction that makes it; nothing for one of no plan."""
    PlannedReport.objects.filter(job=job, snapshot=None).update(
        snapshot=snapshot, made_at=timezone.now()
    )


@transaction.atomic
def deliver(snapshot: Snapshot, *, by: User, on: dt.date) -> list[ReportReceipt]:
    """Send a published report to all whom its plan names, each once: who got it now.

    Who may not read it any more gets nothing, and stands on the list with the reason. A report that
    no plan wanted is sent to nobody.
    """
    rows = PlannedReport.objects.select_for_update(of=("self",)).filter(snapshot=snapshot)
    row = rows.select_related(*PLAN_SCOPE).first()
    if row is None:
        return []
    permissions.require(by, "keep_report_plans")
    require_in_scope(row.plan.scope, by=by)
    if snapshot.state != Snapshot.State.PUBLISHED:
        raise RuleViolation(_unpublished())
    sent, withheld = _write_receipts(row, snapshot, on=on)
    if row.delivered_at is None:
        PlannedReport.objects.filter(pk=row.pk).update(delivered_at=moment(on))
    detail = {
        "on": on.isoformat(),
        "report": f"{row.plan} {row.period}",
        "sent": [receipt.name for receipt in sent],
        "withheld": [receipt.name for receipt in withheld],
    }
    audit.record(
        row, verb="deliver_report", by=by, detail=detail, department_id=row.plan.department_id
    )
    return sent


def deliver_row(row: PlannedReport, *, by: User, on: dt.date) -> list[ReportReceipt]:
    """As `deliver`; refuses what is not made yet."""
    if row.snapshot is None:
        raise RuleViolation(_unpublished())
    return deliver(row.snapshot, by=by, on=on)


def late_count(*, now: dt.datetime) -> int:
    """Reports that were asked for so long ago that they should be there, or whose job failed."""
    rows = PlannedReport.objects.not_made()
    failed = rows.filter(job__state__in=Job.REQUEUEABLE)
    slow = rows.filter(job__state__in=Job.LIVE, job__created_at__lt=now - ALLOWED)
    return failed.count() + slow.count()


def _unpublished() -> str:
    return _("Only a published report is sent to its recipients.")


def _ask(plan: ReportPlan, due: Due, *, on: dt.date) -> PlannedReport | None:
    """The period's row and the job that makes its report; None where somebody was quicker."""
    row = PlannedReport(
        plan=plan,
        period=due.period.name,
        due_on=due.on,
        as_of=due.as_of,
        is_provisional=due.is_provisional,
        plan_version=plan.version,
        planned_on=on,
    )
    try:
        with transaction.atomic():
            row.job = _enqueue(plan, due)
            row.save(force_insert=True)
    except IntegrityError:
        return None
    return row


def _enqueue(plan: ReportPlan, due: Due) -> Job | None:
    """None where no list was there yet on the day: there is nothing to report then."""
    scope, on = plan.scope, due.as_of
    try:
        making.require_lists(scope, on=on)
    except RuleViolation:
        return None
    args = {"on": on.isoformat(), **scope.args, "plan": plan.pk, "plan_period": due.period.name}
    # Unique for ever, and so that those of one plan are made in their order.
    return queue.enqueue(JOB, period=f"plan {plan.pk:06} {due.period.name}", args=args)


def _dues(plan: ReportPlan, calendar: Calendar) -> Iterator[Due]:
    return rhythm.dues(plan.rule, since=plan.covers_from, calendar=calendar)


def _later(plan: ReportPlan, calendar: Calendar, there: _There, *, on: dt.date) -> Iterator[Due]:
    if plan.ended_on is not None:
        return
    for due in _dues(plan, calendar):
        if due.on > on and (plan.pk, due.period.name) not in there:
            yield due


def _there(plans: Iterable[ReportPlan]) -> _There:
    """(plan, period) of every row; a plan that is not saved has none."""
    rows = PlannedReport.objects.filter(plan__in=[plan.pk for plan in plans if plan.pk])
    return set(rows.values_list("plan_id", "period"))


def _write_receipts(
    row: PlannedReport, snapshot: Snapshot, *, on: dt.date
) -> tuple[list[ReportReceipt], list[ReportReceipt]]:
    """Those that were sent now, and those that are withheld now."""
    known = {
        receipt.user_id: receipt for receipt in ReportReceipt.objects.filter(snapshot=snapshot)
    }
    named = list(row.plan.recipients.select_related("department").order_by("pk"))
    may = set(readers(row.plan.scope).values_list("pk", flat=True))
    sent: list[ReportReceipt] = []
    withheld: list[ReportReceipt] = []
    for user in named:
        receipt = known.get(user.pk)
        if receipt is not None and not receipt.withheld:
            continue
        receipt = receipt or ReportReceipt(planned=row, snapshot=snapshot, user=user)
        _fill(receipt, user, may_read=user.pk in may, on=on)
        receipt.save()
        (withheld if receipt.withheld else sent).append(receipt)
    return sent, withheld


def _fill(receipt: ReportReceipt, user: User, *, may_read: bool, on: dt.date) -> None:
    receipt.name = user.display_name
    receipt.department_name = user.department.name if user.department else ""
    receipt.sent_at = moment(on) if may_read else None
    if may_read:
        receipt.withheld = ""
    elif user.is_active:
        receipt.withheld = ReportReceipt.Withheld.MAY_NOT_READ
    else:
        receipt.withheld = ReportReceipt.Withheld.LEFT
