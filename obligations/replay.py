"""Any past day from history: states, lights by the day's own rule, figures, names."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, QuerySet

from accounts import names_then
from accounts.models import Department
from obligations import history, indicators, lights
from obligations.indicators import COUNTED, Counts
from obligations.models import Light, ObligationState
from obligations.models.judged import FACTS
from obligations.models.obligation import ObligationQuerySet

# The facts of a past day beside those of now, under the same names after this.
WAS = "was_"
REASON = f"{WAS}light_reason"


def then(rows: ObligationQuerySet, *, on: dt.date) -> ObligationQuerySet:
    """Of these obligations those on record for the day, with its facts and the light's reason
    beside their own: `was_status`, `was_due_on`, … `was_light_reason`."""
    holds = Q(states__valid_from__lte=on)
    holds &= Q(states__valid_to=None) | Q(states__valid_to__gt=on)
    held = rows.alias(held=FilteredRelation("states", condition=holds))
    known = held.filter(held__isnull=False)
    known = known.annotate(**{f"{WAS}{name}": F(f"held__{name}") for name in FACTS})
    return known.annotate(**{REASON: lights.reason(history.day_of(on), prefix=WAS)})


def judged(rows: ObligationQuerySet, *, on: dt.date) -> QuerySet[ObligationState]:
    """The states of these obligations at the end of the day, with the light's reason then."""
    held = ObligationState.objects.at(on).filter(obligation__in=rows.order_by())
    return held.annotate(**{REASON: lights.reason(history.day_of(on))})


def counts_by(
    rows: ObligationQuerySet, path: str, *, on: dt.date, today: dt.date
) -> dict[Any, Counts]:
    """Counts of a day by what a path from the obligation leads to."""
    if on >= today:
        return {key: one for (key,), one in indicators.count_by(rows, path, on=on).items()}
    prefix = "obligation__"
    totals = indicators.totals(on, prefix=prefix)
    asked = {name: one for name, one in totals.items() if name[2:] not in Light.values}
    # The light is asked of each row once and the rest is added up here: as one count for each
    # light, the database would judge every row six times.
    grouped = judged(rows, on=on).order_by().values(f"{prefix}{path}", REASON).annotate(**asked)
    found: dict[Any, Counts] = defaultdict(Counts)
    for row in grouped:
        found[row[f"{prefix}{path}"]] += _counts(row)
    return dict(found)


def _counts(row: dict[str, Any]) -> Counts:
    known = {name: row[f"n_{name}"] for name in COUNTED if f"n_{name}" in row}
    return Counts(**known, **{lights.light_of(row[REASON]): row["n_total"]})


def by_light(rows: ObligationQuerySet) -> dict[str, int]:
    """How many of what `then` found had which light."""
    found: dict[str, int] = defaultdict(int)
    counted = rows.order_by().values_list(REASON).annotate(n=Count("pk"))
    for reason, count in counted:
        found[lights.light_of(reason)] += count
    return dict(found)


def with_light(rows: ObligationQuerySet, light: str) -> ObligationQuerySet:
    """Of what `then` found those that had a light."""
    return rows.filter(**{f"{REASON}__in": lights.reasons_of(light)})


def named(departments: dict[int, Department], *, on: dt.date) -> dict[int, Department]:
    """The same departments, called what they were called on the day. They are not for saving."""
    for key, name in names_then.on(on).items():
        if key in departments:
            departments[key].name = departments[key].short_name = name
    return departments
