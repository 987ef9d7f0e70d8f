"""The worker's side of a dispatch of many obligations."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from jobs.running import Run
from obligations import fanning_out
from obligations.fanning_out import accepting, acting
from obligations.models import Dispatch
from obligations.today import today


def carry_out(run: Run) -> None:
    """Make what was confirmed; where it is no longer as shown, a person looks again."""
    row = Dispatch.objects.get(pk=run.args["dispatch"])
    if row.state != Dispatch.State.RUNNING or run.by is None:
        return
    run.progress(0, run.args["count"], _("Working out what is missing"))
    try:
        with transaction.atomic():
            done = fanning_out.perform(row, by=run.by, on=today(), progress=run.progress)
            url = reverse("obligations:dispatch", args=[row.pk])
            # The job row last: until then its progress can be seen.
            with run.finishing(result={"dispatch": row.pk, "made": done.made, "url": url}):
                pass
    except (RuleViolation, PermissionDenied) as refusal:
        acting.fail(row, reason=str(refusal))
        raise


def accept_members(run: Run) -> None:
    """Make what new members of a group were accepted for; what changed since fails the job."""
    said = dict(run.args)
    count, group, departments = said.pop("count"), said.pop("group"), said.pop("departments")
    if run.by is None:
        raise RuleViolation(_("Nobody is named who asked for this."))
    run.progress(0, count, _("Working out what is missing"))
    with transaction.atomic():
        done = accepting.perform(
            group, departments, by=run.by, on=today(), progress=run.progress, **said
        )
        url = reverse("obligations:dispatch", args=[done.pk])
        with run.finishing(result={"dispatch": done.pk, "made": done.made, "url": url}):
            pass
