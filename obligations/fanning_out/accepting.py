"""What new members of a group do not owe yet, made: at once, or by a worker where it is much."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from jobs.models import Job
from jobs.queue import enqueue
from obligations.fanning_out import choosing, joining, writing
from obligations.fanning_out.acting import AT_ONCE
from obligations.fanning_out.choosing import Choice, Named
from obligations.fanning_out.joining import Offer
from obligations.fanning_out.planning import Missing
from obligations.fanning_out.writing import Progress
from obligations.models import Dispatch, DispatchMember

JOB = "obligations.accept_members"


def accept(
    group: int,
    departments: Iterable[int],
    *,
    by: User,
    on: dt.date,
    digest: str | None,
    issue: bool = False,
    note: str = "",
) -> Dispatch | Job:
    """Make what these new members do not owe yet, as was shown: a dispatch of its own, or the job
    that makes it."""
    permissions.require(by, "fan_out")
    with transaction.atomic():
        offer, chosen = joining.locked(group, departments, by=by, on=on, digest=digest)
        missing = _missing(offer, chosen)
        if len(missing) <= AT_ONCE:
            return _make(offer, chosen, missing, by=by, on=on, issue=issue, note=note)
        args = {
            "group": group,
            "departments": sorted(chosen),
            "digest": digest,
            "issue": issue,
            "note": note,
            "count": len(missing),
        }
        job = enqueue(JOB, key=_key(group), args=args, by=by)
        if job.args != args:
            raise RuleViolation(
                _("Obligations of this group are being made already: wait until that is done.")
            )
        return job


def perform(
    group: int,
    departments: Iterable[int],
    *,
    by: User,
    on: dt.date,
    digest: str,
    issue: bool,
    note: str,
    progress: Progress,
) -> Dispatch:
    """Make what was asked for, all or nothing; the caller's transaction holds the result."""
    permissions.require(by, "fan_out")
    with transaction.atomic():
        offer, chosen = joining.locked(group, departments, by=by, on=on, digest=digest)
        missing = _missing(offer, chosen)
        about: dict[str, Any] = {"issue": issue, "note": note, "progress": progress}
        return _make(offer, chosen, missing, by=by, on=on, **about)


def jobs_of(groups: Iterable[int]) -> dict[int, Job]:
    """By group, the job that makes what was accepted, or failed to make it last."""
    keys = {_key(group): group for group in groups}
    rows = Job.objects.filter(kind=JOB, key__in=keys).select_related("created_by").order_by("pk")
    newest = {keys[job.key]: job for job in rows}
    return {
        group: job for group, job in newest.items() if job.is_live or job.state == Job.State.FAILED
    }


def _key(group: int) -> str:
    return f"members of {group}"


def _missing(offer: Offer, chosen: set[int]) -> list[Missing]:
    return [
        one for (_item, department, _duty), one in offer.missing.items() if department in chosen
    ]


def _make(
    offer: Offer,
    chosen: set[int],
    missing: Sequence[Missing],
    *,
    by: User,
    on: dt.date,
    issue: bool,
    note: str,
    progress: Progress = lambda _done, _of: None,
) -> Dispatch:
    row = _record(offer, chosen, missing, by=by, on=on, issue=issue, note=note)
    made = writing.make(row, missing, offer.groups, by=by, on=on, progress=progress)
    writing.audit_made(row, made, by=by, on=on)
    row.made = len(made)
    writing.settle(row, made, by=by, on=on)
    row.save()
    rows = [
        member
        for key, unreached in offer.unreached.items()
        for member in writing.reached(
            offer.groups[key], [pk for pk in unreached if pk in chosen], by=by, on=on
        )
    ]
    DispatchMember.objects.bulk_create(rows)
    detail = {"on": on.isoformat(), "group": offer.name, "made": row.made}
    audit.record(row, verb="fan_out", by=by, detail={**detail, "departments": sorted(chosen)})
    return row


def _record(
    offer: Offer,
    chosen: set[int],
    missing: Sequence[Missing],
    *,
    by: User,
    on: dt.date,
    issue: bool,
    note: str,
) -> Dispatch:
    """The dispatch that the acceptance is."""
    role = next(iter(offer.groups.values())).role_in_item
    duties = {
        one for row in offer.groups.values() for one in choosing.duties_of(row.dispatch.duties)
    }
    choice = Choice(
        tuple(sorted(duties, key=lambda one: (one.duty, one.due))),
        tuple(Named(f"department:{pk}", role) for pk in sorted(chosen)),
        members_on=on,
        document_number=_documents(offer)[:100],  # of the superior, who gave more time
        issue=issue,
        note=note,
    )
    row = Dispatch.objects.create(
        created_by=by, done_by=by, done_on=on, state=Dispatch.State.DONE, **choice.as_json()
    )
    row.items.add(*{one.item.pk for one in missing})
    return row


def _documents(offer: Offer) -> str:
    return "、".join(sorted({row.dispatch.document_number for row in offer.groups.values()} - {""}))
