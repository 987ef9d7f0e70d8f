"""Whatever people write, every file that leaves is made: odd texts stay text, in each of them."""

import pytest
from docx import Document
from openpyxl import load_workbook

from accounts.models import Department, Region, User
from docking.models import DockingTerms
from obligations.exporting import CLEANED
from obligations.models import Block, ListItem, Obligation, ResponsibilityList
from reports import snapshots
from reports.overflow import LONG_TEXTS
from sharing_lists.models import SharingTerms
from tests.reports import outgoing
from tests.reports.conftest import AS_OF
from tests.reports.test_standard import wrong_with

# A formula, a bell, a sign that XML cannot hold, what only looks like an escape, a smiling face,
# a mark that turns the direction round, markup, an ampersand that headers and footers know.
ODD = "=1+1\x07\uffff_x0041_😀\u202e<b>&amp;&P'\"[*]"
KEPT = "=1+1_x0041_😀\u202e<b>&amp;&P'\"[*]"
# Over 60,000 of Excel's units, each part of it unlike the others.
LONG = "".join(f"😀长{number}" for number in range(10_000))


def spoil(text):
    """Everything that people name or say, in every table."""
    for model in (Region, Department):
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).update(name=f"{text[:60]}{row.pk}")
    User.objects.update(first_name=text[:60])
    ResponsibilityList.objects.update(
        title=text[:300], document_number=text[:100], issuer=text[:200]
    )
    ListItem.objects.update(
        title=text[:500],
        deadline_text=text[:500],
        serial=text[:100],
        scenes=f"、{text[:300]}、",
        remark=text,
        office=text[:500],
        body_text=text[:500],
    )
    SharingTerms.objects.update(
        data_items=[text], share_conditions=text, share_scope=text, source_system=text[:500]
    )
    DockingTerms.objects.update(
        technical_standard=text, lead_names=text[:500], supporting_names=text
    )
    Block.objects.update(reason=text, decision_note=text)
    Obligation.objects.update(
        progress_note=text,
        claim_note=text,
        return_reason=text,
        contact_office=text[:200],
        contact_name=text[:100],
        contact_phone=text[:40],
        due_text=text[:500],
    )


@pytest.fixture
def spoilt(province, coordinator, second, officer, police, tmp_path):
    """spoilt(text): every file that leaves, of a province that is named and described with it."""

    def make(text):
        spoil(text)
        snapshot = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
        people = {"coordinator": coordinator, "second": second, "officer": officer}
        police.refresh_from_db()
        return outgoing.files(tmp_path, snapshot=snapshot, department=police, text=text, **people)

    return make


@pytest.mark.long
def test_odd_texts_are_texts_in_every_file_and_what_was_left_out_is_listed(spoilt):
    files = spoilt(ODD)
    assert faults_of(files) == {}
    for name, path in files.items():
        found = words_of(path)
        assert any(KEPT in text for text in found), name
        assert not [text for text in found if "\x07" in text or "\uffff" in text], name
    assert CLEANED in load_workbook(files["report.xlsx"]).sheetnames
    assert CLEANED in load_workbook(files["part.xlsx"]).sheetnames
    listed = list(load_workbook(files["export.xlsx"])[CLEANED].values)
    assert listed[0] == ("单元格", "去除的非法字符（个）", "截去的超长文字（个）")
    assert ("D2", 2, 0) in listed
    assert any("已作清理" in text for text in words_of(files["official.xlsx"]))


@pytest.mark.long
def test_texts_that_no_cell_can_hold_are_cut_and_the_cut_is_listed(spoilt):
    files = spoilt(LONG)
    assert faults_of(files) == {}
    listed = list(load_workbook(files["export.xlsx"])[CLEANED].values)
    assert {row[1:] for row in listed[1:]} == {(0, len(LONG) - 27_927)}
    report = load_workbook(files["report.xlsx"])
    # A report keeps all of them, in as many rows as they need.
    whole = "".join(row[3] for row in report[LONG_TEXTS].values if row[2] == "进展")
    assert CLEANED not in report.sheetnames
    assert LONG in whole


def faults_of(files):
    return {name: faults for name, path in files.items() if (faults := wrong_with(path))}


def words_of(path):
    """Every text of a workbook, its remarks too, or of a document."""
    if path.suffix == ".docx":
        document = Document(str(path))
        cells = [cell.text for table in document.tables for cell in table._cells]
        return [*(paragraph.text for paragraph in document.paragraphs), *cells]
    cells = [cell for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row]
    # openpyxl leaves what stands for an underscore as it is written.
    texts = [cell.value.replace("_x005F_", "_") for cell in cells if cell.data_type == "s"]
    return texts + [cell.comment.text for cell in cells if cell.comment]
