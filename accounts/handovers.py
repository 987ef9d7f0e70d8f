"""A/B 角: who stands in for whom, and acting in somebody's place."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import Handover, User
from accounts.versions import require_same

LONGEST_DAYS = 366


@transaction.atomic
def hand_over(
    deputy: User, *, by: User, on: dt.date, starts_on: dt.date, ends_on: dt.date, note: str = ""
) -> Handover:
    """`by` names a deputy of the own department for these days, both included."""
    permissions.require(by, "hand_over")
    person = User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if by.acting_for is not None:
        raise RuleViolation(_("A deputy does not pass it on: act for yourself first."))
    _require_deputy(person, deputy)
    _require_days(starts_on, ends_on, on=on)
    others = person.handovers.filter(ended_on=None, starts_on__lte=ends_on, ends_on__gte=starts_on)
    if others.exists():
        raise RuleViolation(_("There is a deputy for some of these days already: end that first."))
    made = Handover.objects.create(
        person=person, deputy=deputy, starts_on=starts_on, ends_on=ends_on, note=note.strip()
    )
    detail = {"deputy": deputy.username, "from": str(starts_on), "to": str(ends_on)}
    audit.record(made, verb="hand_over", by=by, detail=detail, department_id=person.department_id)
    return made


@transaction.atomic
def end(handover: Handover, *, by: User, on: dt.date, version: int) -> None:
    """The person takes the work back, or the deputy gives it back, before the last day."""
    permissions.require(by, "hand_over")
    row = Handover.objects.select_for_update().get(pk=handover.pk)
    if by.pk not in (row.person_id, row.deputy_id):
        raise PermissionDenied(_("Only the two of them end it."))
    require_same(row.version, version)
    if row.is_over(on):
        raise RuleViolation(_("It is over already."))
    row.ended_on, row.ended_by, row.version = on, by, row.version + 1
    row.save(update_fields=["ended_on", "ended_by", "version"])
    audit.record(row, verb="end_handover", by=by, department_id=by.department_id)


def standing_in(user: User, *, on: dt.date) -> QuerySet[Handover]:
    """For whom the user may act on the day."""
    found = Handover.objects.in_force(on=on).filter(deputy=user.pk)
    return found.select_related("person").order_by("pk")


def deputies(*, on: dt.date) -> dict[int, Handover]:
    """By the person who is away: who stands in. Where the deputy is away, too, nobody does."""
    rows = Handover.objects.in_force(on=on).select_related("person", "deputy").order_by("pk")
    found = {row.person_id: row for row in rows}
    return {pk: row for pk, row in found.items() if row.deputy_id not in found}


def act(user: User, handover: Handover) -> None:
    """Let the user act for the person: with that person's role, under both names.

    The user keeps the own key, so that no claim is decided by who made it. Nothing is stored:
    whoever holds this object must not save it.
    """
    user.acting_for = handover.person
    user.role = handover.person.role


def act_for(user: User, username: str, *, on: dt.date) -> None:
    """Act for whom a program names; PermissionDenied where nobody of that name has asked for it."""
    found = standing_in(user, on=on).filter(person__username=username).first()
    if found is None:
        raise PermissionDenied(_("You do not stand in for “%(name)s” today.") % {"name": username})
    act(user, found)


def _require_deputy(person: User, deputy: User) -> None:
    if deputy.pk == person.pk:
        raise RuleViolation(_("Choose another person: nobody is their own deputy."))
    same = deputy.department_id == person.department_id
    if not same or not deputy.is_active or deputy.role not in User.OF_A_DEPARTMENT:
        raise RuleViolation(_("A deputy is an officer or reviewer of your own department."))


def _require_days(starts_on: dt.date, ends_on: dt.date, *, on: dt.date) -> None:
    if ends_on < starts_on:
        raise RuleViolation(_("The last day lies before the first: check both."))
    if ends_on < on:
        raise RuleViolation(_("These days are over: choose a last day from today on."))
    if (ends_on - starts_on).days > LONGEST_DAYS:
        raise RuleViolation(_("At most one year: name the deputy anew when it is over."))
