"""One of every workbook and document that leaves the program, made by its own processes."""

import datetime as dt
from pathlib import Path

from accounts.cell_text import legal
from obligations import (
    exporting,
    giving_back,
    round_book,
    rounds,
    score_book,
    score_rules,
)
from obligations.filling import making as filling
from obligations.models import ListItem, Obligation
from obligations.tables import sandbox
from obligations.tables.marks import Mark
from reports import bulletin, excerpts, publishing, upward, watermarks, workbooks
from tests.importing import books, documents
from tests.importing.books import KNOWN, ROW, SHARING

DAY = dt.date(2025, 11, 21)
NOW = dt.datetime(2025, 11, 21, 2, 0, tzinfo=dt.UTC)
# Sentences about a file quote its cells.
SENTENCE = "“{}”不是日期。请写成 2025-09-30。"


def files(folder, *, snapshot, department, coordinator, second, officer, text="某日"):
    """Name -> place of each; `text` stands where people's words stand."""
    people = {"department": department, "coordinator": coordinator, "officer": officer}
    of_lists = {**_of_obligations(**people), **_of_uploads(text)}
    for name, content in of_lists.items():
        (folder / name).write_bytes(content)
    return {
        **{name: folder / name for name in of_lists},
        **_of_reports(folder, snapshot, department, coordinator, second),
    }


def _of_reports(folder, snapshot, department, coordinator, second):
    report, part = folder / "report.xlsx", folder / "part.xlsx"
    paper, above = folder / "bulletin.docx", folder / "upward.xlsx"
    workbooks.progress(snapshot, to=report)
    bulletin.write(snapshot, to=paper)
    upward.write(snapshot, to=above)
    publishing.review(snapshot, by=coordinator, on=DAY)
    publishing.publish(snapshot, by=second, on=DAY)
    workbooks.progress(excerpts.take(snapshot, department, by=coordinator), to=part)
    made = [report, part, paper, above]
    mark = watermarks.mark_of(snapshot, by=coordinator, at=NOW)
    taken = {f"taken-{path.name}": path for path in made}
    for name, path in taken.items():
        with path.open("rb") as source, (folder / name).open("wb") as target:
            watermarks.fill_in(source, target, mark=mark)
    return {path.name: path for path in made} | {name: folder / name for name in taken}


def _of_obligations(*, department, coordinator, officer):
    held = rounds.open_round(month=DAY, cut_off_on=DAY, by=coordinator, on=DAY)
    _score, rows = score_book.of_day(
        department, rule=score_rules.on(DAY), on=DAY, today=DAY, by=coordinator
    )
    given = giving_back.give_back(ListItem.objects.in_force(), by=coordinator, form="xlsx", on=DAY)
    table = round_book.table(held, user=coordinator, form="xlsx")
    return {
        "export.xlsx": exporting.workbook(Obligation.objects.order_by("pk")),
        "official.xlsx": b"".join(given.content),
        "round.xlsx": exporting.book_of("月调度", table),
        "scores.xlsx": score_book.workbook(rows, about="得分", by=coordinator),
        "filling.xlsx": filling.make(department, by=officer, made_at=NOW),
    }


def _of_uploads(text):
    """Marked copies: of a workbook as it was written, and of tables that were none."""
    marks = [Mark(2, 8, SENTENCE.format(text), "error", text), Mark(2, 2, text, "warning", text)]
    row = (*ROW[:2], legal(text)[:300], *ROW[3:])
    uploads = {"清单.xlsx": books.workbook(row), "清单.csv": books.csv(row, labels=SHARING)}
    uploads["清单.xls"] = documents.xls([SHARING, row])
    return {
        f"marked-{Path(name).suffix[1:]}.xlsx": sandbox.mark(
            data, name=name, sheet=_sheet(name), marks=marks, known=KNOWN
        )
        for name, data in uploads.items()
    }


def _sheet(name):
    return "" if name.endswith("csv") else "清单"
