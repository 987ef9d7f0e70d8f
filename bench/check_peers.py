"""What else one would write: each judges the whole night; undone afterwards.

Loops are measured on some thousand rows and scaled to all: they take the same for each row.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.db import transaction

from bench.nights import Nights
from obligations import history, lights
from obligations.models import Obligation

_SAVED, _UPDATED = 2_000, 20_000
_COLUMNS = (
    *("status", "external", "blocked", "exempt", "exempt_until", "due_on", "planned_on"),
    *("completed_on", "first_completed_on", "mend_until", "next_milestone_on"),
    *("delivery_due_on", "delivery_grace_on", "light_reason"),
)


def measure(nights: Nights, obligations: int) -> str:
    """Seconds of each peer for all obligations."""
    some, more = min(_SAVED, obligations), min(_UPDATED, obligations)
    saved = _undone(lambda: _save_each(nights, some)) / some * obligations
    updated = _undone(lambda: _update_all(nights, more)) / more * obligations
    told = [f"a loop with save() {saved:.0f} s (of {some}, scaled)"]
    told.append(f"bulk_update {updated:.0f} s (of {more}, scaled)")
    return "; ".join([*told, _polars(nights)])


def _undone(act: Callable[[], object]) -> float:
    with transaction.atomic():
        began = time.perf_counter()
        act()
        seconds = time.perf_counter() - began
        transaction.set_rollback(True)
    return seconds


def _judged(nights: Nights, count: int) -> list[Obligation]:
    now = lights.reason(history.day_of(nights.day))
    rows = list(Obligation.objects.annotate(now=now).order_by("pk")[:count])
    for row in rows:
        row.light_reason = row.now  # type: ignore[attr-defined]
        row.light = lights.light_of(row.light_reason)
    return rows


def _save_each(nights: Nights, count: int) -> None:
    for row in _judged(nights, count):
        row.save()


def _update_all(nights: Nights, count: int) -> None:
    rows = _judged(nights, count)
    Obligation.objects.bulk_update(rows, ["light", "light_reason"], batch_size=500)


def _polars(nights: Nights) -> str:
    """Every row to memory, judged there; nothing is written."""
    try:
        pl = import_module("polars")
    except ImportError:
        return "polars not installed"
    began = time.perf_counter()
    rows = list(Obligation.objects.values_list(*_COLUMNS))
    frame = pl.DataFrame(rows, schema=_COLUMNS, orient="row", infer_schema_length=None)
    read = time.perf_counter() - began
    changed = frame.filter(_reason(pl, nights) != pl.col("light_reason")).height
    whole = time.perf_counter() - began
    if changed != nights.changing:
        raise RuntimeError(f"polars: {changed} lights would change")
    return f"polars in memory {whole:.1f} s, of which reading {read:.1f}, nothing written"


def _reason(pl: Any, nights: Nights) -> Any:
    """The rule as shipped, written once more."""
    day = history.day_of(nights.day)
    on, soon = pl.lit(day.as_of), pl.lit(day.due_soon_on)
    col = pl.col
    open_, verified = col("completed_on").is_null(), col("status") == "verified"
    late = col("completed_on") > col("due_on")
    in_time = col("due_on").is_null() | (col("first_completed_on") <= col("due_on"))
    exempt = col("exempt_until").is_null() | (col("exempt_until") >= on)
    ordered = {
        "external": col("external"),
        "not_issued": col("status") == "draft",
        "withdrawn": col("status") == "withdrawn",
        "exempt": col("exempt") & exempt,
        "blocked": col("blocked"),
        "mending": open_ & (col("mend_until") >= on) & in_time,
        "overdue": open_ & (col("due_on") < on),
        "claimed_late": late & ~verified,
        "promise_broken": verified & (col("delivery_grace_on") < on),
        "plan_passed": open_ & (col("planned_on") < on),
        "milestone_passed": open_ & (col("next_milestone_on") < on),
        "in_grace": verified & (col("delivery_due_on") < on),
        "due_soon": open_ & (col("due_on") <= soon),
        "verified_late": verified & late,
        "verified": verified,
        "waiting": ~open_,
    }
    said = pl.coalesce(*(pl.when(holds).then(pl.lit(code)) for code, holds in ordered.items()))
    return said.fill_null("on_course")
