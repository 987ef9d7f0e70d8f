"""Who consumes what was opened, and what they said of it, as expressions over obligations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from obligations.models import (
    Confirmation,
    Duty,
    ItemConsumer,
    ListItem,
    Obligation,
    RoleInItem,
    Status,
)
from obligations.models.confirmations import ConfirmationQuerySet
from obligations.models.obligation import ObligationQuerySet
from obligations.today import end_of

CONSUMING = (Duty.APPLY, Duty.USE, Duty.CONNECT)


@dataclass(frozen=True)
class Hearing:
    """When consumers are asked: the period of a day, by when they answer, whose words count."""

    as_of: dt.date
    first_on: dt.date
    last_on: dt.date
    due_on: dt.date
    # 可用 said before this day is silence by now; 不可用 stands until it is taken back.
    counts_from: dt.date
    # Verified on that day or later: the time for a first answer is not over.
    fresh_from: dt.date

    @property
    def next_on(self) -> dt.date:
        """The first day of the next period."""
        return self.last_on + dt.timedelta(days=1)

    @property
    def is_past(self) -> bool:
        """Whether the time for an answer is over: who has not answered is silent."""
        return self.as_of > self.due_on


def provides(prefix: str = "") -> Q:
    """Duties by which something is opened to others: supply, return, and a system's own side."""
    leads = Q(**{f"{prefix}role_in_item": RoleInItem.LEAD}) | Q(**{f"{prefix}external": True})
    return Q(**{f"{prefix}duty__in": [Duty.SUPPLY, Duty.RETURN]}) | (
        Q(**{f"{prefix}duty": Duty.CONNECT}) & leads
    )


def opened() -> Q:
    """What may be said to be usable or not: verified, or a central body's that has opened."""
    own = Q(external=False, status=Status.VERIFIED)
    central = Q(external=True, opened_on__isnull=False) & ~Q(status=Status.WITHDRAWN)
    return provides() & (own | central)


def is_opened(row: Obligation) -> bool:
    """As `opened`, of one row that is read already."""
    leads = row.role_in_item == RoleInItem.LEAD or row.external
    provided = row.duty in (Duty.SUPPLY, Duty.RETURN) or (row.duty == Duty.CONNECT and leads)
    if row.external:
        return provided and row.opened_on is not None and row.status != Status.WITHDRAWN
    return provided and row.status == Status.VERIFIED


def owing(on: dt.date) -> ObligationQuerySet:
    """Obligations that make a department a consumer of their item, on a day."""
    rows = Obligation.objects.filter(external=False, duty__in=CONSUMING, issued_at__lt=end_of(on))
    return rows.exclude(status=Status.WITHDRAWN)


def consumed(on: dt.date, *, item: str) -> Q:
    """Whether the item has any consumer by its obligations or by a coordinator's word.

    Asked item by item: PostgreSQL walks a list of all such items anew for every row once it is
    longer than its working memory.
    """
    owed = owing(on).filter(item=OuterRef(item))
    named = ItemConsumer.objects.at(on).filter(item=OuterRef(item))
    return Q(Exists(owed)) | Q(Exists(named))


def unusable(hearing: Hearing, *, key: str) -> Exists:
    """Whether a consumer says since the verification that it is not usable."""
    return Exists(_words(hearing, key=key).filter(word=Confirmation.Word.UNUSABLE))


def another_complains(on: dt.date) -> Exists:
    """Of cases that were accepted: whether a consumer says unusable by now that did not then."""
    unusable = Confirmation.objects.filter(word=Confirmation.Word.UNUSABLE)
    of_case = unusable.filter(obligation=OuterRef(OuterRef("obligation_id")))
    then = of_case.filter(
        said_at__lte=OuterRef(OuterRef("closed_at")), department=OuterRef("department_id")
    )
    now = of_consumers(Confirmation.objects.at(on), on=on).filter(
        word=Confirmation.Word.UNUSABLE,
        obligation=OuterRef("obligation_id"),
        said_at__gt=OuterRef("closed_at"),
    )
    return Exists(now.filter(~Exists(then)))


def usable(hearing: Hearing, *, key: str) -> Exists:
    """Whether a consumer's “usable” counts on the day."""
    words = of_consumers(_usable(hearing, key=OuterRef(key)), on=hearing.as_of)
    return Exists(words.filter(_after_verification()))


def silent(hearing: Hearing, *, key: str, item: str, department: str) -> Q:
    """Whether a consumer has said nothing that counts on the day."""
    told = _usable(hearing, key=OuterRef(OuterRef(key))).filter(
        said_on__gte=OuterRef(OuterRef("verified_on")), department=OuterRef("department_id")
    )
    found = []
    for rows in (owing(hearing.as_of), ItemConsumer.objects.at(hearing.as_of)):
        of_item: Any = rows.filter(item=OuterRef(item))
        others = of_item.exclude(department=OuterRef(department))
        found.append(Exists(others.filter(~Exists(told))))
    return Q(found[0]) | Q(found[1])


def items_of(department_id: int, *, on: dt.date) -> Q:
    """Of items: those that the department consumes."""
    owed = owing(on).filter(department=department_id).values("item")
    named = ItemConsumer.objects.at(on).filter(department=department_id).values("item")
    return Q(pk__in=owed) | Q(pk__in=named)


def asked_of(department_id: int, *, on: dt.date) -> ObligationQuerySet:
    """What the department is asked about: opened by another body, and used by it."""
    items = ListItem.objects.filter(items_of(department_id, on=on))
    return Obligation.objects.filter(opened(), item__in=items.values("pk")).exclude(
        department=department_id
    )


def of_consumers(words: ConfirmationQuerySet, *, on: dt.date) -> ConfirmationQuerySet:
    """Those of departments that still consume the item: who was released complains no more."""
    of_word: Any = {"item": OuterRef("obligation__item"), "department": OuterRef("department_id")}
    named = ItemConsumer.objects.at(on).filter(**of_word)
    return words.filter(Q(Exists(owing(on).filter(**of_word))) | Q(Exists(named)))


def _words(hearing: Hearing, *, key: str) -> Any:
    words = of_consumers(Confirmation.objects.at(hearing.as_of), on=hearing.as_of)
    return words.filter(_after_verification(), obligation=OuterRef(key))


def _usable(hearing: Hearing, *, key: Any) -> Any:
    words = Confirmation.objects.at(hearing.as_of).filter(obligation=key)
    return words.filter(word=Confirmation.Word.USABLE, said_on__gte=hearing.counts_from)


def _after_verification() -> Q:
    return Q(said_on__gte=OuterRef("verified_on"))


def answered(words: Any) -> Q:
    """Whether one of these words was said of the obligation since it was verified."""
    of_row = words.filter(obligation=OuterRef("pk"))
    since = Q(said_on__gte=OuterRef("verified_on"))
    return Q(Exists(of_row.filter(since))) | Q(Exists(of_row), external=True)
