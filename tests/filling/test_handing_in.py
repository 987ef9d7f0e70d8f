"""A filled-in workbook: what it changes, all or nothing."""

import datetime as dt

import pytest

from accounts.errors import RuleViolation
from accounts.models import AuditEntry
from obligations import completion, dispatch
from obligations.evidence import NewEvidence
from obligations.filling import keeping, uploads
from obligations.models import Evidence, Obligation, ObligationState

pytestmark = pytest.mark.django_db

DAY = dt.date(2025, 8, 6)


def messages(upload):
    return [(one["row"], one["column"], one["kind"]) for one in upload.problems]


def fields(upload):
    return [one["fields"] for one in upload.changes]


def test_an_unchanged_workbook_changes_nothing_and_says_so(rows, filled, hand_in):
    upload = hand_in(filled())

    assert (upload.state, upload.changes, upload.problems) == ("unchanged", [], [])
    assert upload.counts["unchanged"] == 3
    with pytest.raises(RuleViolation):
        uploads.confirm(upload, by=upload.created_by, version=upload.version)


def test_what_was_filled_in_is_shown_first_and_then_applied(rows, filled, hand_in, confirm):
    book = filled().put(计划完成=dt.date(2025, 11, 30), 进展="接口已开发\n正在联调", 责任人="张三")
    book.put(row=1, 联系电话="027-12345678")

    upload = hand_in(book)

    assert fields(upload) == [
        {
            "planned_on": ["", "2025-11-30"],
            "progress_note": ["", "接口已开发\n正在联调"],
            "contact_name": ["", "张三"],
        },
        {"contact_phone": ["", "027-12345678"]},
    ]
    assert not Obligation.objects.exclude(planned_on=None).exists()

    applied = confirm(upload)

    first = Obligation.objects.get(pk=rows[0].pk)
    assert (applied.state, applied.counts["applied"]) == ("applied", 2)
    assert first.planned_on == dt.date(2025, 11, 30)
    assert first.progress_note == "接口已开发\n正在联调"
    assert first.version == rows[0].version + 1
    state = ObligationState.objects.get(obligation=first, valid_to=None)
    assert state.planned_on == dt.date(2025, 11, 30)
    entry = AuditEntry.objects.filter(verb="plan", object_id=str(first.pk)).last()
    assert entry.detail["changes"]["contact_name"] == ["", "张三"]
    assert AuditEntry.objects.filter(verb="apply_workbook").count() == 1


def test_an_emptied_cell_takes_back_what_stood_there(rows, filled, hand_in, confirm, officer):
    dispatch.plan(rows[0], by=officer, on=DAY, planned_on=dt.date(2025, 10, 1))

    upload = hand_in(filled().put(计划完成=None))
    confirm(upload)

    assert fields(upload) == [{"planned_on": ["2025-10-01", ""]}]
    assert Obligation.objects.get(pk=rows[0].pk).planned_on is None


def test_completion_is_claimed_with_its_evidence(rows, filled, hand_in, confirm):
    book = filled().put(完成情况="申报完成", 完成说明="已上线", 佐证链接="https://example.cn/1")
    book.put(佐证文号="某政发〔2025〕3号\n某政发〔2025〕4号", 进展="完成")

    confirm(hand_in(book))

    row = Obligation.objects.get(pk=rows[0].pk)
    assert (row.status, row.claim_note, row.progress_note) == ("claimed", "已上线", "完成")
    assert set(row.evidence.values_list("kind", "text")) == {
        ("link", "https://example.cn/1"),
        ("document", "某政发〔2025〕3号"),
        ("document", "某政发〔2025〕4号"),
    }


def test_a_claim_without_evidence_is_a_problem_of_its_cell(rows, filled, hand_in):
    upload = hand_in(filled().put(row=1, 完成情况="申报完成"))

    assert upload.state == "problems"
    assert messages(upload) == [(5, "佐证文号", "no_evidence")]


