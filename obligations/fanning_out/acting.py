"""A dispatch from the choice to the obligations: prepared, confirmed as shown, or discarded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from accounts.models import User
from jobs.models import Job
from jobs.queue import enqueue
from obligations.fanning_out import choosing, planning, writing
from obligations.fanning_out.choosing import Choice
from obligations.fanning_out.planning import MAX_ITEMS, Plan
from obligations.fanning_out.writing import Progress
from obligations.models import Dispatch, ListItem
from obligations.models.lists import ListItemQuerySet

JOB = "obligations.dispatch"
# More than so many are made by a worker, with progress.
AT_ONCE = 200
_State = Dispatch.State


class PlanChanged(StaleVersion):
    """What would happen is no longer what the person was shown."""


@transaction.atomic
def prepare(items: ListItemQuerySet, choice: Choice, *, by: User, on: dt.date) -> Dispatch:
    """Keep the choice, to be looked at; no obligation is made. Items are those that `by` sees."""
    permissions.require(by, "fan_out")
    choice.require_usable()
    keys = list(items.visible_to(by).in_force().order_by("pk").values_list("pk", flat=True))
    if not keys:
        raise RuleViolation(_("Choose at least one item that is in force."))
    if len(keys) > MAX_ITEMS:
        raise RuleViolation(
            _("More than %(count)s items at once: narrow the filter first.") % {"count": MAX_ITEMS}
        )
    row = Dispatch.objects.create(created_by=by, **choice.as_json())
    row.items.add(*keys)
    look(row, by=by, on=on)
    return row


def look(row: Dispatch, *, by: User, on: dt.date) -> Plan:
    """What it would do now."""
    items = ListItem.objects.visible_to(by).filter(dispatches=row)
    plan = planning.plan(planning.rows_of(items), choosing.of(row), by=by, on=on)
    plan.gone = row.items.exclude(withdrawn_on=None).count()
    return plan


def confirm(row: Dispatch, *, by: User, on: dt.date, digest: str | None) -> Dispatch:
    """Do what was shown: at once, or by a job where it is much. `digest`: of the plan shown."""
    permissions.require(by, "fan_out")
    if not digest:
        raise VersionMissing(_("Say which preview this is about: reload the page."))
    with transaction.atomic():
        locked = _locked(row, _State.PLANNED)
        plan = _as_shown(locked, digest, by=by, on=on)
        if len(plan.missing) <= AT_ONCE:
            _do(locked, plan, by=by, on=on, progress=_silent)
        else:
            locked.state, locked.digest, locked.failure = _State.RUNNING, digest, ""
            args = {"dispatch": locked.pk, "count": len(plan.missing)}
            locked.job_id = enqueue(JOB, key=f"dispatch {locked.pk}", args=args, by=by).pk
            locked.save()
    return locked


def perform(row: Dispatch, *, by: User, on: dt.date, progress: Progress) -> Dispatch:
    """Carry out what was confirmed, all or nothing; the caller's transaction holds the result."""
    permissions.require(by, "fan_out")
    with transaction.atomic():
        locked = _locked(row, _State.RUNNING)
        plan = _as_shown(locked, locked.digest, by=by, on=on)
        _do(locked, plan, by=by, on=on, progress=progress)
    return locked


def fail(row: Dispatch, *, reason: str) -> None:
    """It could not be carried out as shown: it is to be looked at again. Nothing was written."""
    Dispatch.objects.filter(pk=row.pk, state=_State.RUNNING).update(
        state=_State.PLANNED, failure=reason, digest=""
    )


def discard(row: Dispatch, *, by: User) -> Dispatch:
    """Give it up before it is confirmed."""
    permissions.require(by, "fan_out")
    with transaction.atomic():
        locked = _locked(row, _State.PLANNED)
        locked.state = _State.DISCARDED
        locked.save()
    return locked


def _as_shown(row: Dispatch, digest: str, *, by: User, on: dt.date) -> Plan:
    """The plan, alone with its items; RuleViolation where it is another one, or forbidden."""
    writing.lock(row.items.values_list("pk", flat=True))
    plan = look(row, by=by, on=on)
    if plan.digest() != digest:
        raise PlanChanged(
            _("The situation has changed since you looked at it: look again, then confirm."),
            facts={"digest": plan.digest()},
        )
    _require_possible(plan)
    return plan


def _require_possible(plan: Plan) -> None:
    if plan.problems:
        names = _listed([one.name for one in plan.problems])
        raise RuleViolation(
            _("Nobody knows whom these mean, or they no longer exist: %(names)s.")
            % {"names": names}
        )
    if plan.unauthorised:
        raise RuleViolation(
            _("National rows get a later date only with the superior's document number: %(names)s.")
            % {"names": _listed(plan.unauthorised)}
        )
    if plan.undated:
        raise RuleViolation(
            _("These items have no time limit: give the duty a date of its own: %(names)s.")
            % {"names": _listed(plan.undated)}
        )
    if not plan.missing:
        raise RuleViolation(_("All of it is there already: there is nothing to make."))


def _do(row: Dispatch, plan: Plan, *, by: User, on: dt.date, progress: Progress) -> None:
    writing.write(row, plan, by=by, on=on, progress=progress)
    row.state, row.done_on, row.done_by, row.failure = _State.DONE, on, by, ""
    row.save()


def _locked(row: Dispatch, state: str) -> Dispatch:
    found = Dispatch.objects.select_for_update().get(pk=row.pk)
    stuck = found.state == _State.RUNNING and not _is_at_work(found)
    if stuck and state == _State.PLANNED:
        found.state = _State.PLANNED
    if found.state != state:
        raise StaleVersion(
            _("This dispatch is “%(state)s” already: look at it again.")
            % {"state": found.get_state_display()}
        )
    return found


def _is_at_work(row: Dispatch) -> bool:
    return row.job_id is not None and Job.objects.live().filter(pk=row.job_id).exists()


def _listed(names: Sequence[str], most: int = 5) -> str:
    more = "…" if len(names) > most else ""
    return "、".join(names[:most]) + more


def _silent(_done: int, _of: int) -> None:
    """Nobody watches."""
