"""New versions of deadline rules: policy, and local rules that are never longer than the law."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation, StaleVersion
from accounts.models import Region, User
from obligations import clocks, recounting
from obligations.changing import require_known_day
from obligations.models import Clock, DeadlineRule

_Unit = DeadlineRule.Unit
_MOST = {_Unit.WORKING_DAYS: 250, _Unit.NATURAL_DAYS: 366, _Unit.YEARS: 30}


def is_keeper(user: User) -> bool:
    """The province's coordinators keep the rules; those of a city read them."""
    return permissions.may(user, "keep_rules") and user.region_id is None


def draft(
    clock: str,
    *,
    region: Region | None,
    days: int,
    unit: str,
    effective_from: dt.date,
    source: str,
    max_extension_days: int = 0,
    effective_to: dt.date | None = None,
) -> DeadlineRule:
    """A new version, not saved: raises RuleViolation where it may not be."""
    require_known_day(effective_from, effective_to)
    if not source.strip():
        raise RuleViolation(_("Say which document this rule rests on: it is shown with each date."))
    if not 1 <= days <= _MOST[_Unit(unit)]:
        raise RuleViolation(
            _("A period is at least 1 and at most %(most)s: check it.")
            % {"most": _MOST[_Unit(unit)]}
        )
    if effective_to is not None and effective_to < effective_from:
        raise RuleViolation(_("The last day lies before the first day; correct one of the two."))
    wider = _wider(clock, on=effective_from)
    new = DeadlineRule(
        clock=clock,
        region=region,
        days=days,
        unit=unit,
        max_extension_days=max_extension_days,
        effective_from=effective_from,
        effective_to=effective_to,
        source=source.strip()[:200],
        owed_by=wider.owed_by,
        starts_with=wider.starts_with,
        basis=DeadlineRule.Basis.LOCAL if region else DeadlineRule.Basis.POLICY,
    )
    _require_possible(new, wider)
    _previous(new)
    return new


def version() -> int:
    """Which rules a writer saw: there is one more with every new version."""
    return DeadlineRule.objects.count()


@transaction.atomic
def add(
    new: DeadlineRule, *, by: User, version: int | None = None, recount: bool = False
) -> DeadlineRule:
    """Save a drafted version; the one before it ends on the day before.

    Dates that are written stay, unless `recount` has those of events since then counted anew.
    """
    permissions.require(by, "keep_rules")
    if not is_keeper(by):
        raise PermissionDenied(_("Only the province's coordinators keep the deadline rules."))
    # Who adds to a clock holds its rules for everywhere, so that two versions never overlap.
    list(DeadlineRule.objects.select_for_update().filter(clock=new.clock).order_by("pk"))
    if version is not None and version != DeadlineRule.objects.count():
        raise StaleVersion(_("The rules were changed meanwhile: look at them again first."))
    if not DeadlineRule.objects.exists():
        clocks.seed()
    before = _previous(new)
    if before is not None:
        before.effective_to = new.effective_from - dt.timedelta(days=1)
        before.save(update_fields=["effective_to"])
    new.created_by = by
    new.save()
    audit.record(new, verb="add_rule", by=by, detail=_detail(new, before, recount=recount))
    if recount:
        recounting.for_rule(new, by=by)
    return new


def _require_possible(new: DeadlineRule, wider: DeadlineRule) -> None:
    if new.region is None and wider.is_law:
        raise RuleViolation(
            _("This period stands in the law: only a shorter local rule of a region can be added.")
        )
    if new.region and new.clock == Clock.DUE_SOON:
        raise RuleViolation(_("The notice before the due date is the same everywhere."))
    if new.clock in (Clock.RESUME, Clock.EXTENSION) and new.unit != _Unit.WORKING_DAYS:
        raise RuleViolation(
            _("Days that were left or are asked for are working days: choose this unit.")
        )
    if new.region is None and new.effective_to:
        raise RuleViolation(_("Only a local rule may end: a policy goes on until the next one."))
    if not wider.is_law:
        return
    at_least = new.clock == Clock.KEEP_RECORDS
    longer = new.days < wider.days if at_least else new.days > wider.days
    other_unit = new.unit != wider.unit
    if longer or other_unit or (new.max_extension_days > wider.max_extension_days):
        raise RuleViolation(
            _(
                "A local rule may be stricter than the law, never laxer: %(source)s says "
                "%(length)s, and at most %(extension)s more."
            )
            % {
                "source": wider.source,
                "length": wider.length,
                "extension": wider.extension or 0,
            }
        )


def _wider(clock: str, *, on: dt.date) -> DeadlineRule:
    """What would hold without the new version; a local rule is measured against the law."""
    everywhere = clocks.find(clocks.rules(), clock, None, on=on)
    if everywhere is None:
        raise RuleViolation(
            _("The law that sets this period is not in force on %(day)s yet: choose a later day.")
            % {"day": on.isoformat()}
        )
    return everywhere


def _previous(new: DeadlineRule) -> DeadlineRule | None:
    """The version that the new one ends; versions follow each other in time."""
    same = DeadlineRule.objects.filter(clock=new.clock, region=new.region)
    last = same.order_by("-effective_from").first()
    if last is not None and new.effective_from <= last.effective_from:
        raise RuleViolation(
            _("A version from %(day)s is there already: the new one must take effect later.")
            % {"day": last.effective_from.isoformat()}
        )
    if last is None or (last.effective_to and last.effective_to < new.effective_from):
        return None
    return last


def _detail(new: DeadlineRule, before: DeadlineRule | None, *, recount: bool) -> dict[str, object]:
    return {
        "clock": new.clock,
        "region": new.region.name if new.region else "",
        "days": [before.days if before else None, new.days],
        "unit": new.unit,
        "max_extension_days": new.max_extension_days,
        "effective_from": new.effective_from.isoformat(),
        "effective_to": new.effective_to.isoformat() if new.effective_to else None,
        "source": new.source,
        "recount": recount,
    }
