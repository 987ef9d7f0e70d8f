"""What a check is, and the checks that every kind of list has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from obligations import consumers
from obligations.consumers import Hearing
from obligations.models import Confirmation, Evidence, Obligation, Status
from obligations.models.obligation import applicable

CLAIMED = (Status.CLAIMED, Status.ENDORSED, Status.VERIFIED)


@dataclass(frozen=True)
class Facts:
    """The rows on which a day is checked: obligations now, or their states of a past day.

    Judged facts have the same names on both; `of` leads to everything else.
    """

    as_of: dt.date
    hearing: Hearing
    prefix: str = ""

    def of(self, name: str) -> str:
        """The path to a field of the obligation or beyond it, such as `item__list__kind`."""
        return f"{self.prefix}{name}"

    @property
    def key(self) -> str:
        """The column that holds the obligation's key."""
        return "obligation_id" if self.prefix else "pk"

    def has_evidence_of(self, *kinds: str) -> Exists:
        """Whether there was evidence of one of these kinds by the day (any, if none is named)."""
        found = Evidence.objects.filter(obligation=OuterRef(self.key), added_on__lte=self.as_of)
        return Exists(found.filter(kind__in=kinds) if kinds else found)


@dataclass(frozen=True)
class Check:
    """A fact that holds or not. `applies` says for which rows, `outcome` gives one of
    CheckResult.Outcome per row; both are expressions, so that a million rows are one query."""

    code: str
    label: Promise | str
    source: Promise | str
    applies: Callable[[Facts], Q]
    outcome: Callable[[Facts], Case]
    sentences: Mapping[str, Promise | str]
    # What the coordinator owes: a failure is none of the department's.
    of_coordinator: bool = False
    # Dates of the obligation that the outcome compares: shown beside it as its evidence.
    rests_on: tuple[str, ...] = ()
    # Further evidence of one obligation on a day, in words.
    evidence: Callable[[Obligation, dt.date], Sequence[str]] | None = None


def outcome(*whens: When, default: str) -> Case:
    """The first `When` that holds, as text."""
    return Case(*whens, default=Value(default), output_field=CharField())


def _deadline_outcome(facts: Facts) -> Case:
    return outcome(
        When(completed_on__isnull=False, due_on=None, then=Value("pass")),
        When(completed_on__lte=F("due_on"), then=Value("pass")),
        When(completed_on__gt=F("due_on"), then=Value("fail")),
        When(blocked=True, then=Value("warn")),
        When(mend_until__gte=facts.as_of, first_completed_on__lte=F("due_on"), then=Value("warn")),
        When(due_on__lt=facts.as_of, then=Value("fail")),
        default="not_yet_due",
    )


def _decision_outcome(facts: Facts) -> Case:
    return outcome(
        When(status=Status.VERIFIED, verified_on__lte=F("decide_by"), then=Value("pass")),
        When(status=Status.VERIFIED, then=Value("fail")),
        When(decide_by__lt=facts.as_of, then=Value("fail")),
        default="not_yet_due",
    )


def one_who_says_unusable(facts: Facts) -> Exists:
    """Whether a consumer says since the verification that it is not usable."""
    return consumers.unusable(facts.hearing, key=facts.key)


def _usable_outcome(facts: Facts) -> Case:
    hearing, key = facts.hearing, facts.key
    silent = consumers.silent(
        hearing, key=key, item=facts.of("item_id"), department=facts.of("department_id")
    )
    none, some = ("cannot_tell", "warn") if hearing.is_past else ("not_yet_due", "not_yet_due")
    return outcome(
        When(one_who_says_unusable(facts), then=Value("fail")),
        When(~silent, then=Value("pass")),
        # Whoever is first asked now has as long for an answer as everybody else.
        When(verified_on__gte=hearing.fresh_from, then=Value("not_yet_due")),
        When(consumers.usable(hearing, key=key), then=Value(some)),
        default=none,
    )


def _pieces(obligation: Obligation, on: dt.date) -> Sequence[str]:
    """The evidence on record by the day: kind and text."""
    found = obligation.evidence.filter(added_on__lte=on).order_by("-pk")[:3]
    return [f"{one.get_kind_display()} {one.text}".strip() for one in found]


def _words(obligation: Obligation, on: dt.date) -> Sequence[str]:
    """What the consumers say: who, which word, when."""
    words = Confirmation.objects.at(on).filter(obligation=obligation).select_related("department")
    return [
        f"{one.department.name} {one.get_word_display()} {one.said_on.isoformat()}"
        for one in words.order_by("-said_on", "-pk")[:5]
    ]


MEETS_DEADLINE = Check(
    code="meets_deadline",
    label=_("Meets its deadline"),
    source=_("The responsibility list's own time limit"),
    applies=lambda facts: applicable(facts.as_of),
    outcome=_deadline_outcome,
    sentences={
        "pass": _("The standing claim was made by the due date."),
        "fail": _("The due date has passed without a claim made in time."),
        "warn": _("Blocked or in its mending days: timeliness is not judged now."),
        "not_yet_due": _("The due date has not come yet."),
    },
    rests_on=("due_on", "completed_on", "mend_until"),
)
HAS_EVIDENCE = Check(
    code="has_evidence",
    label=_("Has evidence"),
    source=_("A claim rests on evidence (rule of this office)"),
    applies=lambda facts: applicable(facts.as_of) & Q(status__in=CLAIMED),
    outcome=lambda facts: outcome(
        When(facts.has_evidence_of(), then=Value("pass")), default="fail"
    ),
    sentences={
        "pass": _("The claim has at least one piece of evidence."),
        "fail": _("Claimed without any evidence: attach a document number, code, link or file."),
    },
    evidence=_pieces,
)
DECIDED_IN_TIME = Check(
    code="decided_in_time",
    label=_("Decided in time by the coordinator"),
    source=_("The coordinator's own clock: 5 working days (policy figure)"),
    applies=lambda facts: (
        applicable(facts.as_of)
        & Q(status__in=[Status.ENDORSED, Status.VERIFIED], decide_by__isnull=False)
    ),
    outcome=_decision_outcome,
    sentences={
        "pass": _("The coordinator decided within the time allowed."),
        "fail": _("The coordinator has not decided within the time allowed."),
        "not_yet_due": _("The coordinator still has time to decide."),
    },
    of_coordinator=True,
    rests_on=("decide_by", "verified_on"),
)
CONSUMER_SAYS_USABLE = Check(
    code="consumer_says_usable",
    label=_("Its consumers say that it is usable"),
    source=_("Consumers are asked in every period (rule of this office); silence is silence"),
    applies=lambda facts: (
        applicable(facts.as_of)
        & Q(status=Status.VERIFIED)
        & consumers.provides(facts.prefix)
        & consumers.consumed(facts.as_of, item=facts.of("item_id"))
    ),
    outcome=_usable_outcome,
    sentences={
        "pass": _("Every consumer says that it is usable."),
        "warn": _("Some consumers say that it is usable; others have not answered in time."),
        "fail": _("A consumer says that it is not usable."),
        "cannot_tell": _("No consumer has answered in time: nobody knows whether it is usable."),
        "not_yet_due": _("Consumers still have time to answer."),
    },
    rests_on=("verified_on",),
    evidence=_words,
)

COMMON: tuple[Check, ...] = (
    MEETS_DEADLINE,
    HAS_EVIDENCE,
    DECIDED_IN_TIME,
    CONSUMER_SAYS_USABLE,
)
