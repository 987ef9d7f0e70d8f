"""The one process through which deliveries come in: logs, signed receipts, people."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from obligations.chunks import CHUNK, chunks
from obligations.models import Evidence, Obligation
from obligations.today import date_of
from sharing_lists import following, promises
from sharing_lists.models import Delivery, DeliveryLog, PushKey
from sharing_lists.promises import Facts, Terms


@dataclass(frozen=True, slots=True)
class Arrival:
    """What arrived for one obligation, as somebody reports it. `fingerprint`: what tells it from
    another one; the same again is no second delivery."""

    source: str
    arrived_at: dt.datetime
    fingerprint: str
    covers_from: dt.date | None = None
    covers_to: dt.date | None = None
    rows: int | None = None
    newest_data_at: dt.datetime | None = None
    calls: int | None = None
    failures: int | None = None
    fields: tuple[str, ...] | None = None
    sha256: str = ""
    raw: str = ""
    key: PushKey | None = None
    nonce: str = ""
    log: DeliveryLog | None = None
    log_row: int | None = None
    recorded_by: User | None = None
    note: str = ""
    evidence: Evidence | None = None


@dataclass(slots=True)
class Recorded:
    """What was written, and how many were there already."""

    made: list[Delivery] = field(default_factory=list)
    known: int = 0


@transaction.atomic
def record(arrivals: Sequence[tuple[int, Arrival]], *, on: dt.date) -> Recorded:
    """Keep what arrived for obligations (by key), judge it, and write the dates that it moves."""
    found = Recorded()
    for chunk in chunks(arrivals):
        # Obligations are locked first, in the order of keys, as every writer does.
        terms = _held({pk for pk, _arrival in chunk})
        fresh = _fresh(chunk)
        made = [_judged(pk, arrival, terms[pk]) for pk, arrival in fresh if pk in terms]
        found.known += len(chunk) - len(made)
        Delivery.objects.bulk_create(made)
        found.made += made
        following.settle(sorted({one.obligation_id for one in made}), on=on)
    return found


def count_new(arrivals: Iterable[tuple[int, Arrival]]) -> int:
    """How many of them `record` would write: the same twice is one, what is there already none."""
    once = {(pk, one.source, one.fingerprint): (pk, one) for pk, one in arrivals}
    return sum(len(_fresh(chunk)) for chunk in chunks(list(once.values())))


def keep(arrival: Arrival, terms: Mapping[int, Terms]) -> list[Delivery]:
    """Keep and judge what arrived for obligations (by key, with their terms) in one statement; the
    dates that it moves are left to `settle_kept`. IntegrityError where it is there already; the
    caller is in a transaction."""
    made = [_judged(pk, arrival, own) for pk, own in terms.items()]
    for one in made:
        one.settled = False
    Delivery.objects.bulk_create(made)
    return made


def settle_kept(*, on: dt.date) -> int:
    """Write the dates that kept deliveries move, chunk by chunk; how many obligations were looked
    at."""
    looked_at = 0
    while True:
        with transaction.atomic():
            waiting = Delivery.objects.filter(settled=False).order_by("obligation")
            ids = list(waiting.values_list("obligation", flat=True).distinct()[:CHUNK])
            if not ids:
                return looked_at
            list(Obligation.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
            found = Delivery.objects.filter(settled=False, obligation__in=ids)
            keys = list(found.values_list("pk", flat=True))
            following.settle(sorted(ids), on=on)
            Delivery.objects.filter(pk__in=keys).update(settled=True)
        looked_at += len(ids)


def fingerprint(*parts: object) -> str:
    """Of everything that tells one delivery from another."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()


def judge_again(item_id: int, *, on: dt.date) -> int:
    """Judge what arrived under an item by its present terms; how many were judged otherwise. The
    caller is in a transaction."""
    rows = Obligation.objects.filter(item=item_id).order_by("pk")
    terms = _held(set(rows.values_list("pk", flat=True)))
    changed = []
    standing = Delivery.objects.standing().filter(obligation__in=list(terms))
    for one in standing.order_by("pk"):
        before = (one.outcome, one.counts_from, one.counts_to)
        _judge(one, terms[one.obligation_id])
        if before != (one.outcome, one.counts_from, one.counts_to):
            changed.append(one)
    judged = ["outcome", "counts_from", "counts_to"]
    Delivery.objects.bulk_update(changed, judged, batch_size=CHUNK)
    following.settle(sorted(terms), on=on)
    return len(changed)


def terms_of(row: Obligation) -> Terms | None:
    """What the item promises; None where it has no terms of its own."""
    own = getattr(row.item, "sharing_terms", None)
    if own is None:
        return None
    asked = getattr(row.item, "promise", None)
    return Terms(
        cycle=own.update_cycle,
        mode=own.share_mode,
        min_rows=asked.min_rows if asked else None,
        required_fields=tuple(asked.required_fields) if asked else (),
    )


def _held(ids: set[int]) -> dict[int, Terms]:
    rows = Obligation.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    found = rows.values_list(
        *("pk", "item__sharing_terms__update_cycle", "item__sharing_terms__share_mode"),
        *("item__promise__min_rows", "item__promise__required_fields"),
    )
    return {
        pk: Terms(cycle or "", mode or "", min_rows, tuple(fields or ()))
        for pk, cycle, mode, min_rows, fields in found
    }


def _fresh(arrivals: Iterable[tuple[int, Arrival]]) -> list[tuple[int, Arrival]]:
    """Those that are not there yet, each once."""
    wanted = {(pk, one.source, one.fingerprint): (pk, one) for pk, one in arrivals}
    same = Q(
        obligation__in={pk for pk, _source, _print in wanted},
        fingerprint__in={written for _pk, _source, written in wanted},
    )
    columns = ("obligation_id", "source", "fingerprint")
    there = set(Delivery.objects.filter(same).values_list(*columns))
    return [pair for key, pair in wanted.items() if key not in there]


def _judged(pk: int, arrival: Arrival, terms: Terms) -> Delivery:
    known: dict[str, Any] = {
        name: getattr(arrival, name) for name in Arrival.__slots__ if name != "fields"
    }
    made = Delivery(
        obligation_id=pk,
        arrived_on=date_of(arrival.arrived_at),
        newest_data_on=date_of(arrival.newest_data_at) if arrival.newest_data_at else None,
        fields=list(arrival.fields) if arrival.fields is not None else None,
        **known,
    )
    _judge(made, terms)
    return made


def _judge(one: Delivery, terms: Terms) -> None:
    facts = Facts(
        arrived_on=one.arrived_on,
        covers_from=one.covers_from,
        covers_to=one.covers_to,
        newest_data_on=one.newest_data_on,
        rows=one.rows,
        calls=one.calls,
        failures=one.failures,
        fields=tuple(one.fields) if one.fields is not None else None,
    )
    one.outcome = promises.outcome_of(facts, terms)
    one.counts_from, one.counts_to = promises.covered(facts, terms)
