"""The rules of grace in force, and new versions of them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from jobs.queue import enqueue
from obligations.changing import require_known_day
from sharing_lists.models import PromiseRule
from sharing_lists.promise_data import GRACE_DAYS, SHIPPED, SOURCE
from sharing_lists.promises import CYCLES, Rule

JOB = "sharing_lists.keep_promises"
MOST_GRACE_DAYS = 60


def rules() -> list[Rule]:
    """Every version; those shipped while none is loaded."""
    columns = ("cycle", "grace_days", "effective_from", "effective_to", "source")
    found = PromiseRule.objects.order_by("effective_from").values_list(*columns)
    return [Rule(*one) for one in found] or list(SHIPPED)


@transaction.atomic
def seed(*, on: dt.date) -> int:
    """Load the shipped rules that are not there, in force from the day: nobody owed what nobody
    counted. Returns how many were written."""
    present = set(PromiseRule.objects.values_list("cycle", flat=True))
    missing = [cycle for cycle in GRACE_DAYS if cycle not in present]
    PromiseRule.objects.bulk_create(
        PromiseRule(cycle=cycle, grace_days=GRACE_DAYS[cycle], effective_from=on, source=SOURCE)
        for cycle in missing
    )
    return len(missing)


@transaction.atomic
def set_rule(
    cycle: str,
    *,
    grace_days: int,
    effective_from: dt.date,
    source: str,
    by: User,
    on: dt.date,
) -> PromiseRule:
    """A new version of a cycle's grace; what it touches is counted anew by a job."""
    permissions.require(by, "keep_rules")
    if by.region_id is not None:
        raise RuleViolation(_("Only the province's coordinators may change these rules."))
    require_known_day(effective_from)
    if cycle not in CYCLES:
        raise RuleViolation(_("This cycle promises nothing that can be judged."))
    if not 0 <= grace_days <= MOST_GRACE_DAYS:
        raise RuleViolation(
            _("The grace is 0 to %(most)s working days.") % {"most": MOST_GRACE_DAYS}
        )
    if not source.strip():
        raise RuleViolation(_("Say what the rule rests on, for example a document number."))
    before = _close(cycle, effective_from)
    new = PromiseRule.objects.create(
        cycle=cycle,
        grace_days=grace_days,
        effective_from=effective_from,
        source=source.strip()[:200],
        created_by=by,
    )
    detail = {
        "on": on.isoformat(),
        "cycle": cycle,
        "grace_days": [before.grace_days if before else None, grace_days],
        "effective_from": effective_from.isoformat(),
        "source": new.source,
    }
    audit.record(new, verb="set_promise_rule", by=by, detail=detail)
    enqueue(JOB, key=f"promise rule {new.pk}", args={}, by=by)
    return new


def _close(cycle: str, effective_from: dt.date) -> PromiseRule | None:
    """End the open version the day before; versions follow each other in time."""
    last = PromiseRule.objects.select_for_update().filter(cycle=cycle, effective_to=None).first()
    if last is None:
        return None
    if effective_from <= last.effective_from:
        raise RuleViolation(
            _("A version from %(day)s is there already: the new one must take effect later.")
            % {"day": last.effective_from.isoformat()}
        )
    last.effective_to = effective_from - dt.timedelta(days=1)
    last.save(update_fields=["effective_to"])
    return last
