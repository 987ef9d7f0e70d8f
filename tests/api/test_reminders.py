"""Reminders and urging notes for programs."""

import datetime as dt

import pytest

from obligations import dispatch
from obligations.models import Delivery, Digest, UrgingNote
from obligations.reminding import digests
from tests.api.conftest import API, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(owe, police, coordinator):
    row = owe(police)
    dispatch.issue(row, by=coordinator, on=dt.date(2025, 8, 4))
    return row


def test_one_reads_ones_own_reminders(filling, reviewing, issued, officer):
    digests.write(digests.gather(NOW.date()))
    digest = Digest.objects.get(user=officer)
    Delivery.objects.create(
        digest=digest, channel="mail", address="li@example.invalid", name="1" * 32
    )

    shown = filling.get(f"{API}/reminders/").json()["results"]
    assert [one["id"] for one in shown] == [digest.pk]
    assert shown[0]["lines"][0] == {
        "source": "acceptance_overdue",
        "label": "逾期未签收",
        "for_people": [],
        "count": 1,
        "late": 0,
        "until": None,
        "ids": [issued.pk],
        "url": f"/obligations/?reminded={digest.pk}.acceptance_overdue",
    }
    assert shown[0]["deliveries"][0]["state"] == "queued"
    assert reviewing.get(f"{API}/reminders/").json()["results"] == []

    address = f"{API}/reminders/{digest.pk}/read/"
    assert reviewing.post(address).status_code == 404
    assert filling.post(address).json()["read_at"] is not None


def test_a_note_is_sent_received_and_answered(coordinating, filling, issued):
    sent = coordinating.post(f"{API}/urging_notes/", {"ids": [issued.pk]})
    assert sent.status_code == 201, sent.json()
    note = sent.json()
    assert note["number"] == "催办〔2025〕1号"
    assert note["answer_by"] == "2025-09-04"
    assert note["text"].startswith("截至2025年9月1日")
    assert note["rows"] == [
        {"obligation_id": issued.pk, "why": "not_accepted", "due_on": "2025-12-31", "days_late": 0}
    ]

    address = f"{API}/urging_notes/{note['id']}"
    assert filling.post(f"{address}/receive/").status_code == 428
    received = filling.post(f"{address}/receive/", headers={"If-Match": sent["ETag"]})
    assert received.status_code == 200
    stale = filling.post(f"{address}/answer/", {"text": "已办"}, headers={"If-Match": sent["ETag"]})
    assert stale.status_code == 412
    answered = filling.post(f"{address}/answer/", {"text": "已办", "version": 2}).json()
    assert (answered["answer"], answered["answered_by"]["username"]) == ("已办", "officer")


def test_a_row_is_urged_about_once_a_day(coordinating, issued):
    first = coordinating.post(f"{API}/urging_notes/", {"ids": [issued.pk]})
    again = coordinating.post(f"{API}/urging_notes/", {"ids": [issued.pk]})

    assert (first.status_code, again.status_code) == (201, 409)
    assert UrgingNote.objects.count() == 1


def test_what_one_may_not_see_cannot_be_urged_about_or_signed_for(
    program_of, city_coordinator, officer2, coordinating, issued
):
    outside = program_of(city_coordinator).post(f"{API}/urging_notes/", {"ids": [issued.pk]})
    assert outside.status_code == 404

    note = coordinating.post(f"{API}/urging_notes/", {"ids": [issued.pk]}).json()
    address = f"{API}/urging_notes/{note['id']}/"
    assert program_of(officer2).get(address).status_code == 404
    assert program_of(officer2).post(f"{address}receive/", {"version": 1}).status_code == 404


def test_notes_are_filtered_by_receipt(coordinating, filling, issued):
    note = coordinating.post(f"{API}/urging_notes/", {"ids": [issued.pk]}).json()

    waiting = coordinating.get(f"{API}/urging_notes/?received=false").json()["results"]
    assert [one["id"] for one in waiting] == [note["id"]]
    assert coordinating.get(f"{API}/urging_notes/?received=true").json()["results"] == []
