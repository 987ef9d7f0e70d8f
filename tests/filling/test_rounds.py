"""月调度 in the workbook: asked, prefilled, answered, and what others said meanwhile."""

import datetime as dt

import pytest

from accounts.models import AuditEntry
from obligations import progress, rounds
from obligations.filling import columns
from obligations.models import RoundAnswer
from tests.filling.conftest import NOW, Filled

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
LABELS = [column.label for column in columns.ROUND]


@pytest.fixture
def ask(rows, coordinator):
    """ask(month): the round of a month about what is open."""

    def make(month=9):
        first = dt.date(2025, month, 1)
        on = min(first, TODAY)
        return rounds.open_round(
            month=first, cut_off_on=first.replace(day=26), by=coordinator, on=on
        )

    return make


@pytest.fixture
def say(officer):
    """say(asked, kind, …): an answer on the page."""

    def answer(asked, kind="changed", **texts):
        asked.refresh_from_db()
        rounds.answer(asked, kind=kind, by=officer, on=TODAY, version=asked.version, **texts)

    return answer


@pytest.fixture
def asked(ask):
    """The questions about the three rows, in their order."""
    return list(ask().answers.order_by("obligation"))


def said(asked):
    """What is on record: how, and the three texts."""
    row = RoundAnswer.objects.get(pk=asked.pk)
    return row.kind, row.progress, row.problems, row.next_steps


def test_without_a_round_its_columns_are_hidden_and_locked(rows, filled):
    book = filled()
    assert all(book.cell(label).protection.locked for label in LABELS)
    letters = [book.cell(label).column_letter for label in LABELS]
    assert all(book.sheet.column_dimensions[letter].hidden for letter in letters)


def test_what_is_asked_is_open_and_holds_last_months_words(rows, ask, say, filled):
    [first, *_others] = ask(8).answers.order_by("obligation")
    say(first, progress="完成建模", problems="缺接口", next_steps="联调")
    ask()
    book = filled()

    assert [book.cell(label).value for label in LABELS] == [None, "完成建模", "缺接口", "联调"]
    assert not any(book.cell(label).protection.locked for label in LABELS)
    assert not book.sheet.column_dimensions[book.cell(LABELS[0]).column_letter].hidden
    lists = [one for one in book.sheet.data_validations.dataValidation if one.type == "list"]
    assert '"有进展,本期无变化,本期无事项"' in [one.formula1 for one in lists]


def test_changed_words_and_chosen_ones_are_answers(rows, asked, filled, hand_in, confirm, officer):
    book = filled().put(本月进展="已上线\n试运行", 存在问题="无")
    book.put(row=1, 月调度情况="本期无变化").put(row=2, 月调度情况="本期无事项")
    upload = hand_in(book)

    assert [one["fields"] for one in upload.changes] == [
        {"said": ["", "有进展"], "progress": ["", "已上线\n试运行"], "problems": ["", "无"]},
        {"said": ["", "本期无变化"]},
        {"said": ["", "本期无事项"]},
    ]
    assert not RoundAnswer.objects.exclude(kind="").exists()
    assert confirm(upload).state == "applied"

    assert said(asked[0]) == ("changed", "已上线\n试运行", "无", "")
    assert [said(one)[0] for one in asked[1:]] == ["no_change", "nothing"]
    entries = AuditEntry.objects.filter(verb="answer_round")
    assert [entry.username for entry in entries] == ["officer"] * 3
    assert rounds.unanswered(on=TODAY).count() == 0


def test_no_change_keeps_last_months_words_and_nothing_empties_them(
    rows, ask, say, filled, hand_in, confirm
):
    for one in ask(8).answers.all():
        say(one, progress="完成建模", problems="缺接口")
    asked = list(ask().answers.order_by("obligation"))
    book = filled().put(月调度情况="本期无变化").put(row=1, 月调度情况="本期无事项")
    confirm(hand_in(book))

    assert said(asked[0]) == ("no_change", "完成建模", "缺接口", "")
    assert said(asked[1]) == ("nothing", "", "", "")
    assert said(asked[2]) == ("", "完成建模", "缺接口", "")


