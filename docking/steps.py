"""Which obligations pass the stages, how they stand, and what of them changed, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from docking.models import Milestone, Stage
from docking.models.milestones import ORDER
from obligations.models import Duty, Obligation
from obligations.models.obligation import ObligationQuerySet

Steps = dict[str, Milestone]
# What of a milestone people change: planned, reached, weight, why it is not needed.
Facts = dict[str, tuple[Any, ...]]


def docked(rows: ObligationQuerySet) -> ObligationQuerySet:
    """Of these rows those that pass the stages: to connect a system, owed by our own."""
    return rows.filter(item__list__kind="docking", duty=Duty.CONNECT, external=False)


def passes_stages(row: Obligation) -> bool:
    """As `docked`, of one row with its list."""
    return row.item.list.kind == "docking" and row.duty == Duty.CONNECT and not row.external


def of(obligation: Obligation) -> Steps:
    """All stages in their order; those on which nothing was said yet are not saved."""
    return of_many([obligation.pk])[obligation.pk]


def of_many(ids: Iterable[int]) -> dict[int, Steps]:
    """As `of`, by obligation, in one query."""
    keys = list(ids)
    found = {
        (one.obligation_id, one.stage): one for one in Milestone.objects.filter(obligation__in=keys)
    }
    return {
        key: {
            stage: found.get((key, stage)) or Milestone(obligation_id=key, stage=stage)
            for stage in ORDER
        }
        for key in keys
    }


def facts(steps: Mapping[str, Milestone]) -> Facts:
    """By stage, as they are now."""
    return {
        stage: (step.planned_on, step.reached_on, step.weight, step.not_needed)
        for stage, step in steps.items()
    }


def detail(
    before: Facts,
    after: Facts,
    *,
    row: Obligation,
    on: dt.date,
) -> dict[str, Any]:
    """What changed: for programs by stage, and in a sentence for the history."""
    changed = {
        stage: [list(map(_plain, before[stage])), list(map(_plain, after[stage]))]
        for stage in ORDER
        if before[stage] != after[stage]
    }
    words = [_words(stage, after[stage]) for stage in changed]
    return {
        "on": on.isoformat(),
        "version": row.version,
        "milestones": changed,
        "note": "；".join(words),
    }


def _words(stage: str, said: tuple[Any, ...]) -> str:
    planned_on, reached_on, _weight, not_needed = said
    label = Stage(stage).label
    if not_needed:
        return _("%(stage)s: not needed (%(reason)s)") % {"stage": label, "reason": not_needed}
    if reached_on:
        return _("%(stage)s: reached %(day)s") % {"stage": label, "day": reached_on.isoformat()}
    day = planned_on.isoformat() if planned_on else "—"
    return _("%(stage)s: planned %(day)s") % {"stage": label, "day": day}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
