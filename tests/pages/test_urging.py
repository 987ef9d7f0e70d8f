"""Urging notes in the browser: from a filter to a note, from the desk to its receipt."""

import datetime as dt

import pytest
from django.urls import reverse

from obligations import dispatch, urging
from obligations.models import Obligation, UrgingNote
from obligations.today import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def note(issued, police, coordinator):
    rows = Obligation.objects.filter(pk=issued.pk)
    answer_by = today() + dt.timedelta(days=5)
    return urging.send(
        police, rows, text="请抓紧签收", answer_by=answer_by, by=coordinator, on=today()
    )


def test_a_filter_of_one_department_leads_to_its_note(signed_in, coordinator, issued, police):
    client = signed_in(coordinator)
    address = f"{reverse('obligations:urging-new')}?department={police.pk}"
    page = client.get(address)
    assert [row.obligation.pk for row in page.context["rows"]] == [issued.pk]
    assert "你单位承担的责任清单事项中，1 项尚未签收" in page.text

    form = {"text": "请抓紧", "answer_by": today().isoformat(), "chosen": [issued.pk]}
    answer = client.post(address, form)

    made = UrgingNote.objects.get()
    assert answer.url == reverse("obligations:urging-note", args=[made.pk])
    assert f"催办〔{today().year}〕1号" in client.get(answer.url).text


def test_of_several_departments_one_is_chosen_first(
    signed_in, coordinator, issued, owe, health, police, day
):
    other = owe(health)
    dispatch.issue(other, by=coordinator, on=day)

    page = signed_in(coordinator).get(f"{reverse('obligations:urging-new')}?status=issued")

    assert page.context["lines"] == [(police, 1), (health, 1)]
    assert f"?status=issued&amp;department={health.pk}" in page.text


def test_a_refused_note_keeps_what_was_written(signed_in, coordinator, issued, police):
    address = f"{reverse('obligations:urging-new')}?department={police.pk}"
    form = {"text": "写了很久的话", "answer_by": today().isoformat()}
    answer = signed_in(coordinator).post(address, form)

    assert answer.status_code == 409
    assert "写了很久的话" in answer.text
    assert not UrgingNote.objects.exists()


def test_the_list_leads_a_coordinator_to_urging_and_nobody_else(
    signed_in, coordinator, officer, issued
):
    assert (
        "/urging/new/?status=issued"
        in signed_in(coordinator).get("/obligations/?status=issued").text
    )
    assert "/urging/new/" not in signed_in(officer).get("/obligations/?status=issued").text


def test_a_note_stands_on_the_desk_until_it_is_signed_for(signed_in, officer, note):
    client = signed_in(officer)
    assert note.title in client.get("/").text

    address = reverse("obligations:urging-receive", args=[note.pk])
    assert client.post(address, {}).status_code == 428
    assert client.post(address, {"version": 1}).status_code == 302

    assert note.title not in client.get("/").text
    assert client.post(address, {"version": 1}).status_code == 409


def test_the_coordinator_sees_who_has_not_signed(signed_in, coordinator, officer, note):
    client, address = signed_in(coordinator), reverse("obligations:urging")
    page = client.get(f"{address}?state=not_received")
    assert [one.pk for one in page.context["notes"]] == [note.pk]

    urging.receive(note, by=officer, on=today())

    assert list(client.get(f"{address}?state=not_received").context["notes"]) == []
    assert list(client.get(f"{address}?state=not_answered").context["notes"]) == [note]


def test_the_answer_is_read_by_the_coordinator(signed_in, officer, coordinator, note):
    address = reverse("obligations:urging-answer", args=[note.pk])
    signed_in(officer).post(address, {"version": 1, "text": "已签收，月底前完成"})

    page = signed_in(coordinator).get(reverse("obligations:urging-note", args=[note.pk]))
    assert "已签收，月底前完成" in page.text


def test_an_empty_answer_is_asked_for_again(signed_in, officer, note):
    address = reverse("obligations:urging-answer", args=[note.pk])

    assert signed_in(officer).post(address, {"version": 1, "text": " "}).status_code == 422


def test_the_note_of_another_department_does_not_exist(signed_in, officer2, note):
    client = signed_in(officer2)

    assert client.get(reverse("obligations:urging-note", args=[note.pk])).status_code == 404
    for name in ("receive", "answer"):
        address = reverse(f"obligations:urging-{name}", args=[note.pk])
        assert client.post(address, {"version": 1, "text": "x"}).status_code == 404
    assert list(client.get(reverse("obligations:urging")).context["notes"]) == []


def test_the_paper_has_what_an_office_form_has(signed_in, officer, note):
    page = signed_in(officer).get(reverse("obligations:urging-note", args=[note.pk])).text

    for word in (
        "催办单",
        note.title,
        "省公安厅：",
        "请抓紧签收",
        "未签收",
        "省数据管理局",
        "签收",
    ):
        assert word in page
