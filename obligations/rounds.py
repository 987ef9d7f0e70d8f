"""月调度: a month's question about all that is open, its answers, and who stays silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import AuditEntry, Region, User
from accounts.versions import require_same
from obligations import round_checks
from obligations.changing import require_known_day
from obligations.chunks import CHUNK, chunks
from obligations.cutoffs import month_of
from obligations.models import Obligation, ResponsibilityList, Round, RoundAnswer, Said
from obligations.models.rounds import RoundAnswerQuerySet
from obligations.today import moment

# (how many are asked, of how many)
Progress = Callable[[int, int], None]
TEXTS = ("progress", "problems", "next_steps")
# What an answer writes.
ANSWERED = ("kind", "answered_by", "answered_on", "answered_at", "is_late", *TEXTS, "version")


def open_round(
    *,
    month: dt.date,
    cut_off_on: dt.date,
    by: User | None,
    on: dt.date,
    region: Region | None = None,
    on_list: ResponsibilityList | None = None,
    progress: Progress = lambda _done, _of: None,
) -> Round:
    """Ask what is open on the day, each obligation once a month; `by=None` is the schedule.

    The scope's earlier rounds are closed: nobody is asked about two months at once.
    """
    _require_days(month, cut_off_on, on=on)
    if by is not None:
        permissions.require(by, "keep_rounds")
        region = _region_of(by, region)
    with transaction.atomic():
        made = _make(month_of(month), cut_off_on, by=by, on=on, region=region, on_list=on_list)
        for earlier in _same_scope(made).open().exclude(pk=made.pk).select_for_update():
            _close(earlier, by=by, on=on)
        asked = _ask(made, on=on, progress=progress)
        if not asked:
            raise RuleViolation(_("Nothing is open there: there is nothing to ask."))
        detail = {"on": str(on), "month": str(made), "cut_off": str(cut_off_on), "asked": asked}
        audit.record(made, verb="open_round", by=by, detail=detail)
    return made


def would_ask(
    *,
    month: dt.date,
    cut_off_on: dt.date,
    by: User,
    on: dt.date,
    region: Region | None = None,
    on_list: ResponsibilityList | None = None,
) -> int:
    """How many rows the round would have; refuses what `open_round` would."""
    permissions.require(by, "keep_rounds")
    _require_days(month, cut_off_on, on=on)
    planned = Round(month=month_of(month), region=_region_of(by, region), list=on_list)
    _require_first(planned)
    return int(_to_ask(planned, on=on).count())


def answer(
    asked: RoundAnswer,
    *,
    kind: str,
    by: User,
    on: dt.date,
    version: int,
    progress: str = "",
    problems: str = "",
    next_steps: str = "",
) -> None:
    """One row's answer; until the round is closed it may be given anew. Late is marked only."""
    permissions.require(by, "answer_round")
    texts = {"progress": progress, "problems": problems, "next_steps": next_steps}
    texts = {name: text.strip() for name, text in texts.items()}
    with transaction.atomic():
        row = (
            RoundAnswer.objects.select_for_update(of=("self",))
            .select_related("round", "answered_by")
            .get(pk=asked.pk)
        )
        require_answerable(row, kind=kind, texts=texts, by=by, version=version)
        write(row, kind, texts, by=by, on=on)
        audit.record_many([entry(row, by=by, on=on)])
    asked.refresh_from_db()


def answer_rest(held: Round, *, kind: str, by: User, on: dt.date) -> int:
    """The same word for all that the own department has not answered yet; how many."""
    permissions.require(by, "answer_round")
    if kind not in (Said.NO_CHANGE, Said.NOTHING):
        raise RuleViolation(_("What changed is said row by row."))
    with transaction.atomic():
        locked = Round.objects.select_for_update().get(pk=held.pk)
        round_checks.require_open(locked)
        rest = owed(locked.answers.filter(department=by.department))
        rows = list(rest.select_for_update(of=("self",)).order_by("pk"))
        texts = {} if kind == Said.NO_CHANGE else dict.fromkeys(TEXTS, "")
        said = {"kind": kind, "answered_by": by, "answered_at": moment(on), "answered_on": on}
        late = locked.is_past(on)
        for part in chunks(rows):
            keys = [row.pk for row in part]
            RoundAnswer.objects.filter(pk__in=keys).update(
                **said, **texts, is_late=late, version=F("version") + 1
            )
        audit.record_many(entry(row, by=by, on=on, kind=kind) for row in _on(locked, rows))
    return len(rows)


def write(row: RoundAnswer, kind: str, texts: dict[str, str], *, by: User, on: dt.date) -> None:
    """Store an answer on a row that the caller has locked and checked."""
    fill(row, kind, texts, by=by, on=on)
    row.save()


def fill(row: RoundAnswer, kind: str, texts: dict[str, str], *, by: User, on: dt.date) -> None:
    """As `write`; the caller saves the row. “No change” keeps the words that stand."""
    if not row.kind:
        row.is_late = row.round.is_past(on)
    row.kind, row.answered_by = kind, by
    row.answered_on, row.answered_at = on, moment(on)
    if kind != Said.NO_CHANGE:
        row.progress, row.problems, row.next_steps = (
            "" if kind == Said.NOTHING else texts[name] for name in TEXTS
        )
    row.version += 1


