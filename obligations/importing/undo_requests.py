"""What a person does to have an edition taken back; a job does it, however large it is."""

from __future__ import annotations

from django.db import transaction

from accounts import permissions
from accounts.errors import RuleViolation
from accounts.models import User
from jobs.models import Job
from jobs.queue import enqueue
from obligations.dispatch import require_reason
from obligations.importing import planning, undoing, versions
from obligations.models import Edition, ResponsibilityList

JOB = "obligations.undo_edition"


@transaction.atomic
def ask(edition: Edition, *, by: User, reason: str, version: int | None) -> Job:
    """Have the edition taken back. RuleViolation saying what stands against it."""
    permissions.require(by, "undo_import")
    home = ResponsibilityList.objects.select_for_update().get(pk=edition.list_id)
    versions.require(home, version)
    require_reason(reason)
    why = obstacle(Edition.objects.get(pk=edition.pk), by=by)
    if why:
        raise RuleViolation(why)
    args = {"edition": edition.pk, "reason": reason.strip(), "version": version}
    return enqueue(JOB, key=_key(edition), args=args, by=by)


def obstacle(edition: Edition, *, by: User) -> str:
    """Why this person cannot have the edition taken back now; "" where they can."""
    try:
        planning.require_own_list(edition.list, by=by)
    except RuleViolation as refusal:
        return refusal.sentence
    return undoing.obstacle(edition)


def job_of(edition: Edition) -> Job | None:
    """The job that takes the edition back, or tried to last."""
    jobs = Job.objects.filter(kind=JOB, key=_key(edition)).select_related("created_by")
    return jobs.order_by("-pk").first()


def _key(edition: Edition) -> str:
    return f"edition {edition.pk}"
