"""What jobs do with a log: read it, keep what was found, take it over, look for owners again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from obligations import filing
from obligations.chunks import chunks
from obligations.importing import mappings
from obligations.importing.reading import ListReading
from sharing_lists import deliveries, log_reading, matching
from sharing_lists.deliveries import Arrival
from sharing_lists.log_columns import LOG
from sharing_lists.log_reading import LogReading, LogRow
from sharing_lists.matching import Catalogue
from sharing_lists.models import Delivery, DeliveryLog, UnmatchedRow

FOLDER = "deliveries"
# What of a kept row names its resource.
RESOURCE = ("code", "title", "provider")
_State = DeliveryLog.State
_SAMPLE = 50
_PROBLEMS_KEPT = 500


def understand(log: DeliveryLog, *, now: dt.datetime) -> LogReading:
    """Read the stored file. RuleViolation where it is gone or was altered."""
    try:
        data = filing.read_whole(log.path, sha256=log.sha256)
    except filing.Unsound as unsound:
        altered = _("The stored file was altered. Please upload it again.")
        gone = _("The file is no longer kept. Please upload it again.")
        raise RuleViolation(altered if unsound.why == "altered" else gone) from unsound
    return log_reading.read(data, name=log.file_name, now=now, mapping=log.mapping)


def keep(log: DeliveryLog, reading: LogReading, *, said_by: User | None, on: dt.date) -> None:
    """Keep what was understood, for the preview; the caller is in a transaction."""
    row = DeliveryLog.objects.select_for_update().get(pk=log.pk)
    if row.state != _State.READING:
        return
    row.layout = reading.layout
    row.problems = [asdict(problem) for problem in reading.problems[:_PROBLEMS_KEPT]]
    row.counts = {"rows": len(reading.rows), "problems": len(reading.problems)}
    row.sample = []
    if reading.outcome == "accept":
        _foresee(row, reading.rows, on=on)
    states = {"accept": _State.READY, "row_errors": _State.PROBLEMS, "reject": _State.REFUSED}
    row.state = states[reading.outcome]
    row.version += 1
    row.save()
    if said_by is not None:
        _remember(reading, row.file_name, by=said_by)


def apply(log: DeliveryLog, reading: LogReading, *, by: User | None, on: dt.date) -> DeliveryLog:
    """Record every row that means an obligation, keep every other; the same again adds nothing.
    The caller is in a transaction."""
    row = DeliveryLog.objects.select_for_update().get(pk=log.pk)
    catalogue = _catalogue(row.created_by, on=on)
    pairs, unmatched = _sorted_out(reading.rows, catalogue, log=row)
    recorded = deliveries.record(pairs, on=on)
    kept = _keep_unmatched(row, unmatched)
    path = row.path
    row.state, row.path, row.sample = _State.APPLIED, "", []
    row.counts = {
        "rows": len(reading.rows),
        "matched": len(reading.rows) - len(unmatched),
        "unmatched": len(unmatched),
        "unmatched_new": kept,
        "new": len(recorded.made),
        "known": recorded.known,
    }
    row.version += 1
    row.save()
    detail = {"on": on.isoformat(), "file": row.file_name, "sha256": row.sha256, **row.counts}
    audit.record(row, verb="apply_delivery_log", by=by, detail=detail)
    transaction.on_commit(partial(filing.erase, path))
    return row


def fail(log: DeliveryLog, *, reason: str) -> None:
    """The job could not do it: say why on the page."""
    working = DeliveryLog.objects.filter(pk=log.pk, state__in=(_State.READING, _State.APPLYING))
    working.update(state=_State.FAILED, failure=reason)


@transaction.atomic
def match_again(*, by: User, on: dt.date) -> int:
    """Look once more whom the kept rows mean, as after a catalogue code was added; how many were
    found."""
    permissions.require(by, "import_deliveries")
    waiting = UnmatchedRow.objects.filter(
        matched_at=None, log__in=DeliveryLog.objects.visible_to(by)
    )
    looked_at, found, catalogue = waiting.count(), 0, _catalogue(by, on=on)
    # The same resource stands in the log of every day: it is looked for once.
    for resource in list(by_resource(waiting).distinct()):
        why, written = resource["why"], {name: resource[name] for name in RESOURCE}
        same = {f"values__{name}": value for name, value in written.items()}
        rows = waiting.filter(why=why, **same)
        matched = catalogue.find(**written)
        if matched.ids:
            found += _take(rows, matched.ids, on=on)
        elif matched.why != why:
            rows.update(why=matched.why)
    detail = {"on": on.isoformat(), "looked_at": looked_at, "matched": found}
    audit.record_run("match_deliveries", by=by, detail=detail)
    return found


def by_resource(rows: QuerySet[UnmatchedRow]) -> Any:
    """Rows as the resources that they name, each with why nobody was found."""
    named = {name: KT(f"values__{name}") for name in RESOURCE}
    unordered: Any = rows.order_by()
    return unordered.values("why", **named)


def _take(rows: QuerySet[UnmatchedRow], ids: Sequence[int], *, on: dt.date) -> int:
    """Record what kept rows say for the obligations that were found."""
    held = list(rows.select_for_update(of=("self",)).select_related("log").order_by("pk"))
    pairs = []
    for row in held:
        arrival = _arrival(LogRow(**row.values), log=row.log)
        pairs += [(pk, arrival) for pk in ids]
    deliveries.record(pairs, on=on)
    for chunk in chunks([row.pk for row in held]):
        UnmatchedRow.objects.filter(pk__in=chunk).update(matched_at=timezone.now())
    return len(held)


# --- one row ---------------------------------------------------------------------------------


def _sorted_out(
    rows: Iterable[LogRow], catalogue: Catalogue, *, log: DeliveryLog
) -> tuple[list[tuple[int, Arrival]], list[tuple[LogRow, str]]]:
    pairs, unmatched = [], []
    for row in rows:
        matched = _match(row, catalogue)
        if not matched.ids:
            unmatched.append((row, matched.why))
        arrival = _arrival(row, log=log)
        pairs += [(pk, arrival) for pk in matched.ids]
    return pairs, unmatched


def _catalogue(by: User | None, *, on: dt.date) -> Catalogue:
    """What the person may speak for; all of it for the machine."""
    return Catalogue(on=on, region_id=by.region_id if by else None)


def _match(row: LogRow, catalogue: Catalogue) -> matching.Matched:
    return catalogue.find(code=row.code, title=row.title, provider=row.provider)


def _arrival(row: LogRow, *, log: DeliveryLog) -> Arrival:
    return Arrival(
        source=Delivery.Source.LOG,
        arrived_at=dt.datetime.fromisoformat(row.at),
        fingerprint=deliveries.fingerprint(row.at, row.calls, row.failures, row.rows, row.newest),
        rows=row.rows,
        newest_data_at=dt.datetime.fromisoformat(row.newest) if row.newest else None,
        calls=row.calls,
        failures=row.failures,
        raw=row.raw,
        log=log,
        log_row=row.number,
    )


def _keep_unmatched(log: DeliveryLog, rows: Sequence[tuple[LogRow, str]]) -> int:
    """How many were not kept already, of the same file or another one."""
    fresh = {
        deliveries.fingerprint(*(v for k, v in row.values.items() if k != "number")): (row, why)
        for row, why in rows
    }
    there = UnmatchedRow.objects.filter(fingerprint__in=fresh)
    for known in there.values_list("fingerprint", flat=True):
        del fresh[known]
    made = UnmatchedRow.objects.bulk_create(
        UnmatchedRow(log=log, row=row.number, values=row.values, why=why, fingerprint=written)
        for written, (row, why) in fresh.items()
    )
    return len(made)


def _foresee(row: DeliveryLog, rows: Sequence[LogRow], *, on: dt.date) -> None:
    """What taking it over would do, and the first rows: those that nobody owes before all."""
    catalogue = _catalogue(row.created_by, on=on)
    found = [(one, _match(one, catalogue)) for one in rows]
    lost = [pair for pair in found if not pair[1].ids]
    known = [pair for pair in found if pair[1].ids]
    pairs = [(pk, _arrival(one, log=row)) for one, matched in known for pk in matched.ids]
    to_add = deliveries.count_new(pairs)
    row.counts |= {
        "matched": len(known),
        "unmatched": len(lost),
        "to_add": to_add,
        "repeated": len(pairs) - to_add,
    }
    row.sample = [
        {**one.values, "ids": list(matched.ids), "why": matched.why}
        for one, matched in (*lost[:_SAMPLE], *known[:_SAMPLE])
    ]


def _remember(reading: LogReading, file_name: str, *, by: User) -> None:
    told = ListReading("accept", LOG, problems=reading.problems, layout=reading.layout)
    mappings.remember(told, file_name=file_name, by=by)
