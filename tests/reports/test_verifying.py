"""manage.py verify_report: what is said of files that are what was made, and of all others."""

import datetime as dt
import json
import os
import re
import shutil
import struct
import subprocess
from io import StringIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.management import call_command
from django.utils import translation
from docx import Document
from lxml import etree
from openpyxl import Workbook, load_workbook

from accounts.models import AuditEntry
from obligations import blocks, completion, filing
from obligations.evidence import NewEvidence
from obligations.models import ObligationState
from reports import canonical, fingerprints, making, snapshots, watermarks
from reports.models import FigureLine, ObligationLine, Report, Snapshot
from reports.scopes import Scope
from reports.sheets import proof
from reports.verifying import asking, proofs, reading, replaying
from reports.verifying.verdicts import Verdict
from tests.reports import tampering

AS_OF = dt.date(2025, 11, 21)
NOON = dt.datetime(2025, 11, 22, 4, 0, tzinfo=dt.UTC)
pytestmark = pytest.mark.settled("report")


@pytest.fixture
def report(snapshot, coordinator):
    return making.record(snapshot, making.write(snapshot), by=coordinator, job=None)


@pytest.fixture
def path(report, tmp_path):
    """The file as somebody took it away."""
    made = tmp_path / "报告.xlsx"
    mark = watermarks.Mark("李明（省公安厅）", NOON, internal=True)
    with filing.absolute(report.path).open("rb") as stored, made.open("wb") as taken:
        watermarks.fill_in(stored, taken, mark=mark)
    return made


def verify(path, *words):
    """(exit code, verdict)."""
    out, code = StringIO(), 0
    try:
        call_command("verify_report", str(path), "--json", *words, stdout=out)
    except SystemExit as end:
        code = end.code
    return code, json.loads(out.getvalue())


def told(path):
    code, verdict = verify(path)
    assert code == 1
    assert not verdict["ok"]
    return [(one["kind"], one["text"]) for one in verdict["differences"]]


def kinds(path):
    return [kind for kind, _text in told(path)]


@pytest.mark.own_parser
def test_a_file_that_was_taken_away_is_what_was_made(path, snapshot, report, bring):
    code, verdict = verify(path)
    assert (code, verdict["ok"], verdict["differences"]) == (0, True, [])
    assert (verdict["published"], verdict["state"]) == (False, "draft")
    assert (verdict["snapshot"], verdict["scope"], verdict["as_of"]) == (
        *(snapshot.pk, "全省", "2025-11-21"),
    )
    assert verify(filing.absolute(report.path))[0] == 0
    bring(snapshot, "published")
    out = StringIO()
    call_command("verify_report", str(path), stdout=out)
    assert re.match("校验通过：.*全省.*已发布", out.getvalue())
    bring(snapshot, "withdrawn")
    code, verdict = verify(path)
    assert (code, verdict["published"], verdict["state"]) == (0, False, "withdrawn")
    out = StringIO()
    call_command("verify_report", str(path), stdout=out)
    assert "已发布后撤回" in out.getvalue()
    assert verdict["notes"] == ["本报告已撤回：有误"]


