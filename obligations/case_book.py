"""What pages and programs show of contradictions: both sides, earlier times, what may be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from obligations import contradicting
from obligations.contradictions import Contradiction
from obligations.models import ContradictionCase, Status
from obligations.models.contradictions import ContradictionCaseQuerySet


@dataclass(frozen=True)
class Line:
    """One case in words."""

    case: ContradictionCase
    about: Contradiction
    claim: str
    found: str

    @property
    def time(self) -> int:
        """Which time it is: 1 is the first."""
        return self.case.recurrence + 1


_ACTS: dict[str, tuple[Promise, tuple[str, ...]]] = {
    "reopen": (_("Reopen the obligation"), (Status.VERIFIED,)),
    "send-back": (_("Send the claim back"), (Status.CLAIMED, Status.ENDORSED)),
    "accept": (_("Accept with a reason"), ()),
    "hand-over": (_("Hand over"), ()),
}


def shown(cases: ContradictionCaseQuerySet) -> ContradictionCaseQuerySet:
    """With what a line names."""
    return cases.select_related(
        *("obligation__item__list", "obligation__department", "owner", "closed_by")
    )


def ordered(cases: ContradictionCaseQuerySet) -> ContradictionCaseQuerySet:
    """The heaviest first, then what comes again and again, then the oldest."""
    return shown(cases).order_by("-weight", "-recurrence", "pk")


def line(case: ContradictionCase) -> Line:
    claim, found = contradicting.sides(case.code, case.facts)
    return Line(case, contradicting.of(case.code), claim, found)


def lines(cases: Sequence[ContradictionCase]) -> list[Line]:
    return [line(case) for case in cases]


def counts(cases: ContradictionCaseQuerySet) -> list[tuple[Contradiction, int]]:
    """How many of each sort, in order of weight; sorts without any are left out."""
    found = dict(cases.order_by().values_list("code").annotate(Count("pk")))
    known = [one for _kind, one in contradicting.listed() if one.code in found]
    return [(one, found[one.code]) for one in sorted(known, key=lambda one: -one.weight)]


def whole(case: ContradictionCase, *, on: dt.date) -> dict[str, Any]:
    """One case: its sides as they were seen and as they are now, and the earlier times."""
    about = contradicting.of(case.code)
    now = about.facts([case.obligation_id], on).get(case.obligation_id, {})
    earlier = ContradictionCase.objects.filter(
        obligation=case.obligation_id, code=case.code, pk__lt=case.pk
    )
    return {
        "line": line(case),
        "now": contradicting.sides(case.code, now),
        "holds": contradicting.holds(case, on=on),
        "earlier": lines(list(shown(earlier).order_by("-pk")[:20])),
    }


def fitting(case: ContradictionCase) -> list[tuple[str, Promise]]:
    """What may be decided, by the status of the obligation."""
    status = case.obligation.status
    return [
        (act, label) for act, (label, starts) in _ACTS.items() if not starts or status in starts
    ]