def test_evidence_that_the_rule_refuses_is_found_before_anything_is_confirmed(
    rows, filled, hand_in
):
    upload = hand_in(filled().put(完成情况="申报完成", 佐证链接="ftp://example.cn"))

    assert messages(upload) == [(4, "完成情况", "refused")]
    assert "http" in upload.problems[0]["message"]
    assert not Evidence.objects.exists()
    assert Obligation.objects.get(pk=rows[0].pk).status == "in_progress"


def test_the_same_file_twice_changes_nothing(rows, filled, hand_in, confirm):
    book = filled().put(计划完成=dt.date(2025, 11, 30), 进展="联调")
    data = book.put(
        row=1, 完成情况="申报完成", 完成说明="已上线", 佐证文号="某政发〔2025〕3号"
    ).save()
    confirm(hand_in(data))

    again = hand_in(data)

    assert (again.state, again.changes, again.problems) == ("unchanged", [], [])
    assert Evidence.objects.count() == 1


def test_one_refused_row_refuses_the_whole(rows, filled, hand_in, confirm, coordinator):
    book = filled().put(进展="甲").put(row=1, 进展="乙")
    upload = hand_in(book)
    dispatch.withdraw(rows[1], by=coordinator, on=DAY, reason="清单调整")

    refused = confirm(upload)

    assert refused.state == "problems"
    assert [(row, kind) for row, _column, kind in messages(refused)] == [(5, "not_possible")]
    assert Obligation.objects.get(pk=rows[0].pk).progress_note == ""


def test_a_rule_that_refuses_while_applying_takes_everything_back(
    rows, filled, hand_in, confirm, monkeypatch
):
    """Between the preview and the writing the rule itself has become stricter."""
    book = filled().put(进展="甲").put(row=1, 完成情况="申报完成", 佐证文号="某政发〔2025〕3号")
    upload = hand_in(book)

    def refuse(*args, **about):
        raise RuleViolation("不行")

    monkeypatch.setattr(completion, "claim", refuse)
    refused = confirm(upload)

    assert refused.state == "problems"
    assert messages(refused) == [(5, "完成情况", "refused")]
    assert Obligation.objects.get(pk=rows[0].pk).progress_note == ""
    assert not AuditEntry.objects.filter(verb="plan").exists()


def test_a_closed_obligation_is_refused_with_a_sentence(
    rows, filled, hand_in, officer, reviewer, coordinator
):
    book = filled().put(进展="迟到的进展")
    paper = NewEvidence(kind="document", text="某政发〔2025〕3号")
    completion.claim(rows[0], by=officer, on=DAY, with_evidence=[paper])
    completion.endorse(rows[0], by=reviewer, on=DAY)

    upload = hand_in(book)

    assert messages(upload) == [(4, "", "not_possible")]


def test_more_claims_than_one_transaction_should_hold_are_refused(
    rows, filled, hand_in, monkeypatch
):
    monkeypatch.setattr(keeping, "MAX_CLAIMS", 1)
    book = filled()
    for row in range(2):
        book.put(row, 完成情况="申报完成", 佐证文号="某政发〔2025〕3号")

    assert messages(hand_in(book)) == [(None, "完成情况", "too_many_claims")]


def test_notes_without_a_claim_are_not_lost_in_silence(rows, filled, hand_in):
    upload = hand_in(filled().put(完成说明="快了"))

    assert messages(upload) == [(4, "完成说明", "note_without_claim")]


def test_evidence_without_a_claim_is_attached(rows, filled, hand_in, confirm):
    confirm(hand_in(filled().put(目录代码="330000-1")))

    assert rows[0].evidence.get().text == "330000-1"
    assert Obligation.objects.get(pk=rows[0].pk).status == "in_progress"


def test_a_file_put_aside_changes_nothing(rows, filled, hand_in, officer):
    upload = hand_in(filled().put(进展="甲"))

    uploads.discard(upload, by=officer, version=upload.version)

    upload.refresh_from_db()
    assert (upload.state, upload.changes) == ("discarded", [])
    assert Obligation.objects.get(pk=rows[0].pk).progress_note == ""


@pytest.mark.django_db(transaction=True)
def test_the_file_is_not_kept_after_it_was_read(rows, filled, hand_in, settings):
    upload = hand_in(filled().put(进展="甲"))

    assert upload.path == ""
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []
