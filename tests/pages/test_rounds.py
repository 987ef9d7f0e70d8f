"""The monthly round on its pages: opened and watched, answered row by row, taken out."""

import datetime as dt
import io
import re

import pytest
from openpyxl import load_workbook

from obligations import dispatch, rounds
from obligations.models import Round, RoundAnswer, RoundRule
from obligations.today import today

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}


@pytest.fixture
def held(in_progress, owe, health, coordinator, day):
    """A round that asks two departments about one obligation each."""
    other = owe(health, due_on=today() + dt.timedelta(days=9), on=day)
    dispatch.issue(other, by=coordinator, on=day)
    return rounds.open_round(month=today(), cut_off_on=today(), by=coordinator, on=today())


@pytest.fixture
def row(held, police):
    return held.answers.get(department=police)


def shown(answer):
    return re.sub(r"\s+", " ", answer.text)


def test_a_coordinator_opens_a_round_on_the_page(signed_in, coordinator, in_progress):
    client = signed_in(coordinator)
    page = client.get("/rounds/")
    assert "还没有发起过月调度" in page.text
    proposed = page.context["form"].initial

    fields = {"month": proposed["month"].strftime("%Y-%m"), "cut_off_on": proposed["cut_off_on"]}
    answer = client.post("/rounds/", fields)

    held = Round.objects.get()
    assert answer.url == f"/rounds/{held.pk}/"
    assert (held.month, held.opened_by) == (today().replace(day=1), coordinator)
    again = client.post("/rounds/", fields)
    assert (again.status_code, Round.objects.count()) == (422, 1)
    assert "本月调度已经发起" in again.text


def test_the_rule_is_set_on_the_page(signed_in, coordinator):
    client = signed_in(coordinator)
    fields = {"enabled": "on", "opens_number": 2, "opens_from_end": "start"}
    fields |= {"cut_off_number": 3, "cut_off_from_end": "end"}

    assert client.post("/rounds/rule/", fields).status_code == 428
    client.post("/rounds/rule/", {**fields, "version": 1})

    rule = RoundRule.objects.get()
    assert (rule.enabled, rule.opens_number, rule.cut_off_from_end) == (True, 2, True)
    assert client.post("/rounds/rule/", {**fields, "version": 1}, follow=True).status_code == 200
    assert RoundRule.objects.get().version == 2


def test_the_coordinator_sees_who_is_silent(signed_in, coordinator, leader, held, row, officer):
    rounds.answer(row, kind="changed", by=officer, on=today(), version=1, progress="已挂接")

    for person in (coordinator, leader):
        page = signed_in(person).get(f"/rounds/{held.pk}/")
        lines = {line.department.name: line.tally for line in page.context["lines"]}
        assert lines["省公安厅"].answered == 1
        assert (lines["省卫生健康委员会"].owed, lines["省卫生健康委员会"].answered) == (1, 0)
        assert "尚未填报" in page.text
    of_one = signed_in(coordinator).get(f"/rounds/{held.pk}/?department={row.department_id}")
    assert "已挂接" in of_one.text
    assert "<textarea" not in of_one.text


def test_a_department_answers_its_own_rows_only(signed_in, officer, officer2, held, row):
    page = signed_in(officer).get(f"/rounds/{held.pk}/")
    assert [one.pk for one in page.context["page"].object_list] == [row.pk]

    address = f"/rounds/answers/{row.pk}/"
    fields = {"kind": "changed", "progress": "已挂接", "version": 1}
    assert signed_in(officer2).post(address, fields).status_code == 404
    answer = signed_in(officer).post(address, fields, headers=HTMX)

    row.refresh_from_db()
    assert (row.kind, row.progress, row.is_late) == ("changed", "已挂接", False)
    assert 'name="version" value="2"' in shown(answer)
    # The figures above the rows come along.
    assert 'id="round-tally" hx-swap-oob="true"' in shown(answer)
    assert "已全部填报" in answer.text


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_refused_answer_keeps_what_was_written_beside_what_stands_there(
    signed_in, officer, make_user, police, row, headers
):
    second = make_user("second", "officer", department=police)
    rounds.answer(row, kind="changed", by=second, on=today(), version=1, progress="别人填的")
    fields = {"kind": "changed", "progress": "我写的", "problems": "我的问题", "version": 1}

    answer = signed_in(officer).post(f"/rounds/answers/{row.pk}/", fields, headers=headers)

    assert answer.status_code == 409
    assert ">我写的</textarea>" in answer.text
    assert ">我的问题</textarea>" in answer.text
    assert "别人填的" in answer.text
    assert "second" in answer.text
    assert 'name="version" value="2"' in answer.text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"kind": "no_change", "progress": "新写的", "version": 1}, 409),
        ({"kind": "changed", "progress": "新写的"}, 428),
        ({"kind": "changed", "progress": "新写的", "problems": "x" * 4001, "version": 1}, 409),
    ],
)
def test_no_refusal_loses_words(signed_in, officer, row, fields, status):
    answer = signed_in(officer).post(f"/rounds/answers/{row.pk}/", fields, headers=HTMX)

    assert answer.status_code == status
    assert ">新写的</textarea>" in answer.text
    row.refresh_from_db()
    assert row.kind == ""


