"""What people said of columns: through upload, job and marked copy; remembered; forgotten."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry
from jobs import running
from obligations import filing, importing
from obligations.importing import Target, mappings, marked, uploads
from obligations.kinds import kinds
from obligations.models import ColumnMapping, Import
from tests.importing import books
from tests.importing.books import ROW, row
from tests.importing.test_layouts import MEANT, TITLED, UNKNOWN

pytestmark = pytest.mark.django_db
State = Import.State
SAID = {"top": 2, "bottom": 2, "columns": MEANT}


def unknown(*rows, labels=UNKNOWN, **options):
    return books.workbook(*rows, labels=labels, above=TITLED, **options)


@pytest.fixture
def upload(bodies, coordinator):
    """Receive a file and let its job read it."""

    def uploading(data, *, name="清单.xlsx", kind="sharing", by=coordinator, **options):
        target = Target(7)
        return work(
            uploads.receive(io.BytesIO(data), name=name, kind=kind, target=target, by=by, **options)
        )

    return uploading


def work(found):
    running.perform(Import.objects.get(pk=found.pk).job_id)
    return Import.objects.get(pk=found.pk)


def say(found, by, **mapping):
    again = uploads.read_again(found, by=by, version=found.version, mapping=mapping or SAID)
    return work(again)


def test_a_refused_file_is_understood_once_a_person_said_its_columns(upload, coordinator):
    found = upload(unknown())
    assert found.state == State.REFUSED
    assert found.layout["missing"] == ["body", "title", "share_type", "deadline"]
    found = say(found, coordinator)
    assert (found.state, found.problems) == (State.READY, [])
    assert found.sample[0]["数据资源名称"] == "居住证信息"


def test_the_next_file_with_the_same_header_is_understood_at_once(upload, coordinator):
    say(upload(unknown()), coordinator)
    later = upload(books.workbook(row(数据资源名称="另一项"), labels=UNKNOWN), name="下一批.xlsx")
    assert (later.state, later.layout["origin"]) == (State.READY, "remembered")
    assert later.mapping == {}
    source = mappings.used("sharing", later.layout)
    assert (source.file_name, source.created_by) == ("清单.xlsx", coordinator)


def test_what_was_said_of_one_kind_of_list_says_nothing_of_another(upload, coordinator):
    say(upload(unknown()), coordinator)
    assert upload(unknown(), kind="docking").state == State.REFUSED


def test_what_is_recognised_alone_is_not_remembered(upload, coordinator):
    found = upload(books.workbook(above=TITLED))
    every = {str(one["number"]): one["field"] for one in found.layout["columns"]}
    say(found, coordinator, top=2, bottom=2, columns=every)
    assert not ColumnMapping.objects.exists()


def test_header_rows_that_were_pointed_at_are_remembered(upload, coordinator):
    above = [("提供部门", "数据资源名称", "共享类型", "完成时限", "信息项", "备注")]
    data = books.workbook(labels=books.SHARING, above=[*above, *above])
    found = upload(data)
    found = say(found, coordinator, top=3, bottom=3, columns={})
    assert found.state == State.READY
    assert upload(data).layout["top"] == 3


def test_what_did_not_hold_is_not_remembered(upload, coordinator):
    found = say(upload(unknown()), coordinator, **SAID | {"columns": {"2": "body"}})
    assert found.state == State.REFUSED
    assert [one["column"] for one in found.problems] == ["数据资源名称", "共享类型", "完成时限"]
    assert not ColumnMapping.objects.exists()


def test_what_is_said_later_takes_the_place_of_what_was_remembered(upload, coordinator, make_user):
    say(upload(unknown()), coordinator)
    other = make_user("other", "coordinator")
    later = upload(unknown(), name="改.xlsx", by=other)
    assert later.state == State.READY
    say(later, other, **SAID | {"columns": {**MEANT, "1": ""}})
    kept = ColumnMapping.objects.get()
    assert (kept.columns["1"], kept.file_name, kept.created_by) == ("", "改.xlsx", other)
    entries = AuditEntry.objects.filter(verb="remember_columns").order_by("pk")
    assert [entry.username for entry in entries] == ["coordinator", "other"]
    assert entries[0].detail["columns"]["资源题名"] == "title"


def test_saying_the_same_again_writes_nothing(upload, coordinator):
    found = say(upload(unknown()), coordinator)
    say(found, coordinator)
    assert AuditEntry.objects.filter(verb="remember_columns").count() == 1


def test_what_is_remembered_can_be_forgotten(upload, coordinator):
    say(upload(unknown()), coordinator)
    later = upload(unknown())
    later = work(uploads.forget_columns(later, by=coordinator, version=later.version))
    assert (later.state, ColumnMapping.objects.count()) == (State.REFUSED, 0)
    assert AuditEntry.objects.get(verb="forget_columns").detail["file"] == "清单.xlsx"
    with pytest.raises(RuleViolation):
        uploads.forget_columns(later, by=coordinator, version=later.version)
    later.refresh_from_db()
    assert later.state == State.REFUSED


def test_forgetting_needs_the_right_and_the_version(upload, coordinator, officer):
    say(upload(unknown()), coordinator)
    later = upload(unknown())
    with pytest.raises(StaleVersion):
        uploads.forget_columns(later, by=coordinator, version=later.version - 1)
    with pytest.raises(PermissionDenied):
        uploads.forget_columns(later, by=officer, version=later.version)
    assert ColumnMapping.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": {"2": "colour"}},
        {"columns": {"2": "body", "3": "body"}},
        {"top": 3},
        {"columns": {"99999": "body"}},
    ],
)
def test_a_mapping_that_cannot_hold_is_refused_before_anything_is_read(upload, coordinator, wrong):
    found = upload(unknown())
    with pytest.raises(RuleViolation, match=r"列|行"):
        uploads.read_again(found, by=coordinator, version=found.version, mapping=SAID | wrong)
    found.refresh_from_db()
    assert (found.state, found.mapping) == (State.REFUSED, {})


def test_a_mapping_that_the_sheet_cannot_hold_refuses_the_file_and_can_be_said_anew(
    upload, coordinator
):
    found = say(upload(unknown()), coordinator, **SAID | {"top": 40, "bottom": 41})
    assert [one["kind"] for one in found.problems] == ["bad_mapping"]
    assert "第 40 行" in found.problems[0]["message"]
    assert say(found, coordinator).state == State.READY


def test_a_mapping_does_not_apply_to_a_corrected_file_with_another_header(upload, coordinator):
    found = say(upload(unknown(row(完成时限="尽快"))), coordinator)
    assert found.state == State.ROW_ERRORS
    ColumnMapping.objects.all().delete()
    swapped = (UNKNOWN[0], UNKNOWN[2], UNKNOWN[1], *UNKNOWN[3:])
    data = io.BytesIO(unknown(labels=swapped))
    uploads.replace(found, data, name="改.xlsx", by=coordinator, version=found.version)
    found = work(found)
    assert (found.state, found.mapping) == (State.REFUSED, {})


def test_a_corrected_file_with_the_same_header_needs_no_second_word(upload, coordinator):
    found = say(upload(unknown(row(完成时限="尽快"))), coordinator)
    data = io.BytesIO(unknown())
    uploads.replace(found, data, name="改.xlsx", by=coordinator, version=found.version)
    assert work(found).state == State.READY


def test_what_was_said_of_one_sheet_is_not_said_of_another(upload, coordinator):
    def second(sheet):
        other = sheet.parent.create_sheet("另一张")
        for line in ([], books.SHARING, ROW):
            other.append(line)

    found = upload(unknown(change=second), sheet="清单")
    found = say(found, coordinator)
    again = uploads.read_again(found, by=coordinator, version=found.version, sheet="另一张")
    found = work(again)
    assert (found.state, found.mapping, found.layout["sheet"]) == (State.READY, {}, "另一张")


def test_nothing_said_or_seen_of_a_secret_file_is_kept(upload, coordinator):
    labels = (*UNKNOWN, "是否涉密")
    found = upload(unknown((*ROW, "否"), labels=labels))
    data = io.BytesIO(unknown((*ROW, "是"), labels=labels))
    uploads.replace(found, data, name="改.xlsx", by=coordinator, version=found.version)
    found = work(found)
    assert (found.problems[0]["kind"], found.layout, found.path) == ("secret", {}, "")


def test_the_marked_copy_marks_the_columns_that_a_person_said(upload, coordinator):
    wrong = row(完成时限="尽快", 数据资源名称="x" * 501)
    found = say(upload(unknown(wrong)), coordinator)
    sheet = openpyxl.load_workbook(io.BytesIO(filing.absolute(found.marked_path).read_bytes()))[
        "清单"
    ]
    marked = {cell.coordinate for line in sheet for cell in line if cell.comment}
    assert marked == {"C3", "H3"}


def test_the_marked_copy_of_a_text_file_is_split_as_it_was_read(bodies):
    labels = [f"列{n},名" for n in "甲乙丙丁戊己庚辛"]
    columns = dict(enumerate(("serial", "body", "title", "data_items", "share_type"), 1))
    columns |= {6: "share_mode", 7: "update_cycle", 8: "deadline"}
    said = {"top": 1, "bottom": 1, "columns": {str(n): name for n, name in columns.items()}}
    data = books.csv(row(完成时限="尽快"), labels=labels, delimiter="\t")
    on, kind = dt.date(2025, 8, 1), kinds()["sharing"]
    reading = importing.read(data, name="a.csv", kind=kind, on=on, mapping=said)
    assert [(one.row, one.kind) for one in reading.problems] == [(2, "bad_date")]
    copy = marked.copy_of(data, name="a.csv", reading=reading)
    assert openpyxl.load_workbook(io.BytesIO(copy)).worksheets[0]["H2"].comment
