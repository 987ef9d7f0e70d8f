"""Own rows only; what was tampered with, or came from elsewhere, is refused with a sentence."""

import datetime as dt
import io
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from openpyxl import load_workbook

from accounts.errors import RuleViolation
from accounts.models import AuditEntry, Role
from obligations.filling import columns, making, uploads
from obligations.models import FillingUpload, Obligation
from tests.filling.conftest import FIRST, NOW, Filled

pytestmark = pytest.mark.django_db


def kinds(upload):
    return [(one["row"], one["kind"]) for one in upload.problems]


def keys_of(book):
    return book.book[columns.KEY_SHEET]


def test_a_workbook_holds_own_open_rows_only(rows, at_work, health, filled):
    at_work(health)

    sheet = filled().sheet

    keys = [row[0].value for row in sheet.iter_rows(min_row=FIRST)]
    assert keys == [f"QD{row.pk}" for row in rows]


def test_the_key_of_another_departments_row_is_refused(rows, at_work, health, filled, hand_in):
    foreign = at_work(health)
    book = filled().put(编号=f"QD{foreign.pk}", 进展="越权")

    upload = hand_in(book)

    assert kinds(upload) == [(4, "unknown_key")]
    assert Obligation.objects.get(pk=foreign.pk).progress_note == ""


def test_another_departments_workbook_is_refused_as_a_whole(
    rows, at_work, health, made, hand_in, coordinator
):
    at_work(health)
    theirs = Filled(made(health, by=coordinator)).put(进展="越权")

    upload = hand_in(theirs)

    assert upload.state == "refused"
    assert "省卫生健康委员会" in upload.problems[0]["message"]


def test_a_hidden_row_of_another_workbook_does_not_fit(
    rows, at_work, health, made, filled, hand_in, coordinator
):
    """Genuine, but sealed into another department's workbook."""
    foreign = at_work(health)
    theirs = keys_of(Filled(made(health, by=coordinator)))
    book = filled().put(编号=f"QD{foreign.pk}", 进展="越权")
    for place in (1, 2):
        keys_of(book).cell(2, place).value = theirs.cell(2, place).value

    upload = hand_in(book)

    assert kinds(upload) == [(4, "unknown_key")]
    assert "篡改" in upload.problems[0]["message"]


def test_an_altered_version_or_value_breaks_the_seal_of_its_row(rows, filled, hand_in):
    book = filled().put(进展="甲").put(row=1, 进展="乙")
    cell = keys_of(book).cell(2, 2)
    cell.value = cell.value[:-8] + "AAAA" + cell.value[-4:]

    upload = hand_in(book)

    assert kinds(upload) == [(4, "unknown_key")]
    assert [one["row"] for one in upload.changes] == [5]


def test_an_altered_head_refuses_the_whole(rows, filled, hand_in):
    book = filled()
    cell = keys_of(book).cell(1, 2)
    cell.value = cell.value[:-8] + "AAAA" + cell.value[-4:]

    upload = hand_in(book)

    assert (upload.state, kinds(upload)) == ("refused", [(None, "altered_keys")])


def test_a_workbook_of_another_installation_is_told_apart(rows, made, hand_in, settings):
    data = made()
    settings.SECRET_KEY = "another-installation"

    assert "另一套系统" in hand_in(data).problems[0]["message"]


def test_a_replaced_secret_that_is_still_known_is_believed(rows, filled, hand_in, settings):
    data = filled().put(进展="甲").save()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the-next-secret"

    assert len(hand_in(data).changes) == 1


def test_without_the_hidden_sheet_nothing_is_read(rows, filled, hand_in):
    book = filled().put(进展="甲")
    del book.book[columns.KEY_SHEET]

    assert kinds(hand_in(book)) == [(None, "no_keys")]


def test_what_left_the_department_meanwhile_is_refused(rows, filled, hand_in, health):
    book = filled().put(进展="甲")
    Obligation.objects.filter(pk=rows[0].pk).update(department=health)

    assert kinds(hand_in(book)) == [(4, "not_yours")]