def test_the_rest_is_answered_in_one_click_and_the_desk_says_no_more(signed_in, officer, held, row):
    client = signed_in(officer)
    assert "还有 1 项未填报" in client.get("/").text

    client.post(f"/rounds/{held.pk}/rest/", {"kind": "no_change"})

    row.refresh_from_db()
    assert row.kind == "no_change"
    assert "项未填报" not in client.get("/").text


def test_a_closed_round_shows_its_answers_and_takes_none(
    signed_in, coordinator, officer, held, row
):
    assert signed_in(coordinator).post(f"/rounds/{held.pk}/close/").status_code == 428
    signed_in(coordinator).post(f"/rounds/{held.pk}/close/", {"version": held.version})

    page = signed_in(officer).get(f"/rounds/{held.pk}/")
    assert "已关闭" in page.text
    assert "<textarea" not in page.text
    fields = {"kind": "changed", "progress": "晚了", "version": 1}
    answer = signed_in(officer).post(f"/rounds/answers/{row.pk}/", fields, headers=HTMX)
    assert answer.status_code == 409


def test_the_round_is_taken_out_as_workbook_and_csv(signed_in, coordinator, officer, held, row):
    rounds.answer(row, kind="changed", by=officer, on=today(), version=1, progress="=1+1")

    book = signed_in(coordinator).get(f"/rounds/{held.pk}/export.xlsx")
    lines = signed_in(coordinator).get(f"/rounds/{held.pk}/export.csv")
    own = signed_in(officer).get(f"/rounds/{held.pk}/export.xlsx")

    sheet = load_workbook(io.BytesIO(book.content)).active
    cells = [list(cells) for cells in sheet.iter_rows(values_only=True)]
    assert cells[0][0] == "责任部门"
    assert {line[0] for line in cells[1:]} == {"省公安厅", "省卫生健康委员会"}
    assert [line[7] for line in cells[1:]] == ["有进展", "未填报"]
    assert sheet.cell(2, 9).data_type == "s"
    assert "'=1+1" in b"".join(lines.streaming_content).decode()
    assert load_workbook(io.BytesIO(own.content)).active.max_row == 2


def test_a_citys_coordinator_reads_the_provinces_round_about_the_own_departments(
    signed_in, held, make_user, make_department, city, owe, coordinator
):
    bureau = make_department("甲市数据局", at=city)
    person = make_user("city", "coordinator", department=bureau, region=city)
    assert signed_in(person).get(f"/rounds/{held.pk}/").status_code == 404
    RoundAnswer.objects.create(
        round=held, obligation=owe(bureau, status="issued"), department=bureau
    )

    page = signed_in(person).get(f"/rounds/{held.pk}/").content.decode()

    assert bureau.name in page
    assert "省公安厅" not in page
    assert "由省级统筹部门发起" in page
    assert f"/rounds/{held.pk}/close/" not in page
    refused = signed_in(person).post(f"/rounds/{held.pk}/close/", {"version": held.version})
    assert refused.status_code == 403
    held.refresh_from_db()
    assert held.is_open
    own = signed_in(coordinator).get(f"/rounds/{held.pk}/").content.decode()
    assert f"/rounds/{held.pk}/close/" in own


def test_a_round_that_does_not_ask_a_department_is_not_found_there(
    signed_in, held, make_user, bureau
):
    stranger = signed_in(make_user("stranger", "officer", department=bureau))

    assert stranger.get(f"/rounds/{held.pk}/").status_code == 404
    assert stranger.get(f"/rounds/{held.pk}/export.csv").status_code == 404
    assert stranger.post(f"/rounds/{held.pk}/rest/", {"kind": "nothing"}).status_code == 404