def test_a_file_packed_or_saved_anew_is_still_what_was_made(path):
    def restyle(book):
        book["分部门"]["C5"].style = "Normal"
        book["分部门"].column_dimensions["C"].width = 40

    for anew in (
        tampering.repacked(path, lambda _name, content: content),
        tampering.edited(path, restyle),
    ):
        code, verdict = verify(anew)
        assert (code, verdict["differences"]) == (0, [])


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_a_file_saved_anew_by_libreoffice_is_still_what_was_made(path, tmp_path):
    words = ("soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless")
    words += ("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "anew"))
    subprocess.run([*words, str(path)], check=True, capture_output=True, timeout=120)
    code, verdict = verify(tmp_path / "anew" / path.name)
    assert (code, verdict["differences"]) == (0, [])


def test_a_changed_figure_is_named_with_its_cell(path):
    def change(book):
        assert book["分部门"]["B5"].value == "省公安厅"
        book["分部门"]["C5"].value = 99

    _code, verdict = verify(tampering.edited(path, change))
    [cell] = [one for one in verdict["differences"] if one["kind"] == "cell"]
    assert (cell["sheet"], cell["cell"], cell["file"], cell["history"]) == ("分部门", "C5", 99, 4)
    assert "省公安厅" in cell["text"]
    assert "责任事项 总数" in cell["text"]
    assert not verdict["ok"]


def test_figures_that_only_look_the_same_are_differences(path):
    def change(book):
        cells = book["分部门"]
        cells["C5"].value, cells["C6"].value, cells["C7"].value = "=2+2", str(cells["C6"].value), ""
        cells["C6"].data_type = "s"
        cells["D5"].value += 0.001

    _code, verdict = verify(tampering.edited(path, change))
    cells = [one["cell"] for one in verdict["differences"] if one["kind"] == "cell"]
    assert cells == ["C5", "D5", "C6", "C7"]


def test_a_formula_is_one_whatever_value_it_shows():
    cell = etree.fromstring('<c r="A1"><f>1+1</f><v>2</v></c>')
    assert reading._cell(cell, []) == {"f": "1+1"}


def test_whoever_forges_the_hidden_sheet_to_match_a_changed_row_is_found(path):
    def change(book):
        book["明细台账-数据共享"]["B6"].value = "别的资源"

    once = tampering.edited(path, change)
    with once.open("rb") as file:
        forged = {name: sheet.digest for name, sheet in asking.read(file, rows_of=[]).items()}

    def forge(book):
        change(book)
        for row in book[proof.NAME].iter_rows():
            if row[0].value == proof.SHEET:
                row[2].value = forged[row[1].value]

    found = told(tampering.edited(path, forge))
    assert [kind for kind, _text in found] == ["proof", "sheet", "cell"]
    assert "别的资源" in found[-1][1]


def test_the_hidden_sheet_of_another_report_does_not_prove_this_file(path, police, coordinator):
    scope = Scope(department=police)
    other = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator, scope=scope)
    theirs = making.record(other, making.write(other), by=coordinator, job=None)
    with filing.absolute(theirs.path).open("rb") as file:
        pasted = [[*row] for row in load_workbook(file)[proof.NAME].iter_rows(values_only=True)]

    def paste(book):
        book[proof.NAME].delete_rows(1, 99)
        for row in pasted:
            book[proof.NAME].append(row)

    code, verdict = verify(tampering.edited(path, paste))
    assert (code, verdict["ok"], verdict["scope"]) == (1, False, "省公安厅")
    differing = {one["sheet"] for one in verdict["differences"] if one["kind"] == "sheet"}
    assert {"封面", "分部门", "逾期清单"} <= differing


def test_every_entry_of_the_hidden_sheet_that_was_changed_is_named(path):
    entries = {
        "as_of": "2025-11-20",
        "rules": "第 9 版",
        "scope": "甲市",
        "calendar": "2099",
        "program": "9.9",
        "content_sha256": "0" * 64,
        "snapshot_sha256": "1" * 64,
    }

    def change(book):
        for key, text in entries.items():
            tampering.set_entry(book, key, text)

    found = told(tampering.edited(path, change))
    assert entries.keys() | {"snapshot", "made_at"} > proof.PARAMETERS.keys()
    assert [kind for kind, _text in found] == ["proof"] * len(entries)
    for text in entries.values():
        assert any(text in said for _kind, said in found)


def test_a_file_of_another_installation_is_said_to_be_one(path):
    for key, text in {
        "made_at": "2025-11-21T00:00:00.000000+00:00",
        "snapshot": "999999",
        "format": "qingdan-9",
    }.items():
        edited = tampering.edited(path, lambda book: tampering.set_entry(book, key, text))  # noqa: B023
        assert kinds(edited) == ["foreign"]


@pytest.mark.parametrize("number", ["", "x", "1" * 5000, "-1", "１", None])
def test_a_hidden_sheet_without_a_number_names_no_report(number):
    rows = {1: ["format", "", canonical.FORMAT], 2: ["snapshot", "", number], 3: [None], 4: [7, 8]}
    assert not proofs.of_rows(rows).is_ours


