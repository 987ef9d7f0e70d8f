"""Exports: own rows only, audited, and never a formula."""

import csv
import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from accounts.models import AuditEntry
from obligations import exporting
from obligations.models import Obligation

pytestmark = pytest.mark.django_db

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "  =1+1", "\u3000=1"]
FORMULAS += ["＝1+1", "＋1", "－1", "＠SUM(A1)", " ＝1", "\n1"]


def csv_rows(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def sheet_rows(answer):
    sheet = load_workbook(io.BytesIO(answer.content)).active
    heading, *rows = sheet.iter_rows()
    names = [cell.value for cell in heading]
    return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_department_exports_its_own_rows_only(signed_in, officer, issued, owe, health, form):
    owe(health, status="issued")

    answer = signed_in(officer).get(f"/obligations/export.{form}")

    rows = csv_rows(answer) if form == "csv" else sheet_rows(answer)
    assert len(rows) == 1


@pytest.mark.parametrize("title", FORMULAS)
def test_text_never_becomes_a_formula(signed_in, coordinator, make_item, owe, police, title):
    owe(police, item=make_item(police, title=title))
    client = signed_in(coordinator)

    written = csv_rows(client.get("/obligations/export.csv"))[0]["责任事项"]
    cell = sheet_rows(client.get("/obligations/export.xlsx"))[0]["责任事项"]

    assert written == f"'{title}"
    assert (cell.data_type, cell.value) == ("s", title)


def test_the_export_follows_the_filter(signed_in, coordinator, issued, owe, health):
    owe(health)

    rows = csv_rows(signed_in(coordinator).get("/obligations/export.csv?status=issued"))

    assert [row["责任部门"] for row in rows] == ["省公安厅"]
    assert rows[0]["状态"] == "待签收"


def test_dates_are_dates_in_the_workbook(signed_in, coordinator, issued):
    cell = sheet_rows(signed_in(coordinator).get("/obligations/export.xlsx"))[0]["现行时限"]

    assert cell.value.date() == issued.due_on
    assert cell.number_format == "yyyy-mm-dd"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_whoever_exports_is_on_record(signed_in, leader, issued, form):
    signed_in(leader).get(f"/obligations/export.{form}?status=issued")

    entry = AuditEntry.objects.get(verb="export")
    assert (entry.username, entry.detail["rows"]) == ("leader", 1)
    assert entry.detail["filter"] == "status=issued"


def test_a_workbook_that_would_be_too_long_is_refused(signed_in, leader, issued, monkeypatch):
    monkeypatch.setattr(exporting, "MAX_SHEET_ROWS", 0)

    answer = signed_in(leader).get("/obligations/export.xlsx")

    assert answer.status_code == 409
    assert "CSV" in answer.text


def test_control_characters_do_not_break_the_workbook(signed_in, coordinator, issued):
    Obligation.objects.filter(pk=issued.pk).update(progress_note="一\x0b二")

    cell = sheet_rows(signed_in(coordinator).get("/obligations/export.xlsx"))[0]["进展"]

    assert cell.value == "一二"


def test_scenes_and_order_are_those_of_the_screen(signed_in, coordinator, make_item, owe, police):
    for title, day in (("后", dt.date(2025, 12, 31)), ("先", dt.date(2025, 10, 31))):
        item = make_item(
            police, title=title, due_on=day, scenes="、教育入学一件事、信用修复一件事、"
        )
        owe(police, item=item, due_on=day)

    rows = sheet_rows(signed_in(coordinator).get("/obligations/export.xlsx"))

    assert [row["责任事项"].value for row in rows] == ["先", "后"]
    assert rows[0]["一件事"].value == "教育入学一件事、信用修复一件事"
