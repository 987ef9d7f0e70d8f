"""The department's desk: all that waits, the most urgent first, and what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from obligations import history, overview, rounds, terms
from obligations.models import Block, Duty, Evidence, Light, Obligation, RoundAnswer, Status

PAGE_SIZE = 50
# So long a lifted block is news.
LIFTED_DAYS = 14


@dataclass(frozen=True)
class Section:
    """Rows of one sort: what they are called, what is expected next, and of whom."""

    code: str
    label: Promise
    expected: Promise


@dataclass(frozen=True)
class Line:
    """One row of the desk."""

    obligation: Obligation
    section: Section
    example: Promise
    asked: RoundAnswer | None
    # What a claim of it would repeat: fields of DeskClaimForm, as far as they are known.
    known: Mapping[str, str]


@dataclass(frozen=True)
class Desk:
    """One page of the desk, and how much waits in each section."""

    lines: list[Line]
    counts: list[tuple[Section, int]]
    section: str
    number: int
    pages: int

    @property
    def total(self) -> int:
        return sum(count for _section, count in self.counts)

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1 if self.number < self.pages else 0


SECTIONS: Mapping[str, Section] = {
    one.code: one
    for one in (
        Section(
            "returned",
            _("Sent back"),
            _("Mend what the reason names, add evidence, and claim again."),
        ),
        Section(
            "reopened",
            _("Reopened"),
            _("Put right what the reason names, add evidence, and claim again."),
        ),
        Section(
            "overdue",
            _("Overdue"),
            _("Claim with evidence; where something blocks it, report the block with its reason."),
        ),
        Section(
            "accept", _("To accept"), _("Read it and accept; the work then counts as taken up.")
        ),
        Section(
            "lifted",
            _("Block lifted"),
            _("The way is free again: check the new due date, plan, and go on."),
        ),
        Section(
            "broken",
            _("Promise broken"),
            _("Deliver as the update cycle promises, and keep the receipt."),
        ),
        Section(
            "late",
            _("Delivery late"),
            _("Deliver before the days of grace run out; a receipt or the log ends it by itself."),
        ),
        Section(
            "soon", _("Due soon"), _("Finish, attach evidence, and claim before the due date.")
        ),
        Section(
            "asked",
            _("Asked in the round"),
            _("Answer the monthly round: what changed, or “no change”."),
        ),
        Section("endorse", _("To endorse"), _("Look at the evidence; endorse, or send it back.")),
        Section("doing", _("In progress"), _("Keep progress and the planned date true.")),
        Section("blocked", _("Blocked"), _("Nothing, until the coordinator lifts the block.")),
        Section(
            "waiting", _("Waiting for the coordinator"), _("Nothing: the coordinator decides next.")
        ),
    )
}
# What is read first, by role: an officer acts, a reviewer decides.
_ORDERS: Mapping[str, Sequence[str]] = {
    Role.OFFICER: tuple(SECTIONS),
    # Reviewers answer no round, so what is asked stands where it stood without the question.
    Role.REVIEWER: ("endorse", *(code for code in SECTIONS if code not in ("endorse", "asked"))),
}
# What an officer claimed a reviewer decides on; whatever else is to be done officers do.
_ENDORSED_BY_OTHERS = _("Nothing: a reviewer of your department endorses it.")
_DONE_BY_OTHERS = _("Nothing: the officers of your department work on it.")
_OF_NOBODY_HERE = ("blocked", "waiting")
EXAMPLES: Mapping[str, Promise] = {
    Duty.SUPPLY: _(
        "Catalogue code and interface code, or the first delivery receipt with its period: "
        "307001001/000001, JK-2026-0117."
    ),
    Duty.CATALOGUE: _(
        "Catalogue code and registration number: 307001001/000001, GGSJ-330000-2026-000117."
    ),
    Duty.APPLY: _("The number of the request or of the letter: 某数函〔2026〕12号."),
    Duty.CONNECT: _("Interface code and the record of the joint test (pdf): JK-2026-0117."),
    Duty.USE: _("A link to the service that uses the data, or a screenshot (png)."),
    Duty.RETURN: _("The receipt of the delivery with its period: DS-20260331-0007."),
    Duty.VERIFY: _("The reply with the corrected records (xlsx), or its document number."),
}


def look(user: User, *, on: dt.date, section: str = "", page: str = "") -> Desk:
    """The page that is asked for; an unknown section is all, an unknown page the first."""
    order = _ORDERS[user.role]
    ranked = _ranked(user, order, on=on)
    ranked = ranked.filter(rank__lt=len(order))
    counted: dict[int, int] = dict(
        ranked.select_related(None).order_by().values_list("rank").annotate(Count("pk"))
    )
    counts = [(SECTIONS[code], counted.get(rank, 0)) for rank, code in enumerate(order)]
    section = section if section in SECTIONS else ""
    if section:
        ranked = ranked.filter(rank=order.index(section))
    size = counted.get(order.index(section), 0) if section else sum(counted.values())
    pages = max(1, -(-size // PAGE_SIZE))
    number = min(max(int(page), 1), pages) if page.isdecimal() and len(page) < 7 else 1
    lines = _lines(ranked, order, user=user, first=(number - 1) * PAGE_SIZE, on=on)
    return Desk(lines, [one for one in counts if one[1]], section, number, pages)


def line_of(row: Obligation, *, user: User, on: dt.date) -> Line | None:
    """The row as the desk shows it; None where nothing waits any more."""
    order = _ORDERS[user.role]
    ranked = _ranked(user, order, on=on)
    found = _lines(ranked.filter(pk=row.pk), order, user=user, first=0, on=on)
    return found[0] if found else None


def _lines(ranked: Any, order: Sequence[str], *, user: User, first: int, on: dt.date) -> list[Line]:
    by_urgency = ranked.order_by("rank", F("due_on").asc(nulls_last=True), "pk")
    # The keys of the page come first: sorting narrow rows is cheap, joined ones are not.
    keyed = dict(
        by_urgency.select_related(None).values_list("pk", "rank")[first : first + PAGE_SIZE]
    )
    rows = overview.shown(Obligation.objects.all()).in_bulk(list(keyed))
    waiting = rounds.unanswered(on=on).filter(obligation__in=list(keyed))
    asked = {one.obligation_id: one for one in waiting}
    known = _known(rows.values())
    return [
        Line(
            rows[pk],
            _section(order[rank], user=user) if rank < len(order) else _NONE,
            EXAMPLES[rows[pk].duty],
            asked.get(pk),
            known.get(pk, {}),
        )
        for pk, rank in keyed.items()
        if pk in rows
    ]


def line_of_claimed(row: Obligation, *, user: User) -> Line:
    """The row right after its claim: it waits for a reviewer, or for the coordinator at once."""
    code = "endorse" if row.status == Status.CLAIMED else "waiting"
    return Line(row, _section(code, user=user), EXAMPLES[row.duty], None, {})


def _known(rows: Iterable[Obligation]) -> dict[int, dict[str, str]]:
    """By row that can be claimed: the note of a claim that came back, the list's own code."""
    claimable = [row for row in rows if row.status == Status.IN_PROGRESS]
    codes = terms.catalogue_codes(row.item for row in claimable)
    told = set(
        Evidence.objects.filter(
            obligation__in=[row.pk for row in claimable if row.item_id in codes],
            kind=Evidence.Kind.CATALOGUE,
        ).values_list("obligation_id", flat=True)
    )
    return {
        row.pk: {
            "note": row.claim_note if row.return_reason or row.reopen_reason else "",
            "catalogue": codes.get(row.item_id, "") if row.pk not in told else "",
        }
        for row in claimable
    }


