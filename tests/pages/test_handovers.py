"""Naming a deputy, and acting in somebody's place, on the pages and in the API."""

import datetime as dt

import pytest
from rest_framework.test import APIClient

from accounts import handovers, tokens
from accounts.models import Handover, User
from obligations.today import today
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(officer, reviewer):
    day = today()
    return handovers.hand_over(reviewer, by=officer, on=day, starts_on=day, ends_on=day)


def test_a_deputy_is_named_and_the_hand_over_ended(signed_in, officer, reviewer):
    client, day = signed_in(officer), today().isoformat()
    fields = {"deputy": reviewer.pk, "starts_on": day, "ends_on": day, "note": "休假"}

    assert client.post("/own/deputies/", fields).status_code == 302
    held = Handover.objects.get()
    assert "休假" in client.get("/own/deputies/").text
    assert client.post(f"/own/deputies/{held.pk}/end/").status_code == 428
    assert client.post(f"/own/deputies/{held.pk}/end/", {"version": 1}).status_code == 302
    held.refresh_from_db()
    assert held.ended_on == today()


def test_a_deputy_acts_in_the_officers_place_and_stops(signed_in, held, issued, reviewer):
    client = signed_in(reviewer)
    accept = f"/obligations/{issued.pk}/accept/"
    assert client.post(accept, {"version": issued.version}).status_code == 403
    assert "代 officer 办理" in client.get("/").text

    client.post(f"/own/deputies/{held.pk}/act/")
    assert "您正在代 officer" in client.get("/").text
    assert client.post(accept, {"version": issued.version}).status_code == 302
    page = client.get(f"/obligations/{issued.pk}/")
    assert "代 officer" in page.text
    client.post("/own/deputies/stop/")

    issued.refresh_from_db()
    assert issued.status == "in_progress"
    assert client.post(f"/obligations/{issued.pk}/claim/", {"version": 1}).status_code == 403


def test_the_right_ends_with_the_last_day_even_in_a_running_session(
    signed_in, held, issued, reviewer
):
    client = signed_in(reviewer)
    client.post(f"/own/deputies/{held.pk}/act/")
    Handover.objects.update(
        starts_on=today() - dt.timedelta(days=2), ends_on=today() - dt.timedelta(days=1)
    )

    answer = client.post(f"/obligations/{issued.pk}/accept/", {"version": issued.version})

    assert answer.status_code == 403


def test_the_borrowed_role_is_never_stored(signed_in, held, reviewer):
    client = signed_in(reviewer)
    client.post(f"/own/deputies/{held.pk}/act/")
    new = "another-horse-battery-9"

    client.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )

    kept = User.objects.get(pk=reviewer.pk)
    assert kept.role == "reviewer"
    assert kept.check_password(new)


def test_nobody_acts_for_whom_they_do_not_stand_in(signed_in, held, officer, officer2):
    for person in (officer, officer2):
        assert signed_in(person).post(f"/own/deputies/{held.pk}/act/").status_code == 404
    assert signed_in(officer2).get("/own/deputies/").context["rows"] == []
    answer = signed_in(officer2).post(f"/own/deputies/{held.pk}/end/", {"version": 1})
    assert answer.status_code == 404


def test_a_program_says_for_whom_it_acts(held, issued, reviewer, officer2):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(reviewer, by=None)}")
    accept = f"/api/v1/obligations/{issued.pk}/accept/"
    body = {"version": issued.version}

    assert client.post(accept, body, format="json").status_code == 403
    wrong = client.post(accept, body, format="json", headers={"Acting-For": "officer2"})
    assert wrong.status_code == 403
    done = client.post(accept, body, format="json", headers={"Acting-For": "officer"})
    assert done.status_code == 200
    assert client.get("/api/v1/me/").json()["role"] == "reviewer"


def test_whoever_closes_an_account_is_told_what_is_open(signed_in, sysadmin, claimed, officer):
    page = signed_in(sysadmin).get(f"/administration/accounts/{officer.pk}/")

    assert "该人员名下未办结事项" in page.text
    assert "已无同角色的其他人员" in page.text
    assert claimed.item.title not in page.text
