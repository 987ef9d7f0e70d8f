"""Consumers of the demonstration: some say usable, one in a while says no, some are silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from accounts.models import Department
from obligations import confirmation_rules, confirmations, consumers
from obligations.models import Confirmation, Obligation, Status
from reports.sampling.staff import Staff

_ROWS = 36
_ONE_DAY = dt.timedelta(days=1)
_UNUSABLE = (
    "【示例】接口自上周起每天上午返回超时，办件无法核验。",
    "【示例】“证照有效期”字段多为空值，无法用于自动比对。",
    "【示例】只返回省本级数据，缺少各市数据。",
)


def hear(people: Staff, *, today: dt.date) -> None:
    """Name two consumers of some verified items, and let them say what they would."""
    begun = confirmation_rules.hearing(today).first_on
    rows = Obligation.objects.filter(consumers.provides(), external=False, status=Status.VERIFIED)
    found = list(rows.select_related("item", "department").order_by("pk")[:_ROWS])
    others = [row.department for row in found if row.department.region_id is not None]
    for number, row in enumerate(found):
        on = max(begun, row.verified_on or begun)
        for place, department in enumerate(_two(others, number, row.department_id)):
            if on > today:
                continue
            confirmations.name(row.item, department, by=people.coordinator, on=on)
            _say(row, number + place, people, department, on=min(on + _ONE_DAY * 3, today))


def _two(others: Sequence[Department], number: int, own: int) -> Iterator[Department]:
    """Two departments other than the provider, a different pair for each row."""
    turned = [*others[number:], *others[:number]]
    different = {one.pk: one for one in turned if one.pk != own}
    yield from list(different.values())[:2]


def _say(row: Obligation, turn: int, people: Staff, department: Department, *, on: dt.date) -> None:
    """Of five consumers three say usable, one is silent; now and then one says no."""
    if turn % 5 == 4:
        return
    count, rest = divmod(turn, 9)
    is_bad = rest == 6
    confirmations.say(
        row,
        word=Confirmation.Word.UNUSABLE if is_bad else Confirmation.Word.USABLE,
        reason=_UNUSABLE[count % len(_UNUSABLE)] if is_bad else "",
        by=people.officer(department),
        on=on,
        version=0,
    )
