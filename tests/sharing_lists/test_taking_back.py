"""A delivery that was recorded by mistake is taken back with a reason, and stays on record."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from accounts.errors import RuleViolation
from accounts.models import AuditEntry
from obligations.models import ObligationState
from sharing_lists import deliveries, recording
from sharing_lists.models import Delivery
from sharing_lists.recording import Said

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2025, 11, 12, 2, 0, tzinfo=dt.UTC)
TODAY = dt.date(2025, 11, 12)
OCTOBER = (dt.date(2025, 10, 31), dt.date(2025, 11, 7))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def one(verified, officer):
    """Recorded by a person, for November."""
    return recording.record(verified("monthly"), Said(arrived_on=TODAY), by=officer, on=TODAY)


def browser(user):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user, backend="accounts.signin.Backend")
    return client


def dates(delivery):
    row = delivery.obligation
    row.refresh_from_db()
    return row.delivery_due_on, row.delivery_grace_on


def test_it_counts_no_longer_and_stays_with_its_reason(one, officer):
    assert dates(one)[0] == dt.date(2025, 12, 31)
    client = browser(officer)
    answer = client.post(f"/deliveries/{one.pk}/take-back/", {"why": "登记到别的事项"})

    assert answer.status_code == 302
    assert dates(one) == OCTOBER
    state = ObligationState.objects.filter(obligation=one.obligation_id).latest("pk")
    assert (state.delivery_due_on, state.delivery_grace_on) == OCTOBER
    entry = AuditEntry.objects.get(verb="take_back_delivery")
    assert (entry.detail["delivery"], entry.detail["reason"]) == (one.pk, "登记到别的事项")
    page = client.get(f"/obligations/{one.obligation_id}/").content.decode()
    assert "已撤回：登记到别的事项" in page
    assert "take_back_delivery" not in page
    assert f"/deliveries/{one.pk}/take-back/" not in page


def test_once_and_with_a_reason(one, officer):
    with pytest.raises(RuleViolation):
        recording.take_back(one, why="  ", by=officer, on=TODAY)
    recording.take_back(one, why="误登", by=officer, on=TODAY)
    with pytest.raises(RuleViolation):
        recording.take_back(one, why="误登", by=officer, on=TODAY)
    assert AuditEntry.objects.filter(verb="take_back_delivery").count() == 1


def test_what_machines_reported_only_a_coordinator_takes_back(
    verified, arrive, officer, coordinator
):
    row = verified("monthly")
    [told] = arrive(row, dt.date(2025, 11, 3)).made
    with pytest.raises(RuleViolation):
        recording.take_back(told, why="测试数据", by=officer, on=TODAY)
    assert Delivery.objects.get().outcome == "kept"
    recording.take_back(told, why="测试数据", by=coordinator, on=TODAY)
    assert dates(told) == OCTOBER


def test_what_an_item_asks_for_does_not_bring_it_back(one, officer, coordinator):
    recording.take_back(one, why="误登", by=officer, on=TODAY)
    item = one.obligation.item
    asked = {"min_rows": 5, "required_fields": []}
    recording.keep_promise(item, by=coordinator, on=TODAY, version=0, **asked)
    deliveries.judge_again(item.pk, on=TODAY)
    assert Delivery.objects.get().outcome == "taken_back"


def test_programs_take_back_as_well_and_only_what_they_may_see(one, officer, officer2):
    address = f"/api/v1/deliveries/{one.pk}/take_back/"
    program = APIClient()
    program.force_authenticate(officer2)
    assert program.post(address, {"why": "误登"}, format="json").status_code == 404
    program.force_authenticate(officer)
    assert program.post(address, {}, format="json").status_code == 400
    answer = program.post(address, {"why": "误登"}, format="json")
    assert answer.status_code == 200
    assert (answer.json()["outcome"], answer.json()["taken_back_why"]) == ("taken_back", "误登")
    assert program.post(address, {"why": "误登"}, format="json").status_code == 409
