"""Deliveries of the demonstration: on time, late, stopped; from logs, receipts and people.

What they are up to the day before; from then on the simulator goes on with those that have a key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from django.db.models import F, Q

from accounts.models import User
from obligations.models import Duty, Obligation, Status
from obligations.models.obligation import ObligationQuerySet
from obligations.today import SHANGHAI
from reports.sampling.staff import Staff
from sharing_lists import deliveries, following, promise_rules, push_keys
from sharing_lists.deliveries import Arrival
from sharing_lists.models import Delivery, DeliveryLog, PromiseRule, PushKey, SharingTerms
from sharing_lists.promises import BY_CALLS, CYCLES
from simulator.habits import DAY_OF_MONTH, WEEKDAY
from simulator.plan import Habit

# So long ago the province began to count what arrives, and interfaces to sign receipts.
_DAYS, _SIGNED_DAYS = 45, 4
_ONE_DAY = dt.timedelta(days=1)
_STOPPED_DAYS_AGO, _LATE_DAYS_AGO = 12, 3
# Of those that send often, in turn: on how many days ago they sent last.
_LAST_SENT = (1, 1, _STOPPED_DAYS_AGO, _LATE_DAYS_AGO, 1, 2)
_DAILY = ("real_time", "daily", "workdaily")
# What a key's system is called; by this name the simulator's plan knows what it does.
SYSTEMS = {
    Habit.PUNCTUAL: "【示例】前置机",
    Habit.LATE: "【示例】前置机（作业滞后）",
    Habit.BROKEN: "【示例】交换网关（配置有误）",
}
_STOPPED_SYSTEM = "【示例】前置机（已停报）"


@dataclass(frozen=True)
class Sender:
    """One resource and its habits: until when it sends, and with whose key or name."""

    pk: int
    cycle: str
    mode: str
    after: dt.date
    last_on: dt.date
    key: PushKey | None
    person: User | None


class Keys:
    """The keys of the departments' systems, made when the first is needed."""

    def __init__(self, by: User) -> None:
        self._by = by
        self._made: dict[tuple[int, str], PushKey] = {}

    def of(self, row: Obligation, system: str) -> PushKey:
        place = (row.department_id, system)
        if place not in self._made:
            made, _secret = push_keys.make(row.department, system=system, by=self._by)
            self._made[place] = made
        return self._made[place]


def begin(*, today: dt.date) -> None:
    """The rules of grace hold since the province began to count."""
    start = today - _ONE_DAY * _DAYS
    PromiseRule.objects.update(effective_from=start)
    promise_rules.seed(on=start)


def deliver(people: Staff, *, today: dt.date) -> None:
    """Whatever arrived under verified obligations since then, day by day; and under two that
    nobody claimed."""
    start = today - _ONE_DAY * _DAYS
    rows = _promising()
    before = rows.filter(verified_on__lte=start)
    following.settle(list(before.values_list("pk", flat=True)), on=start)
    keys = Keys(people.coordinator)
    overlooked = _overlooked(keys, today=today, after=start)
    senders = list(chain(_senders(rows, people, keys, today=today), overlooked))
    _misconfigure(keys)
    log = DeliveryLog.objects.create(
        file_name="【示例】网关调用日志.xlsx",
        state=DeliveryLog.State.APPLIED,
        created_by=people.coordinator,
    )
    for ago in range(_DAYS, 0, -1):
        day = today - _ONE_DAY * ago
        signed = ago <= _SIGNED_DAYS
        sent = (one for one in senders if _sends(one, day))
        arrived = [(one.pk, _arrival(one, day, log=log, signed=signed)) for one in sent]
        deliveries.record(arrived, on=day)
    log.counts = {"new": log.deliveries.count(), "rows": log.deliveries.count(), "unmatched": 0}
    log.save(update_fields=["counts"])
    Delivery.objects.update(recorded_at=F("arrived_at"))


def _promising() -> ObligationQuerySet:
    own = Obligation.objects.filter(duty=Duty.SUPPLY, status=Status.VERIFIED, external=False)
    return own.filter(item__list__kind="sharing")


