"""接口开放 → 联调 → 测试 → 上线 → 应用: planned, reached, not needed; the next one on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from docking import stages
from docking import steps as steps_of
from docking.models import Milestone, Stage
from docking.models.milestones import MOST_WEIGHT, ORDER
from docking.steps import Facts, Steps, docked, of, passes_stages
from obligations import calendars, history
from obligations.changing import require_in_reach, require_known_day, require_version
from obligations.chunks import CHUNK, chunks
from obligations.models import Obligation, Status
from obligations.models.obligation import ObligationQuerySet

_PLANNABLE = (
    *(Status.ISSUED, Status.IN_PROGRESS, Status.CLAIMED),
    *(Status.ENDORSED, Status.VERIFIED),
)
_REACHABLE = (Status.IN_PROGRESS, Status.CLAIMED, Status.ENDORSED, Status.VERIFIED)


@dataclass(frozen=True)
class Planned:
    """What a plan says of one stage."""

    planned_on: dt.date | None = None
    weight: int = 1
    not_needed: str = ""


def plan(
    obligation: Obligation,
    *,
    by: User,
    on: dt.date,
    plan: Mapping[str, Planned],
    version: int | None = None,
) -> None:
    """Say of each named stage when it is planned, what it weighs, or why it is not needed."""
    require_known_day(*(one.planned_on for one in plan.values()))
    with _changing(
        obligation, verb="plan_milestones", by=by, on=on, version=version, starts=_PLANNABLE
    ) as steps:
        for stage, said in plan.items():
            _say(steps[stage], said)
        _require_order(steps)


def plan_by_default(
    obligation: Obligation, *, by: User, on: dt.date, version: int | None = None
) -> None:
    """Spread what is not reached over the working days until the due day."""
    with _changing(
        obligation, verb="plan_milestones", by=by, on=on, version=version, starts=_PLANNABLE
    ) as steps:
        due_on = Obligation.objects.values_list("due_on", flat=True).get(pk=obligation.pk)
        if due_on is None:
            raise RuleViolation(_("This duty is ongoing: it has no due date to plan towards."))
        if due_on <= on:
            raise RuleViolation(
                _("The due date has passed: plan the days by hand, or ask for an extension first.")
            )
        _spread(steps, start=on, end=due_on, region_id=obligation.department.region_id)


def unplanned(rows: ObligationQuerySet, *, on: dt.date) -> ObligationQuerySet:
    """Of these rows those that a default plan suits: nothing was said of any stage yet."""
    said = Milestone.objects.filter(obligation=OuterRef("pk"))
    open_rows = docked(rows).filter(status__in=_PLANNABLE[:3], due_on__gt=on)
    return open_rows.exclude(Exists(said))


def plan_all_by_default(rows: ObligationQuerySet, *, by: User, on: dt.date) -> int:
    """The default plan for all that have none; overwrites nothing. Returns how many."""
    permissions.require(by, "plan_milestones")
    with transaction.atomic():
        ids = list(unplanned(rows, on=on).values_list("pk", flat=True))
        held = Obligation.objects.filter(pk__in=ids).select_for_update(of=("self",))
        # Asked again under the lock: who planned meanwhile is left alone.
        found = list(unplanned(held, on=on).select_related("department").defer("item__raw"))
        for row in found:
            require_in_reach(row, by=by)
        _plan_each(found, by=by, on=on)
    return len(found)


def reach(
    obligation: Obligation,
    stage: str,
    *,
    reached_on: dt.date,
    by: User,
    on: dt.date,
    version: int | None = None,
) -> None:
    """Put on record when the next stage was reached; an earlier one must not be open."""
    require_known_day(reached_on)
    if reached_on > on:
        raise RuleViolation(_("The day lies in the future: use today or earlier."))
    with _changing(
        obligation, verb="reach_milestone", by=by, on=on, version=version, starts=_REACHABLE
    ) as steps:
        _require_next(steps, stage)
        before = [one.reached_on for one in steps.values() if one.reached_on]
        if before and reached_on < max(before):
            raise RuleViolation(
                _("An earlier stage was reached on %(day)s: this one cannot come before it.")
                % {"day": max(before).isoformat()}
            )
        steps[stage].reached_on = reached_on


def take_back(
    obligation: Obligation, stage: str, *, by: User, on: dt.date, version: int | None = None
) -> None:
    """A stage was put on record by mistake; the last one first."""
    with _changing(
        obligation, verb="reach_milestone", by=by, on=on, version=version, starts=_REACHABLE
    ) as steps:
        last = stages.last_reached(steps, ORDER)
        if last != stage:
            raise RuleViolation(_("Only the stage that was reached last can be taken back."))
        steps[stage].reached_on = None


@contextmanager
def _changing(
    obligation: Obligation,
    *,
    verb: str,
    by: User,
    on: dt.date,
    version: int | None,
    starts: Sequence[str],
) -> Iterator[Steps]:
    """Yield the stages of the locked, checked obligation; on leaving, save them, what comes next,
    history and audit. No status moves: the table of transitions has nothing to say."""
    permissions.require(by, verb)
    with transaction.atomic():
        row = (
            Obligation.objects.select_for_update(of=("self",))
            .select_related("item__list", "department")
            .get(pk=obligation.pk)
        )
        require_in_reach(row, by=by)
        require_version(row, version)
        _require_open(row, starts)
        steps = of(row)
        before = steps_of.facts(steps)
        yield steps
        _save(steps, before)
        row.next_milestone_on = stages.next_on(steps.values())
        row.version += 1
        row.save(update_fields=["next_milestone_on", "version"])
        history.record(row, on=on)
        detail = steps_of.detail(before, steps_of.facts(steps), row=row, on=on)
        audit.record(row, verb=verb, by=by, detail=detail, department_id=row.department_id)
    obligation.refresh_from_db()


def _require_open(row: Obligation, starts: Sequence[str]) -> None:
    if not passes_stages(row):
        raise RuleViolation(_("Only a duty to connect a system passes these stages."))
    if row.status not in starts:
        raise RuleViolation(
            _("The stages cannot be changed now: the status is “%(status)s”.")
            % {"status": row.get_status_display()},
            facts={"status": row.status},
        )


def _require_next(steps: Steps, stage: str) -> None:
    label = Stage(stage).label
    if steps[stage].reached_on:
        raise RuleViolation(_("“%(stage)s” was reached already.") % {"stage": label})
    if steps[stage].not_needed:
        raise RuleViolation(
            _("“%(stage)s” is marked as not needed: change the plan first.") % {"stage": label}
        )
    due = stages.next_open(steps, ORDER)
    if due != stage:
        raise RuleViolation(
            _("“%(earlier)s” comes first: put it on record, or mark it as not needed.")
            % {"earlier": Stage(due).label if due else ""},
            facts={"next": due},
        )


def _say(step: Milestone, said: Planned) -> None:
    reason = said.not_needed.strip()
    if reason and step.reached_on:
        raise RuleViolation(
            _("“%(stage)s” was reached: it cannot be marked as not needed.")
            % {"stage": step.get_stage_display()}
        )
    if not 1 <= said.weight <= MOST_WEIGHT:
        raise RuleViolation(_("A weight is a whole number from 1 to 100."))
    step.planned_on = None if reason else said.planned_on
    step.weight, step.not_needed = said.weight, reason[:500]


def _require_order(steps: Steps) -> None:
    wrong = stages.out_of_order(steps, ORDER)
    if wrong is not None:
        earlier, later = (Stage(one).label for one in wrong)
        raise RuleViolation(
            _("“%(later)s” is planned before “%(earlier)s”: correct one of the two days.")
            % {"later": later, "earlier": earlier}
        )
    if not any(step.is_needed for step in steps.values()):
        raise RuleViolation(_("At least one stage must be needed."))


def _spread(steps: Steps, *, start: dt.date, end: dt.date, region_id: int | None) -> None:
    waiting = [steps[stage] for stage in ORDER if steps[stage].is_open]
    calendar = calendars.in_region(region_id)
    days = stages.spread(start, end, count=len(waiting), calendar=calendar)
    for step, day in zip(waiting, days, strict=True):
        step.planned_on = day


def _plan_each(rows: Sequence[Obligation], *, by: User, on: dt.date) -> None:
    made: list[Milestone] = []
    entries = []
    firsts: dict[dt.date, list[int]] = {}
    for row in rows:
        steps = {stage: Milestone(obligation_id=row.pk, stage=stage) for stage in ORDER}
        assert row.due_on is not None  # `unplanned` asks for one
        _spread(steps, start=on, end=row.due_on, region_id=row.department.region_id)
        made.extend(steps.values())
        first = stages.next_on(steps.values())
        assert first is not None
        firsts.setdefault(first, []).append(row.pk)
        row.version += 1
        blank = steps_of.facts({stage: Milestone(stage=stage) for stage in ORDER})
        detail = steps_of.detail(blank, steps_of.facts(steps), row=row, on=on)
        entries.append(
            audit.entry(
                row,
                verb="plan_milestones",
                by=by,
                detail=detail,
                department_id=row.department_id,
            )
        )
    Milestone.objects.bulk_create(made, batch_size=CHUNK)
    for first, ids in firsts.items():
        for chunk in chunks(ids):
            Obligation.objects.filter(pk__in=chunk).update(
                next_milestone_on=first, version=F("version") + 1
            )
    history.record_many([row.pk for row in rows], on=on)
    audit.record_many(entries)


def _save(steps: Steps, before: Facts) -> None:
    """All of them once anything was said, so that a plan is always whole."""
    after = steps_of.facts(steps)
    for stage, step in steps.items():
        if step.pk is None or after[stage] != before[stage]:
            step.save()
