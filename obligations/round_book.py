"""A round on a page and as a table: who answered what, who is silent, who was late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import RuleViolation
from accounts.models import Department, User
from obligations.exporting import MAX_SHEET_ROWS
from obligations.models import Duty, Obligation, Round, RoundAnswer, Said, Status
from obligations.models.rounds import RoundAnswerQuerySet

_COLUMNS = {
    "department__name": "责任部门",
    "obligation__item__list__title": "清单",
    "obligation__item__serial": "序号",
    "obligation__item__title": "责任事项",
    "obligation__duty": "责任",
    "obligation__status": "状态",
    "obligation__due_on": "现行时限",
    "kind": "本期情况",
    "progress": "进展",
    "problems": "存在问题",
    "next_steps": "下步措施",
    "answered_by__first_name": "填报人",
    "answered_on": "填报日期",
    "is_late": "是否逾期填报",
}


@dataclass(frozen=True)
class Tally:
    """How many rows were asked, and what became of them; `settled` needs no answer any more."""

    asked: int = 0
    changed: int = 0
    no_change: int = 0
    nothing: int = 0
    owed: int = 0
    late: int = 0

    @property
    def answered(self) -> int:
        return self.changed + self.no_change + self.nothing

    @property
    def settled(self) -> int:
        return self.asked - self.answered - self.owed


@dataclass(frozen=True)
class Line:
    """One department in one round."""

    department: Department
    tally: Tally


def still_open() -> Exists:
    """The obligation of an answer is open; one that was verified since needs no answer."""
    return Exists(Obligation.objects.open().filter(pk=OuterRef("obligation_id")))


def tallies(answers: RoundAnswerQuerySet, by: str) -> dict[int, Tally]:
    """One statement: the tally of each round, or of each department, by the column named."""
    silent = Q(still_open(), kind="")
    counted: Any = answers.values(by).annotate(
        n_asked=Count("pk"),
        n_changed=Count("pk", filter=Q(kind=Said.CHANGED)),
        n_no_change=Count("pk", filter=Q(kind=Said.NO_CHANGE)),
        n_nothing=Count("pk", filter=Q(kind=Said.NOTHING)),
        n_owed=Count("pk", filter=silent),
        n_late=Count("pk", filter=Q(is_late=True)),
    )
    names = Tally.__dataclass_fields__
    return {
        row[by]: Tally(**{name: row[f"n_{name}"] for name in names}) for row in counted.order_by()
    }


def by_department(held: Round, *, user: User) -> list[Line]:
    """Every department that is asked: those that owe most answers first."""
    found = tallies(RoundAnswer.objects.visible_to(user).filter(round=held), "department_id")
    departments = Department.objects.in_bulk(found)
    lines = [Line(departments[pk], tally) for pk, tally in found.items()]
    return sorted(
        lines, key=lambda one: (-one.tally.owed, one.department.position, one.department.pk)
    )


def rows_of(held: Round, *, user: User) -> RoundAnswerQuerySet:
    """The rows that the user may see, as they stay in place: by due date."""
    rows = RoundAnswer.objects.visible_to(user).filter(round=held)
    rows = rows.annotate(still_open=still_open())
    return rows.order_by(F("obligation__due_on").asc(nulls_last=True), "pk")


def with_titles(rows: RoundAnswerQuerySet) -> RoundAnswerQuerySet:
    """With what a row of the page needs."""
    related = ("obligation__item__list", "department", "round", "answered_by")
    return rows.select_related(*related).defer("obligation__item__raw")


def table(held: Round, *, user: User, form: str) -> Iterator[Sequence[Any]]:
    """Head and rows for CSV or a workbook; who takes it out is audited."""
    rows = rows_of(held, user=user).order_by("department__position", "department_id", "pk")
    count = rows.count()
    if form == "xlsx" and count > MAX_SHEET_ROWS:
        raise RuleViolation(
            _("%(count)s rows are too many for one workbook: narrow the filter, or use CSV.")
            % {"count": count}
        )
    detail = {"form": form, "round": held.pk, "rows": count}
    audit.record(user, verb="export", by=user, detail=detail)
    return _table(rows)


def _table(rows: RoundAnswerQuerySet) -> Iterator[Sequence[Any]]:
    yield tuple(_COLUMNS.values())
    words: dict[str, dict[Any, str]] = {
        "obligation__duty": {code: str(label) for code, label in Duty.choices},
        "obligation__status": {code: str(label) for code, label in Status.choices},
        "kind": {"": _("not answered"), **{code: str(label) for code, label in Said.choices}},
        "is_late": {True: _("yes"), False: ""},
    }
    for cells in rows.values_list(*_COLUMNS).iterator(chunk_size=2000):
        named = zip(_COLUMNS, cells, strict=True)
        yield tuple(words[name].get(cell, cell) if name in words else cell for name, cell in named)


def file_name(held: Round, *, form: str) -> str:
    return f"月调度-{held.month:%Y%m}.{form}"
