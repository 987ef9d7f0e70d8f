"""What the workbook says of an obligation, and what an obligation says now, in equal words."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet
from django.utils.translation import override

from accounts.models import Role
from obligations import lights, transitions
from obligations.chunks import chunks
from obligations.filling import columns
from obligations.models import Obligation, RoundAnswer, Status
from obligations.tables import wording

LANGUAGE = "zh-hans"
# What a cell holds at most; no column takes as much, but old rows may have more than the columns.
CELL_LENGTH = 32_000
_LINES = ("progress_note", "note", *columns.TEXT_FIELDS)


@dataclass(frozen=True)
class Line:
    """One row of the workbook: `known` by label as text or day, `filled` by field as text."""

    pk: int
    version: int
    claim_count: int
    known: dict[str, str | dt.date]
    filled: dict[str, str]
    light: str
    may_plan: bool
    may_claim: bool
    # The open round's question about it: its key and version.
    asked: int | None = None
    asked_version: int = 0

    @property
    def key(self) -> str:
        return key_of(self.pk)


def key_of(pk: int) -> str:
    """The 编号 in a row's first cell: it goes where the row goes when a person sorts."""
    return f"QD{pk}"


def lines(rows: QuerySet[Obligation]) -> list[Line]:
    """The rows as the workbook shows them, in their order."""
    found = list(with_claims(rows).select_related("item__list"))
    asked = asked_now([row.pk for row in found])
    with override(LANGUAGE):
        return [_line(row, asked.get(row.pk)) for row in found]


def asked_now(pks: Sequence[int]) -> dict[int, RoundAnswer]:
    """By obligation what an open round asks: the newest month's, and first what is not answered."""
    found: dict[int, RoundAnswer] = {}
    for chunk in chunks(pks):
        rows = RoundAnswer.objects.filter(
            obligation__in=chunk, department=F("obligation__department")
        )
        ordered = rows.filter(round__closed_on=None).order_by("-kind", "round__month", "pk")
        found |= {row.obligation_id: row for row in ordered}
    return found


def said(asked: RoundAnswer | None) -> dict[str, str]:
    """What stands in the round's question, as the cells hold it."""
    if asked is None:
        return dict.fromkeys(columns.ROUND_FIELDS, "")
    texts = {name: tidy(name, getattr(asked, name)) for name in columns.TEXT_FIELDS}
    return {"said": columns.SAID_WORDS.get(asked.kind, ""), **texts}


def with_claims(rows: QuerySet[Obligation]) -> QuerySet[Obligation]:
    """With the number of claims made so far: one more says that the state went round."""
    return rows.annotate(claim_count=Count("claims"))


def filled(row: Obligation) -> dict[str, str]:
    """What the department has said so far, by field, as the cells hold it."""
    return {
        "planned_on": row.planned_on.isoformat() if row.planned_on else "",
        **{
            name: tidy(name, str(getattr(row, name)))
            for name in columns.PLAN_FIELDS
            if name != "planned_on"
        },
        "done": done_word(row.status),
    }


def done_word(status: str) -> str:
    """What 完成情况 says of a status."""
    words = {Status.ISSUED: columns.ISSUED, Status.IN_PROGRESS: columns.UNDERWAY}
    return words.get(Status(status), columns.CLAIMED)


def tidy(field: str, text: str) -> str:
    """A text as it is compared and stored: what spreadsheet programs change does not count."""
    plain = wording.printable(text)[:CELL_LENGTH]
    if field in _LINES:
        return wording.paragraphs(plain)
    if field == "contact_phone":
        plain = unicodedata.normalize("NFKC", plain)
    return wording.one_line(plain)


def _line(row: Obligation, asked: RoundAnswer | None) -> Line:
    return Line(
        pk=row.pk,
        version=row.version,
        claim_count=row.claim_count,  # type: ignore[attr-defined]
        known=_known(row),
        filled={**filled(row), **said(asked)},
        light=row.light,
        may_plan=_may(row, "plan"),
        may_claim=_may(row, "claim"),
        asked=asked.pk if asked else None,
        asked_version=asked.version if asked else 0,
    )


def _may(row: Obligation, verb: str) -> bool:
    """Whether the status lets an officer of the department do it now, whoever downloads."""
    return bool(transitions.of(verb, row.status, Role.OFFICER, external=row.external))


def _known(row: Obligation) -> dict[str, str | dt.date]:
    item = row.item
    due = row.due_on or row.due_text or item.deadline_text or "—"
    return {
        columns.KEY: key_of(row.pk),
        "清单": _shown(item.list.title),
        "批次": str(item.list.batch),
        "序号": _shown(item.serial),
        columns.TITLE: _shown(item.title),
        "责任": f"{row.get_duty_display()}·{row.get_role_in_item_display()}",
        columns.DUE: due if isinstance(due, dt.date) else _shown(due),
        "状态": str(row.get_status_display()),
        "灯": str(row.get_light_display()),
        "亮灯原因": _reason(row),
    }


def _reason(row: Obligation) -> str:
    said = lights.sentence_of(row.light_reason)
    if row.status == Status.IN_PROGRESS and row.return_reason:
        return f"{said} 退回原因：{_shown(row.return_reason)[:300]}"
    if row.status == Status.IN_PROGRESS and row.reopen_reason:
        return f"{said} 复开原因：{_shown(row.reopen_reason)[:300]}"
    return said


def _shown(text: str) -> str:
    return wording.one_line(wording.printable(text))[:CELL_LENGTH]


def present(pks: Iterable[int], rows: QuerySet[Obligation]) -> dict[int, Obligation]:
    """Those of `rows` that are meant, by key, with what comparing needs."""
    found: dict[int, Obligation] = {}
    for part in chunks(list(pks)):
        chunk = rows.filter(pk__in=part)
        found |= {row.pk: row for row in with_claims(chunk).select_related("item", "department")}
    return found