def test_the_same_file_again_changes_nothing(rows, asked, filled, hand_in, confirm):
    data = filled().put(本月进展="已上线").save()
    confirm(hand_in(data))
    again = hand_in(data)

    assert (again.state, again.changes) == ("unchanged", [])
    assert RoundAnswer.objects.get(pk=asked[0].pk).version == 2


def test_what_others_said_meanwhile_is_decided_as_one_statement(
    rows, asked, say, filled, hand_in, confirm
):
    book = filled().put(本月进展="文件里的", 下步措施="文件里的措施", 责任人="张三")
    say(asked[0], progress="页面上的")
    upload = hand_in(book)

    [change] = upload.changes
    assert change["conflicts"] == {
        "progress": ["", "页面上的", "文件里的"],
        "next_steps": ["", "", "文件里的措施"],
    }
    assert confirm(upload, everywhere="theirs").state == "applied"
    assert said(asked[0]) == ("changed", "页面上的", "", "")
    rows[0].refresh_from_db()
    assert rows[0].contact_name == "张三"

    confirm(hand_in(book), everywhere="mine")
    assert said(asked[0]) == ("changed", "文件里的", "", "文件里的措施")


def test_what_others_said_of_something_else_stays(rows, ask, say, filled, hand_in, confirm):
    [first, *_others] = ask().answers.order_by("obligation")
    say(first, progress="一", problems="二")
    book = filled().put(本月进展="文件里的")
    say(first, progress="一", problems="页面上的")
    upload = hand_in(book)

    assert upload.changes[0]["conflicts"] == {}
    confirm(upload)
    assert said(first) == ("changed", "文件里的", "页面上的", "")


def test_an_answer_between_preview_and_confirmation_is_shown_first(
    rows, asked, say, filled, hand_in, confirm
):
    upload = hand_in(filled().put(本月进展="文件里的"))
    say(asked[0], progress="页面上的")

    shown = confirm(upload)

    assert (shown.state, shown.counts["changed_meanwhile"]) == ("ready", True)
    assert said(asked[0])[1] == "页面上的"


def test_a_report_on_the_page_between_is_an_answer_too(
    rows, asked, filled, hand_in, confirm, officer
):
    upload = hand_in(filled().put(月调度情况="本期无事项"))
    progress.report(rows[0], kind="no_change", by=officer, on=TODAY)

    assert confirm(upload).changes[0]["conflicts"] == {"said": ["", "本期无变化", "本期无事项"]}


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"月调度情况": "本期无变化", "本月进展": "新写的"}, "您改动了内容"),
        ({"月调度情况": "本期无事项", "存在问题": "新写的"}, "您改动了内容"),
        ({"月调度情况": "没变"}, "不是“月调度情况”的可选值"),
        ({"存在问题": "只写了问题"}, "一句话"),
        ({"本月进展": "字" * 4001}, "4001"),
    ],
)
def test_what_is_no_answer_is_a_problem_of_its_row(rows, asked, filled, hand_in, cells, sentence):
    upload = hand_in(filled().put(**cells))

    assert upload.state == "problems"
    [problem] = upload.problems
    assert sentence in problem["message"]
    assert problem["row"] == 4
    assert said(asked[0])[0] == ""


def test_a_closed_round_takes_no_more(rows, ask, filled, hand_in, coordinator):
    held = ask()
    book = filled().put(本月进展="太迟")
    rounds.close(held, by=coordinator, on=TODAY, version=1)

    [problem] = hand_in(book).problems
    assert (problem["kind"], problem["row"]) == ("no_round", 4)


def test_where_no_round_asks_the_words_are_a_problem(rows, filled, hand_in):
    [problem] = hand_in(filled().put(本月进展="没人问")).problems
    assert "没有正在填报的月调度" in problem["message"]


def test_a_workbook_of_before_still_counts(rows, asked, made, hand_in, monkeypatch):
    """Its sealed rows know no questions, and its table has no such columns."""
    monkeypatch.setattr("obligations.filling.keys.FORMAT", 1)
    monkeypatch.setattr("obligations.filling.facts.asked_now", lambda pks: {})
    data = Filled(made()).put(进展="旧文件里的").save()

    upload = hand_in(data)

    assert [one["fields"] for one in upload.changes] == [{"progress_note": ["", "旧文件里的"]}]