def _senders(
    rows: ObligationQuerySet, people: Staff, keys: Keys, *, today: dt.date
) -> Iterator[Sender]:
    wanted = rows.select_related("item__sharing_terms", "department").order_by("pk")
    often = 0
    for row in wanted:
        terms = row.item.sharing_terms
        ago = 1
        if terms.update_cycle in (*_DAILY, "weekly"):
            ago = _LAST_SENT[often % len(_LAST_SENT)]
            often += 1
        by_hand = terms.share_mode not in BY_CALLS and row.pk % 4 == 0
        system = "" if by_hand else _system(terms, ago=ago)
        yield Sender(
            row.pk,
            terms.update_cycle,
            terms.share_mode,
            row.verified_on or today,
            today - _ONE_DAY * ago,
            keys.of(row, system) if system else None,
            people.officer(row.department) if by_hand else None,
        )


def _system(terms: SharingTerms, *, ago: int) -> str:
    """Which system sends it; none for what is called and has stopped, or is never sent."""
    if ago == _STOPPED_DAYS_AGO:
        return "" if terms.share_mode in BY_CALLS else _STOPPED_SYSTEM
    if terms.update_cycle not in CYCLES:
        return ""
    return SYSTEMS[Habit.LATE if ago == _LATE_DAYS_AGO else Habit.PUNCTUAL]


def _overlooked(keys: Keys, *, today: dt.date, after: dt.date) -> Iterator[Sender]:
    """Overdue, for nobody claimed them, and yet the data come: one of the department whose desk a
    visitor opens, one of another."""
    rows = Obligation.objects.filter(duty=Duty.SUPPLY, status=Status.IN_PROGRESS, external=False)
    rows = rows.filter(item__list__kind="sharing", due_on__lt=today - _ONE_DAY * _STOPPED_DAYS_AGO)
    rows = rows.filter(blocked=False, exempt=False, mend_until=None)
    rows = rows.filter(item__sharing_terms__share_mode__in=BY_CALLS)
    rows = rows.select_related("item__sharing_terms", "department").order_by("pk")
    own = Q(department__users__username="officer")
    often = rows.filter(item__sharing_terms__update_cycle__in=_DAILY).exclude(own)
    evaluable = rows.filter(own, item__sharing_terms__update_cycle__in=CYCLES)
    for row in (evaluable.first(), often.first()):
        if row is None:
            continue
        mode, last_on = row.item.sharing_terms.share_mode, today - _ONE_DAY
        key = keys.of(row, SYSTEMS[Habit.PUNCTUAL])
        yield Sender(row.pk, "daily", mode, after, last_on, key, None)


def _misconfigure(keys: Keys) -> None:
    """A system of which nothing is ever taken: of the second officer's department."""
    rows = Obligation.objects.filter(department__users__username="officer2")
    row = rows.select_related("department").order_by("pk").first()
    if row is not None:
        keys.of(row, SYSTEMS[Habit.BROKEN])


def _sends(one: Sender, day: dt.date) -> bool:
    if not one.after < day <= one.last_on:
        return False
    if one.cycle == "weekly":
        return day.weekday() == WEEKDAY
    return one.cycle in _DAILY or (one.cycle == "monthly" and day.day == DAY_OF_MONTH)


def _arrival(one: Sender, day: dt.date, *, log: DeliveryLog, signed: bool) -> Arrival:
    at = dt.datetime.combine(day, dt.time(6, 30), tzinfo=SHANGHAI)
    rows = 800 + one.pk * 37 % 900 + day.toordinal() % 50
    mark = deliveries.fingerprint("demo", one.pk, day)
    by_calls = one.mode in BY_CALLS
    if by_calls and not (signed and one.key):
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
        rows=None if by_calls else rows,
        calls=rows if by_calls else None,
        failures=rows % 7 if by_calls else None,
        newest_data_at=at,
        key=one.key,
        nonce=mark[:32],
    )
