"""需求响应率, 交付及时率, 校核及时率: requests of applicable obligations, by their stored days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from obligations.indicators import Figure
from obligations.kinds import Counted, Indicator
from obligations.models.obligation import ObligationQuerySet
from sharing_lists.models import DataRequest
from sharing_lists.models.requests import DataRequestQuerySet

# Code -> the day that fell due, and the day on which it was done.
_DAYS: Mapping[str, tuple[str, str]] = {
    "reply": ("reply_by", "replied_on"),
    "original_reply": ("reply_by_originally", "replied_on"),
    "delivering": ("deliver_by", "delivered_on"),
    "correcting": ("correct_by", "corrected_on"),
}


def parts(code: str, on: dt.date) -> tuple[Q, Q]:
    """Numerator and denominator; the first implies the second. What was done after the day was
    not done by it, and the days of clocks say which had fallen due."""
    due, done = _DAYS[code]
    fell_due = Q(**{f"{due}__lte": on}, taken_back_on=None)
    return fell_due & Q(**{f"{done}__lte": F(due)}), fell_due


def counted(rows: ObligationQuerySet, code: str, *, part: str, on: dt.date) -> DataRequestQuerySet:
    """The requests of these obligations that a part counts."""
    if code not in _DAYS or part not in ("numerator", "denominator"):
        return DataRequest.objects.none()
    condition = parts(code, on)[part == "denominator"]
    return DataRequest.objects.filter(condition, obligation__in=rows.order_by().values("pk"))


def by_group(code: str, rows: ObligationQuerySet, on: dt.date, path: str) -> Mapping[Any, Figure]:
    """`path` leads from an obligation to its group."""
    numerator, _denominator = parts(code, on)
    key = f"obligation__{path}"
    found: Any = counted(rows, code, part="denominator", on=on).order_by().values(key)
    sums = found.annotate(n=Count("pk", filter=numerator), d=Count("pk"))
    return {row[key]: Figure(row["n"], row["d"]) for row in sums}


def each(code: str, rows: ObligationQuerySet, on: dt.date) -> Iterator[Counted]:
    """Every request that fell due, and whether it was done in time."""
    due, done = _DAYS[code]
    found = counted(rows, code, part="denominator", on=on).select_related("department")
    for one in found.order_by("pk"):
        due_on, done_on = getattr(one, due), getattr(one, done)
        in_time = done_on is not None and done_on <= due_on
        subject = f"{one.department.name}：{one.subject}"
        yield Counted(
            one.obligation_id,
            Figure(int(in_time), 1),
            subject_id=one.pk,
            subject=f"{subject}（{one.number}）" if one.number else subject,
            due_on=due_on,
            # What was done after the day was not done by it.
            done_on=done_on if done_on is not None and done_on <= on else None,
        )


def _indicator(code: str, label: Any, source: Any) -> Indicator:
    return Indicator(
        code=code,
        label=label,
        source=source,
        figures=partial(by_group, code),
        page="sharing_lists:requests",
        each=partial(each, code),
    )


INDICATORS = (
    _indicator(
        "reply",
        _("Rate of replies to requests"),
        _("requests replied to within the clock, valid extensions counted / requests whose reply "
          "fell due"),
    ),
    _indicator(
        "original_reply",
        _("Rate of replies by original dates"),
        _("the same by the day before any extension"),
    ),
    _indicator(
        "delivering",
        _("Rate of timely delivery"),
        _("delivered within the clock that runs from the agreeing reply / agreed requests whose "
          "delivery fell due"),
    ),
    _indicator(
        "correcting",
        _("Rate of timely correction"),
        _("corrected within the clock / requests for correction that fell due"),
    ),
)  # fmt: skip