def test_sheets_that_are_gone_hidden_or_added_are_named(path):
    def change(book):
        del book["分场景"]
        book["逾期清单"].sheet_state = "hidden"
        book.create_sheet("另附")

    found = told(tampering.edited(path, change))
    assert [kind for kind, _text in found] == ["sheet"] * 3
    for (_kind, text), name in zip(found, ("分场景", "逾期清单", "另附"), strict=True):
        assert name in text

    def take_out(book):
        del book[proof.NAME]

    assert kinds(tampering.edited(path, take_out)) == ["foreign"]


def test_what_is_hidden_or_shown_otherwise_is_a_difference_though_every_value_is_kept(path):
    def change(book):
        book["分部门"].row_dimensions[5].hidden = True
        book["分部门"]["C6"].number_format = '"0"'
        book["逾期清单"].column_dimensions["C"].hidden = True

    code, verdict = verify(tampering.edited(path, change))
    assert (code, verdict["ok"]) == (1, False)
    assert [(one["kind"], one["sheet"]) for one in verdict["differences"]] == [
        *(("shown", "分部门"), ("shown", "分部门"), ("shown", "逾期清单"))
    ]
    hidden, shown, column = verdict["differences"]
    assert (hidden["rows"], hidden["columns"], column["columns"]) == ([[5, 5]], [], [[3, 3]])
    assert (shown["cells"], shown["format"], shown["made"]) == ("C6", '"0"', "#,##0")


def test_what_is_seen_is_told_in_the_order_of_the_sheets_after_what_is_written(path):
    def change(book):
        book["逾期清单"].row_dimensions[5].hidden = True
        book["分部门"]["C5"].value = 99
        book["分部门"].row_dimensions[6].hidden = True

    assert kinds(tampering.edited(path, change)) == ["sheet", "cell", "shown", "shown"]


def test_where_nothing_is_on_record_what_is_seen_is_told_all_the_same(path, report):
    def hide(book):
        book["分部门"].row_dimensions[5].hidden = True

    Report.objects.filter(pk=report.pk).update(fingerprints={})
    assert kinds(tampering.edited(path, hide)) == ["record", "shown"]


@pytest.mark.parametrize("state", ["draft", "reviewed", "published", "withdrawn"])
def test_the_mark_that_says_where_a_report_stands_belongs_to_no_sheet(
    report, snapshot, bring, coordinator, tmp_path, state
):
    bring(snapshot, state)
    taken = tmp_path / "报告.xlsx"
    mark = watermarks.mark_of(snapshot, by=coordinator, at=NOON)
    with filing.absolute(report.path).open("rb") as stored, taken.open("wb") as file:
        watermarks.fill_in(stored, file, mark=mark)
    said = load_workbook(taken)["分部门"]["A2"].value.rpartition("\n")[2]
    words = {"draft": "草稿", "reviewed": "尚未发布", "withdrawn": "已撤回"}
    assert [word for word in words.values() if word in said] == [*filter(None, [words.get(state)])]
    code, verdict = verify(taken)
    assert (code, verdict["state"], verdict["differences"]) == (0, state, [])


def test_rows_that_changed_places_and_a_sheet_under_another_name_are_found(path):
    def change(book):
        one, other = book["分部门"][5], book["分部门"][6]
        for cell, beside in zip(one, other, strict=True):
            cell.value, beside.value = beside.value, cell.value
        book["分场景"].title = "场景"

    found = told(tampering.edited(path, change))
    named = [text for kind, text in found if kind == "sheet"]
    for name, text in zip(("分部门", "分场景", "场景"), named, strict=True):
        assert f"“{name}”" in text
    assert {kind for kind, _text in found} == {"sheet", "cell"}