def require_answerable(
    row: RoundAnswer, *, kind: str, texts: dict[str, str], by: User, version: int
) -> None:
    """The own department's, in an open round, as it was seen, and with words where they belong."""
    round_checks.require_may(row, by=by)
    round_checks.require_version(row, version)
    round_checks.require_words(row, kind, texts)


def close(held: Round, *, by: User, on: dt.date, version: int) -> None:
    """No more answers; what was said, and who was silent, stays."""
    permissions.require(by, "keep_rounds")
    with transaction.atomic():
        row = Round.objects.select_for_update().get(pk=held.pk)
        if not may_keep(row, by=by):
            raise PermissionDenied(_("This lies outside your region."))
        require_same(row.version, version)
        round_checks.require_open(row)
        _close(row, by=by, on=on)
    held.refresh_from_db()


def may_keep(held: Round, *, by: User) -> bool:
    """A city's coordinator reads the province's rounds about its departments, and no more."""
    return permissions.may(by, "keep_rounds") and by.region_id in (None, held.region_id)


def unanswered(*, on: dt.date) -> RoundAnswerQuerySet:
    """What still owes an answer on the day, in rounds that are open: for chasing and reminders."""
    return owed(RoundAnswer.objects.filter(round__closed_on=None, round__opened_on__lte=on))


def owed(answers: RoundAnswerQuerySet) -> RoundAnswerQuerySet:
    """Silent about what is open; what was verified or withdrawn since needs no answer."""
    still = Obligation.objects.open().filter(pk=OuterRef("obligation_id"))
    return answers.unanswered().filter(Exists(still))


def _require_days(month: dt.date, cut_off_on: dt.date, *, on: dt.date) -> None:
    require_known_day(month, cut_off_on)
    if cut_off_on < on:
        raise RuleViolation(_("The cut-off lies in the past: use today or a later day."))


def _require_first(made: Round) -> None:
    if _same_scope(made).filter(month=made.month).exists():
        raise RuleViolation(_twice())


def _twice() -> str:
    return _("There is a round of this month already: it is on the list of rounds.")


def _region_of(by: User, region: Region | None) -> Region | None:
    """A city's coordinator asks the own city; the province's whomever it wants."""
    if by.region_id is not None and region is not None and region.pk != by.region_id:
        raise PermissionDenied(_("This lies outside your region."))
    return by.region or region


def _make(month: dt.date, cut_off_on: dt.date, *, on: dt.date, **about: Any) -> Round:
    scope = {"region": about["region"], "list": about["on_list"]}
    made = Round(month=month, cut_off_on=cut_off_on, opened_on=on, opened_by=about["by"], **scope)
    _require_first(made)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as twice:
        raise RuleViolation(_twice()) from twice
    return made


def _same_scope(held: Round) -> Any:
    return Round.objects.filter(region=held.region_id, list=held.list_id)


def _ask(held: Round, *, on: dt.date, progress: Progress) -> int:
    """A row for each open obligation that no round of the month asks yet, with its last words."""
    found = list(_to_ask(held, on=on))
    for part, chunk in enumerate(chunks(found)):
        last = RoundAnswer.objects.in_bulk([pk for *_rest, pk in chunk if pk is not None])
        RoundAnswer.objects.bulk_create(
            RoundAnswer(
                round=held,
                obligation_id=key,
                department_id=department_id,
                **(_texts(last[pk]) if pk in last else {"progress": note}),
            )
            for key, department_id, note, pk in chunk
        )
        progress(part * CHUNK + len(chunk), len(found))
    return len(found)


def _to_ask(held: Round, *, on: dt.date) -> Any:
    """(obligation, department, progress note, newest answer of earlier rounds)."""
    asked = RoundAnswer.objects.filter(obligation=OuterRef("pk"))
    rows = Obligation.objects.open().applicable(on=on)
    if held.region_id is not None:
        rows = rows.filter(department__region_id=held.region_id)
    if held.list_id is not None:
        rows = rows.filter(item__list_id=held.list_id)
    rows = rows.exclude(Exists(asked.filter(round__month=held.month)))
    earlier = asked.exclude(kind="").order_by("-round__month", "-pk").values("pk")[:1]
    found = rows.annotate(last_pk=Subquery(earlier)).order_by("department_id", "pk")
    columns: Any = ("pk", "department_id", "progress_note", "last_pk")
    return found.values_list(*columns)


def _texts(row: RoundAnswer) -> dict[str, str]:
    return {name: getattr(row, name) for name in TEXTS}


def _close(row: Round, *, by: User | None, on: dt.date) -> None:
    row.closed_on, row.closed_by, row.version = on, by, row.version + 1
    row.save(update_fields=["closed_on", "closed_by", "version"])
    silent = owed(RoundAnswer.objects.filter(round=row)).count()
    detail = {"on": str(on), "month": str(row), "silent": silent}
    audit.record(row, verb="close_round", by=by, detail=detail)


def _on(held: Round, rows: list[RoundAnswer]) -> Iterable[RoundAnswer]:
    for row in rows:
        row.round = held
        yield row


def entry(row: RoundAnswer, *, by: User, on: dt.date, kind: str = "") -> AuditEntry:
    """On the obligation, so that its history tells it."""
    detail = {"on": str(on), "round": row.round_id, "month": str(row.round)}
    detail |= {"said": kind or row.kind, "note": row.progress if kind != Said.NOTHING else ""}
    about = Obligation(pk=row.obligation_id)
    return audit.entry(
        about, verb="answer_round", by=by, detail=detail, department_id=row.department_id
    )
