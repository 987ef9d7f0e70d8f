"""Deliveries of the demonstration: on time, late, stopped; from logs, receipts and people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from obligations.models import Duty, Obligation, Status
from obligations.today import SHANGHAI
from reports.sampling.staff import Staff
from sharing_lists import deliveries, following, promise_rules, push_keys
from sharing_lists.deliveries import Arrival
from sharing_lists.models import Delivery, DeliveryLog, PromiseRule, PushKey
from sharing_lists.promises import BY_CALLS

# So long ago the province began to count what arrives.
_DAYS = 45
_ONE_DAY = dt.timedelta(days=1)
_STOPPED_DAYS_AGO = 12
_DAILY = ("real_time", "daily", "workdaily")
# Cycle -> the days of a week or month on which its data are sent.
_WEEKDAY, _DAY_OF_MONTH = 4, 26
_SYSTEM = "【示例】前置机"


@dataclass(frozen=True)
class Sender:
    """One resource and its habits: until when it sends, and with whose key or name."""

    pk: int
    cycle: str
    mode: str
    verified_on: dt.date
    last_on: dt.date
    key: PushKey | None
    person: User | None


def begin(*, today: dt.date) -> None:
    """The rules of grace hold since the province began to count."""
    start = today - _ONE_DAY * _DAYS
    PromiseRule.objects.update(effective_from=start)
    promise_rules.seed(on=start)


def deliver(people: Staff, *, today: dt.date) -> None:
    """Whatever arrived under verified obligations since then, day by day."""
    start = today - _ONE_DAY * _DAYS
    rows = _promising()
    before = rows.filter(verified_on__lte=start)
    following.settle(list(before.values_list("pk", flat=True)), on=start)
    senders = list(_senders(rows, people, today=today))
    log = DeliveryLog.objects.create(
        file_name="【示例】网关调用日志.xlsx",
        state=DeliveryLog.State.APPLIED,
        created_by=people.coordinator,
    )
    for ago in range(_DAYS, 0, -1):
        day = today - _ONE_DAY * ago
        arrived = [(one.pk, _arrival(one, day, log=log)) for one in senders if _sends(one, day)]
        deliveries.record(arrived, on=day)
    log.counts = {"new": log.deliveries.count(), "rows": log.deliveries.count(), "unmatched": 0}
    log.save(update_fields=["counts"])


def _promising() -> QuerySet[Obligation]:
    own = Obligation.objects.filter(duty=Duty.SUPPLY, status=Status.VERIFIED, external=False)
    return own.filter(item__list__kind="sharing")


def _senders(rows: QuerySet[Obligation], people: Staff, *, today: dt.date) -> Iterator[Sender]:
    """Of those that send often every fifth has stopped, and every fifth missed the last day."""
    wanted = rows.select_related("item__sharing_terms", "department").order_by("pk")
    habits: Sequence[int] = (1, 1, _STOPPED_DAYS_AGO, 1, 2)
    often = 0
    keys: dict[int, PushKey] = {}
    for row in wanted:
        terms = row.item.sharing_terms
        ago = 1
        if terms.update_cycle in (*_DAILY, "weekly"):
            ago = habits[often % len(habits)]
            often += 1
        by_calls = terms.share_mode in BY_CALLS
        by_hand = not by_calls and row.pk % 4 == 0
        if not by_calls and not by_hand and row.department_id not in keys:
            made, _secret = push_keys.make(row.department, system=_SYSTEM, by=people.coordinator)
            keys[row.department_id] = made
        yield Sender(
            row.pk,
            terms.update_cycle,
            terms.share_mode,
            row.verified_on or today,
            today - _ONE_DAY * ago,
            None if by_calls or by_hand else keys[row.department_id],
            people.officer(row.department) if by_hand else None,
        )


def _sends(one: Sender, day: dt.date) -> bool:
    if not one.verified_on < day <= one.last_on:
        return False
    if one.cycle == "weekly":
        return day.weekday() == _WEEKDAY
    return one.cycle in _DAILY or (one.cycle == "monthly" and day.day == _DAY_OF_MONTH)


def _arrival(one: Sender, day: dt.date, *, log: DeliveryLog) -> Arrival:
    at = dt.datetime.combine(day, dt.time(6, 30), tzinfo=SHANGHAI)
    rows = 800 + one.pk * 37 % 900 + day.toordinal() % 50
    mark = deliveries.fingerprint("demo", one.pk, day)
    if one.mode in BY_CALLS:
        return Arrival(
            Delivery.Source.LOG,
            at,
            mark,
            newest_data_at=at,
            calls=rows,
            failures=rows % 7,
            log=log,
        )
    if one.person is not None:
        note = "【示例】数据库表核对后登记"
        return Arrival(
            Delivery.Source.PERSON, at, mark, rows=rows, recorded_by=one.person, note=note
        )
    return Arrival(
        Delivery.Source.RECEIPT,
        at,
        mark,
        covers_from=day,
        covers_to=day,
        rows=rows,
        newest_data_at=at,
        key=one.key,
        nonce=mark[:32],
    )