def test_reviewers_and_coordinators_download_but_hand_nothing_in(
    rows, made, reviewer, coordinator, police
):
    for person in (reviewer, coordinator):
        data = made(police, by=person)
        with pytest.raises(PermissionDenied):
            uploads.receive(ContentFile(data), name="a.xlsx", by=person)


def test_nobody_else_takes_a_workbook(rows, made, leader, auditor):
    for person in (leader, auditor):
        with pytest.raises(PermissionDenied):
            made(by=person)


def test_a_city_coordinator_takes_those_of_the_city_only(
    rows, make_user, make_department, city, police
):
    office = make_department("甲市数据局", at=city)
    person = make_user("city", Role.COORDINATOR, department=office, region=city)

    assert making.department_for(person, police.pk) is None


def test_uploads_of_another_department_are_not_seen(rows, made, hand_in, officer2, leader):
    upload = hand_in(made())

    for person in (officer2, leader):
        assert not FillingUpload.objects.visible_to(person).filter(pk=upload.pk).exists()


def test_download_and_upload_are_audited(rows, made, hand_in, officer, police):
    upload = hand_in(made())

    entries = AuditEntry.objects.filter(verb__endswith="_workbook").order_by("pk")
    found = [(one.verb, one.username, one.department_id) for one in entries]
    assert found == [
        ("download_workbook", "officer", police.pk),
        ("upload_workbook", "officer", police.pk),
    ]
    assert entries[0].detail["rows"] == 3
    assert entries[1].detail["sha256"] == upload.sha256


@pytest.mark.parametrize("name", ["表.xls", "表.ods", "表.csv", "表"])
def test_other_formats_are_refused_at_once_with_how_to_save(officer, rows, name):
    with pytest.raises(RuleViolation) as refusal:
        uploads.receive(ContentFile(b"x"), name=name, by=officer)

    assert ".xlsx" in refusal.value.sentence
    assert not FillingUpload.objects.exists()


def test_too_many_bytes_are_refused_at_once(officer, rows):
    with pytest.raises(RuleViolation):
        uploads.receive(ContentFile(b"x" * (10 * 2**20 + 1)), name="a.xlsx", by=officer)


def test_content_that_is_not_what_its_name_says_is_refused(rows, hand_in):
    assert hand_in(b"a,b\n1,2\n").problems[0]["kind"] == "misnamed"
    assert hand_in(_ods()).problems[0]["kind"] == "misnamed"


def test_text_of_the_lists_never_becomes_a_formula(owe, police, make_item, officer, made):
    titles = ["=1+1", "+1", "-1", "@SUM(A1)", "  =1"]
    for title in titles:
        owe(police, item=make_item(police, title=title), status="in_progress")

    sheet = load_workbook(io.BytesIO(made()))[columns.SHEET]

    cells = [row[4] for row in sheet.iter_rows(min_row=FIRST)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells] == [title.strip() for title in titles]


def test_what_no_cell_can_hold_does_not_break_the_workbook(rows, made, hand_in):
    Obligation.objects.filter(pk=rows[0].pk).update(progress_note="甲\x0b乙\ud7ff" + "长" * 40_000)

    assert hand_in(made()).changes == []


def test_the_same_state_and_moment_give_the_same_bytes(rows, made):
    assert made() == made()


def test_too_many_rows_ask_for_a_selection(rows, officer, police, monkeypatch):
    monkeypatch.setattr(making, "MAX_ROWS", 2)

    with pytest.raises(RuleViolation):
        making.make(police, by=officer, made_at=NOW)


def test_selections_narrow_what_is_in_the_workbook(rows, made, sharing_list):
    Obligation.objects.filter(pk=rows[1].pk).update(light="red", due_on=dt.date(2025, 8, 1))

    overdue = Filled(made(which="overdue")).sheet
    of_list = Filled(made(list_id=sharing_list.pk)).sheet

    assert [row[0].value for row in overdue.iter_rows(min_row=FIRST)] == [f"QD{rows[1].pk}"]
    assert of_list.max_row == FIRST + 2
    with pytest.raises(RuleViolation):
        made(list_id=sharing_list.pk + 1)


def _ods():
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<a/>")
    return memory.getvalue()