_NONE = Section("done", _("Done"), _("Nothing is waiting here any more."))


def _section(code: str, *, user: User) -> Section:
    """The section with what is expected of this person."""
    found, decides = SECTIONS[code], user.role == Role.REVIEWER
    if (code == "endorse") is decides or code in _OF_NOBODY_HERE:
        return found
    return Section(code, found.label, _DONE_BY_OTHERS if decides else _ENDORSED_BY_OTHERS)


def _ranked(user: User, order: Sequence[str], *, on: dt.date) -> Any:
    """With the place of each row's section: the first that holds; the rest lies beyond the last."""
    conditions = _conditions(on=on)
    places = [When(conditions[code], then=Value(place)) for place, code in enumerate(order)]
    rank = Case(*places, default=Value(len(order)), output_field=IntegerField())
    return overview.own_obligations(user).annotate(rank=rank)


def _conditions(*, on: dt.date) -> dict[str, Q]:
    doing = Q(status=Status.IN_PROGRESS)
    free = Q(blocked=False)
    soon = history.day_of(on).due_soon_on
    lifted = Block.objects.filter(
        obligation=OuterRef("pk"), ended_on__gte=on - dt.timedelta(days=LIFTED_DAYS)
    )
    asked = RoundAnswer.objects.unanswered().filter(
        obligation=OuterRef("pk"), round__closed_on=None
    )
    standing = Q(status__in=[Status.ISSUED, Status.IN_PROGRESS, Status.CLAIMED, Status.ENDORSED])
    return {
        "returned": doing & ~Q(return_reason="") & free,
        "reopened": doing & ~Q(reopen_reason="") & free,
        "overdue": Q(status__in=[Status.ISSUED, Status.IN_PROGRESS], due_on__lt=on) & free,
        "accept": Q(status=Status.ISSUED),
        "lifted": doing & free & Q(Exists(lifted)),
        "broken": Q(status=Status.VERIFIED, light=Light.RED),
        "late": Q(status=Status.VERIFIED, light=Light.YELLOW),
        "soon": doing & free & Q(due_on__lte=soon),
        "asked": standing & Q(Exists(asked)),
        "endorse": Q(status=Status.CLAIMED),
        "doing": doing & free,
        "blocked": doing,
        "waiting": Q(status=Status.ENDORSED),
    }


def rounds_asking(user: User, *, on: dt.date) -> list[Any]:
    """The open rounds in which the department still owes answers: how many, and until when."""
    owed = rounds.unanswered(on=on).filter(department=user.department)
    grouped = owed.values("round_id", "round__month", "round__cut_off_on")
    return list(grouped.annotate(count=Count("pk")).order_by("round__cut_off_on"))