def test_what_was_changed_in_the_database_is_found(path, snapshot):
    ObligationLine.objects.filter(snapshot=snapshot, light="red").update(title="改过")
    assert kinds(path) == ["record"]
    FigureLine.objects.filter(snapshot=snapshot, name="省公安厅").update(verified=4)
    found = told(path)
    assert [kind for kind, _text in found] == ["record", "history"]
    assert "部门“省公安厅”，已销号：报告为 4，历史记录为 2" in found[1][1]


def test_what_was_recorded_since_is_named_and_does_not_make_the_file_wrong(
    path, province, officer, reviewer
):
    overdue = province["overdue"]
    paper = NewEvidence(kind="document", text="示例〔2025〕9号")
    completion.claim(overdue, by=officer, on=AS_OF, note="补录", with_evidence=[paper])
    code, verdict = verify(path)
    assert (code, verdict["ok"]) == (0, True)
    lines = [one for one in verdict["differences"] if "obligation" in one]
    assert [(one["obligation"], one["recorded_since"]) for one in lines] == [(overdue.pk, True)]
    assert lines[0]["facts"]["status"] == {"file": "in_progress", "history": "claimed"}
    figures = [one["text"] for one in verdict["differences"] if "figure" in one]
    assert any("部门“省公安厅”，待部门审签" in text for text in figures)


def test_history_that_says_otherwise_without_a_record_since_is_wrong(path, province):
    states = ObligationState.objects.filter(obligation=province["overdue"])
    states.update(due_on=dt.date(2025, 12, 31))
    code, verdict = verify(path)
    assert code == 1
    assert {one["recorded_since"] for one in verdict["differences"]} == {False}
    assert (
        "“现行时限”报告为 2025年9月30日，历史记录为 2025年12月31日"
        in (verdict["differences"][0]["text"])
    )


def test_a_figure_is_explained_only_where_all_that_differs_in_it_was_recorded_since(
    path, province, coordinator
):
    unrecorded, lifted = province["overdue"], province["blocked"]
    assert unrecorded.pk < lifted.pk
    states = ObligationState.objects.filter(obligation=unrecorded)
    states.update(due_on=dt.date(2025, 12, 31))
    blocks.lift(lifted, by=coordinator, on=AS_OF)

    _code, verdict = verify(path)
    of_police = [one for one in verdict["differences"] if one.get("group") == "部门“省公安厅”"]
    assert {one["recorded_since"] for one in of_police} == {False}
    rows = {one["obligation"]: one for one in verdict["differences"] if "obligation" in one}
    assert rows[lifted.pk]["recorded_since"]
    assert not rows[unrecorded.pk]["recorded_since"]


def compared(snapshot):
    verdict = Verdict()
    with translation.override("zh-hans"):
        replaying.compare(snapshot, today=AS_OF + dt.timedelta(1), verdict=verdict)
    return verdict


def test_a_figure_that_no_row_explains_is_wrong(snapshot):
    assert compared(snapshot).ok
    FigureLine.objects.filter(snapshot=snapshot, name="省公安厅").update(verified=4)
    assert not compared(snapshot).ok


def test_figures_of_every_group_are_explained_by_what_was_recorded_since(
    snapshot, province, coordinator
):
    blocks.lift(province["blocked"], by=coordinator, on=AS_OF)
    verdict = compared(snapshot)
    groups = {one.facts["group"] for one in verdict.differences if "group" in one.facts}
    assert verdict.ok
    assert {"全部清单", "部门“省公安厅”", "场景“新生儿出生”"} <= groups


def test_an_obligation_that_only_one_side_has_is_said_so(snapshot, province, owe, police):
    gone = province["late"]
    ObligationState.objects.filter(obligation=gone).delete()
    added = owe(police, status="issued")

    found = [one for one in compared(snapshot).differences if "obligation" in one.facts]
    assert [one.facts["obligation"] for one in found] == [gone.pk, added.pk]
    assert "报告中有，历史记录中没有" in found[0].text
    assert "报告中没有，历史记录中有" in found[1].text


