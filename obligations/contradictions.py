"""What a contradiction is: a claim, what speaks against it, and those that every kind has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from obligations import consumers
from obligations.checks import Facts, one_who_says_unusable
from obligations.models import Confirmation, Obligation, Status
from obligations.models.obligation import applicable

# What a case remembers of each obligation, by its key: names in the two sentences -> day, name,
# code or a person's own words, never a sentence of ours: readers have different languages.
Seen = Mapping[int, Mapping[str, str]]


@dataclass(frozen=True)
class Contradiction:
    """Two sides that cannot both be true. `applies` is an expression, as a check's is; `facts`
    reads for some obligations what the sentences of both sides name."""

    code: str
    label: Promise | str
    # The heavier, the higher in the queue.
    weight: int
    claim: Promise | str
    found: Promise | str
    # What the department is to do about it.
    expected: Promise | str
    applies: Callable[[Facts], Q]
    facts: Callable[[Sequence[int], dt.date], Seen]
    # Of accepted cases: those since which something was seen that nobody has accepted.
    anew: Callable[[dt.date], Q] | None = None
    # Facts that are remembered by a code: what a reader is told for it, in their language.
    words: Mapping[str, Callable[[str], str]] = field(default_factory=dict)


def dates_of(*names: str) -> Callable[[Sequence[int], dt.date], Seen]:
    """Facts that are judged dates of the obligation itself."""

    def read(ids: Sequence[int], on: dt.date) -> Seen:
        rows = Obligation.objects.filter(pk__in=ids).values("pk", *names)
        return {row["pk"]: {name: plain(row[name]) for name in names} for row in rows}

    return read


def plain(value: object) -> str:
    """A fact as it is remembered, in no language: ISO days, and a dash for none."""
    return value.isoformat() if isinstance(value, dt.date) else str(value or "—")


def _unusable_facts(ids: Sequence[int], on: dt.date) -> Seen:
    """When it was verified, and the last consumer who said no, with the reason."""
    seen: dict[int, dict[str, str]] = {pk: dict(facts) for pk, facts in _verified(ids, on).items()}
    words = consumers.of_consumers(Confirmation.objects.at(on), on=on).filter(
        obligation__in=ids, word=Confirmation.Word.UNUSABLE
    )
    for word in words.select_related("department").order_by("said_on", "pk"):
        seen[word.obligation_id] |= {
            "consumer": word.department.name,
            "reason": word.reason,
            "said_on": plain(word.said_on),
        }
    return seen


_verified = dates_of("verified_on")

CONSUMER_SAYS_UNUSABLE = Contradiction(
    code="consumer_says_unusable",
    label=_("The consumer says it is not usable"),
    weight=90,
    claim=_("Verified on %(verified_on)s as shared and usable."),
    found=_("%(consumer)s said on %(said_on)s that it is not usable: %(reason)s"),
    expected=_(
        "Settle with the consumer what does not work; it then says “usable”, or tell the "
        "coordinator why the complaint does not hold."
    ),
    applies=lambda facts: (
        applicable(facts.as_of) & Q(status=Status.VERIFIED) & Q(one_who_says_unusable(facts))
    ),
    facts=_unusable_facts,
    anew=lambda on: Q(consumers.another_complains(on)),
)

COMMON: tuple[Contradiction, ...] = (CONSUMER_SAYS_UNUSABLE,)
