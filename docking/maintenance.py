"""Maintenance windows: no probe is made in them, and none is missed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import Role, User
from accounts.versions import require_same
from docking.models import MaintenanceWindow
from docking.steps import passes_stages
from obligations.changing import require_in_reach
from obligations.models import Obligation

# Longer than any upgrade, shorter than a system that nobody wants to show.
MOST_DAYS = 7


def announce(
    obligation: Obligation | None,
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    reason: str,
    by: User,
    now: dt.datetime,
) -> MaintenanceWindow:
    """A window of one obligation, by its officer; of all probing, by the system administrator.

    It lies ahead: what was seen already stays seen.
    """
    permissions.require(by, "keep_maintenance")
    _require_own(obligation, by=by)
    if not reason.strip():
        raise RuleViolation(_("Say what is done in this time."))
    if starts_at < now - dt.timedelta(minutes=1):
        raise RuleViolation(_("A window begins now or later: what was seen already stays seen."))
    if ends_at <= starts_at:
        raise RuleViolation(_("The end lies before the beginning: correct one of the two."))
    if ends_at - starts_at > dt.timedelta(days=MOST_DAYS):
        raise RuleViolation(
            _("A window lasts at most %(days)s days: announce a further one later.")
            % {"days": MOST_DAYS}
        )
    with transaction.atomic():
        row = MaintenanceWindow.objects.create(
            obligation=obligation,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=reason.strip()[:500],
            added_by=by,
        )
        said = {"from": starts_at.isoformat(), "until": ends_at.isoformat(), "reason": row.reason}
        department = obligation.department_id if obligation else None
        audit.record(row, verb="announce_maintenance", by=by, detail=said, department_id=department)
    return row


def end(window: MaintenanceWindow, *, by: User, version: int) -> None:
    """Call it off before it begins, or end it now."""
    permissions.require(by, "keep_maintenance")
    now = timezone.now()
    with transaction.atomic():
        row = MaintenanceWindow.objects.select_for_update().get(pk=window.pk)
        _require_own(row.obligation, by=by)
        require_same(row.version, version)
        if row.cancelled_at is not None or row.ends_at <= now:
            raise RuleViolation(_("This window is over already."))
        if row.starts_at < now:
            row.ends_at = now
        else:
            row.cancelled_at = now
        row.version += 1
        row.save()
        department = row.obligation.department_id if row.obligation else None
        audit.record(row, verb="end_maintenance", by=by, department_id=department)


def _require_own(obligation: Obligation | None, *, by: User) -> None:
    if obligation is None:
        # Nobody but the system administrator stops all probing.
        permissions.require(by, "allow_probing")
        return
    if by.role == Role.SYSTEM_ADMINISTRATOR:
        raise RuleViolation(_("The department announces the maintenance of its own system."))
    require_in_reach(obligation, by=by)
    if not passes_stages(obligation):
        raise RuleViolation(_("Only a duty to connect a system has endpoints."))