def test_what_is_more_than_is_listed_is_counted_and_never_explained_away(
    snapshot, province, monkeypatch
):
    monkeypatch.setattr(replaying, "LISTED", 1)
    changed = [province["overdue"], province["due soon"], province["waiting"]]
    ObligationState.objects.filter(obligation__in=changed).update(due_on=dt.date(2026, 3, 31))

    verdict = compared(snapshot)
    [_first] = [one for one in verdict.differences if "obligation" in one.facts]
    [rest] = [one for one in verdict.differences if "另有 2 个责任事项" in one.text]
    assert not rest.is_explained
    assert len(verdict.differences) == 3


def test_other_rules_than_those_of_the_day_are_a_note(snapshot):
    snapshot.rules_version, snapshot.calendar_version = "第 0 版", "2025"
    verdict = compared(snapshot)
    assert verdict.ok
    [rules, calendar] = verdict.notes
    assert "亮灯规则" in rules
    assert "第 0 版" in rules
    assert "工作日历" in calendar


def test_verifying_leaves_nothing_behind(path):
    before = [model.objects.count() for model in (Snapshot, ObligationLine, AuditEntry, Report)]
    verify(path)
    assert before == [
        model.objects.count() for model in (Snapshot, ObligationLine, AuditEntry, Report)
    ]


def test_where_the_stored_file_is_gone_it_is_made_anew_to_name_the_cells(path, report):
    filing.erase(report.path)

    def change(book):
        book["分部门"]["C5"].value = 99

    assert kinds(tampering.edited(path, change)) == ["sheet", "cell"]


def test_a_document_of_word_is_no_workbook(db, tmp_path):
    Document().save(str(tmp_path / "通报.docx"))
    [(kind, text)] = told(tmp_path / "通报.docx")
    assert kind == "unreadable"
    assert "只有报告工作簿可以校验" in text


def bomb(path):
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b" " * 40_000_000)
    return path


def overlong(path):
    """Says that it holds more than there is."""
    with ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", b"<x/>")
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x01\x02")
    data[place + 20 : place + 28] = struct.pack("<2L", 2**31, 2**31)
    path.write_bytes(data)
    return path


def written(content):
    def write(path):
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize(
    "make",
    [
        *(bomb, overlong, written(b""), written(b"PK"), written(b"%PDF-1.7")),
        written(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        written("部门,数量\n".encode()),
    ],
)
def test_what_is_no_workbook_is_said_in_one_sentence(db, tmp_path, make):
    found = told(make(tmp_path / "file.xlsx"))
    assert [kind for kind, _text in found] == ["unreadable"]
    assert "Traceback" not in found[0][1]


def test_a_damaged_file_is_said_to_be_damaged(path):
    def halve(name, content):
        return content[: len(content) // 2] if name.endswith("sheet3.xml") else content

    for damaged in (
        tampering.cut_off(path, keep=0.999),
        tampering.cut_off(path, keep=0.5),
        tampering.repacked(path, halve),
    ):
        assert told(damaged) == [("unreadable", "文件已损坏或不完整，无法按工作簿读取。")]


def test_entities_are_not_expanded(path):
    def change(name, content):
        declared = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
        return declared + content if name.endswith("sheet3.xml") else content

    assert kinds(tampering.repacked(path, change)) == ["unreadable"]


def test_a_workbook_of_somebody_else_is_foreign(db, tmp_path):
    Workbook().save(tmp_path / "foreign.xlsx")
    assert kinds(tmp_path / "foreign.xlsx") == ["foreign"]


@pytest.mark.parametrize("name", ["nowhere.xlsx", "."])
def test_a_file_that_is_not_there_is_said_so(db, tmp_path, name):
    assert kinds(tmp_path / name) == ["unreadable"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said_so(path):
    path.chmod(0)
    assert kinds(path) == ["unreadable"]


def test_the_fingerprint_of_a_snapshot_follows_its_lines_alone(
    snapshot, province, coordinator, bring
):
    before = fingerprints.of_snapshot(snapshot)
    bring(snapshot, "published")
    province["overdue"].item.title = "改名"
    province["overdue"].item.save()
    assert fingerprints.of_snapshot(Snapshot.objects.get(pk=snapshot.pk)) == before
    again = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    assert fingerprints.of_snapshot(again) != before
