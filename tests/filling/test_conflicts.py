"""What others changed after the download: three ways, row by row."""

import datetime as dt

import pytest

from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from obligations import completion, dispatch
from obligations.evidence import NewEvidence
from obligations.filling import uploads
from obligations.models import Obligation

pytestmark = pytest.mark.django_db

DAY = dt.date(2025, 8, 6)


@pytest.fixture
def changed_by_others(officer):
    """changed_by_others(row, …): another plan, written on the page meanwhile."""

    def change(row, **facts):
        contact = ("", facts.pop("contact_name", ""), "")
        dispatch.plan(row, by=officer, on=DAY, contact=contact, **facts)

    return change


def note_of(row):
    return Obligation.objects.get(pk=row.pk).progress_note


def test_a_field_that_others_changed_to_something_else_is_a_conflict(
    rows, filled, hand_in, changed_by_others
):
    book = filled().put(进展="文件里的", 责任人="张三")
    changed_by_others(rows[0], progress_note="页面上的")

    upload = hand_in(book)

    [change] = upload.changes
    assert change["conflicts"] == {"progress_note": ["", "页面上的", "文件里的"]}
    assert change["fields"] == {"contact_name": ["", "张三"]}
    assert upload.state == "ready"


def test_an_undecided_conflict_cannot_be_confirmed(rows, filled, hand_in, changed_by_others):
    book = filled().put(进展="文件里的")
    changed_by_others(rows[0], progress_note="页面上的")
    upload = hand_in(book)

    with pytest.raises(RuleViolation) as refusal:
        uploads.confirm(upload, by=upload.created_by, version=upload.version)

    assert refusal.value.facts["undecided"] == [rows[0].pk]
    assert note_of(rows[0]) == "页面上的"


@pytest.mark.parametrize(("choice", "outcome"), [("mine", "文件里的"), ("theirs", "页面上的")])
def test_the_person_says_whose_word_holds(
    rows, filled, hand_in, confirm, changed_by_others, choice, outcome
):
    book = filled().put(进展="文件里的", 责任人="张三")
    changed_by_others(rows[0], progress_note="页面上的")

    confirm(hand_in(book), choices={str(rows[0].pk): choice})

    assert note_of(rows[0]) == outcome
    # What nobody else touched takes effect either way.
    assert Obligation.objects.get(pk=rows[0].pk).contact_name == "张三"


def test_one_word_for_all_rows_leaves_the_choice_of_a_row(
    rows, filled, hand_in, confirm, changed_by_others
):
    book = filled().put(进展="甲").put(row=1, 进展="乙")
    for row in rows[:2]:
        changed_by_others(row, progress_note="页面上的")

    confirm(hand_in(book), everywhere="mine", choices={str(rows[1].pk): "theirs"})

    assert [note_of(row) for row in rows[:2]] == ["甲", "页面上的"]


def test_the_same_change_on_both_sides_is_no_conflict(rows, filled, hand_in, changed_by_others):
    book = filled().put(进展="一样的")
    changed_by_others(rows[0], progress_note="一样的")

    upload = hand_in(book)

    assert upload.changes == []


def test_what_only_others_changed_stays(rows, filled, hand_in, confirm, changed_by_others):
    book = filled().put(责任人="张三")
    changed_by_others(rows[0], progress_note="页面上的", planned_on=dt.date(2025, 10, 1))

    confirm(hand_in(book))

    row = Obligation.objects.get(pk=rows[0].pk)
    assert (row.contact_name, row.progress_note) == ("张三", "页面上的")
    assert row.planned_on == dt.date(2025, 10, 1)


def test_a_claim_that_was_made_and_returned_meanwhile_is_not_made_again_unasked(
    rows, filled, hand_in, confirm, officer, reviewer
):
    """Otherwise the same old file would claim anew what the reviewer has just sent back."""
    data = filled().put(完成情况="申报完成", 佐证文号="某政发〔2025〕3号").save()
    confirm(hand_in(data))
    completion.send_back(rows[0], by=reviewer, on=dt.date(2025, 9, 1), reason="缺测试报告")

    upload = hand_in(data)

    [change] = upload.changes
    assert "缺测试报告" in change["conflicts"]["done"][1]
    confirm(upload, everywhere="theirs")
    assert Obligation.objects.get(pk=rows[0].pk).status == "in_progress"


def test_a_change_between_preview_and_confirming_is_shown_again(
    rows, filled, hand_in, confirm, changed_by_others
):
    upload = hand_in(filled().put(进展="文件里的"))
    changed_by_others(rows[0], progress_note="页面上的")

    shown_again = confirm(upload)

    assert (shown_again.state, shown_again.counts["changed_meanwhile"]) == ("ready", True)
    assert shown_again.changes[0]["conflicts"]
    assert note_of(rows[0]) == "页面上的"


def test_confirming_names_the_version_that_was_seen(rows, filled, hand_in, officer):
    upload = hand_in(filled().put(进展="甲"))

    with pytest.raises(VersionMissing):
        uploads.confirm(upload, by=officer, version=None)
    with pytest.raises(StaleVersion):
        uploads.confirm(upload, by=officer, version=upload.version - 1)


def test_a_claim_by_a_colleague_is_the_same_change(rows, filled, hand_in, officer):
    book = filled().put(完成情况="申报完成", 佐证文号="某政发〔2025〕3号")
    paper = NewEvidence(kind="document", text="某政发〔2025〕3号")
    completion.claim(rows[0], by=officer, on=DAY, with_evidence=[paper])

    assert hand_in(book).changes == []
