"""The panel on the obligation, deliveries by hand, the desk, and the API beside them."""

import datetime as dt
import html

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from obligations import fulfilment
from obligations.models import Evidence, Obligation
from sharing_lists.models import Delivery, Promise

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2025, 11, 12, 2, 0, tzinfo=dt.UTC)
TODAY = dt.date(2025, 11, 12)
MANY = [f"字段{number}" for number in range(201)]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def browser(user):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user, backend="accounts.signin.Backend")
    return client


def program(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def said(**more):
    return {f"delivery-{name}": value for name, value in {"arrived_on": TODAY, **more}.items()}


def test_the_page_shows_promise_periods_and_deliveries_with_who_reported(verified, arrive, officer):
    row = verified("monthly")
    arrive(row, dt.date(2025, 10, 20), rows=1284)
    page = browser(officer).get(f"/obligations/{row.pk}/").content.decode()

    assert "2025-11-01 至 2025-11-30" in page
    assert "1284" in page
    assert "period-on_time" in page
    assert "period-awaited" in page


def test_rows_without_supply_have_no_panel(owe, police, coordinator):
    row = owe(police, duty="catalogue")
    page = browser(coordinator).get(f"/obligations/{row.pk}/").content.decode()
    assert "promise-title" not in page


def test_a_person_records_a_delivery_with_its_receipt_as_evidence(verified, officer):
    row = verified("monthly")
    page = browser(officer)
    more = {"covers_from": "2025-10-01", "covers_to": "2025-10-31", "receipt": "DS-20251031-1"}
    answer = page.post(f"/obligations/{row.pk}/deliveries/", said(rows="12", **more))

    assert answer.status_code == 302
    one = Delivery.objects.get()
    assert (one.source, one.recorded_by, one.rows) == ("person", officer, 12)
    assert one.evidence == Evidence.objects.get(kind="receipt")
    assert one.evidence.text == "DS-20251031-1"
    row.refresh_from_db()
    assert row.delivery_due_on == dt.date(2025, 11, 30)
    entry = AuditEntry.objects.get(verb="record_delivery")
    assert entry.detail["delivery"] == one.pk
    assert "由人工登记" in page.get(f"/obligations/{row.pk}/").content.decode()


def promise_panel(answer):
    return dict(answer.context["panels"])["sharing_lists/partials/promise.html"]


@pytest.mark.parametrize(
    ("field", "wrong", "status"),
    [
        ("arrived_on", {"arrived_on": "2025-11-13"}, 409),
        ("arrived_on", {"arrived_on": "不知道"}, 422),
        ("covers_to", {"covers_from": "2025-10-31", "covers_to": "2025-10-01"}, 409),
        ("newest_data_on", {"newest_data_on": "2025-12-01"}, 409),
        ("covers_from", {"covers_from": "2025-12-01", "covers_to": "2025-12-31"}, 409),
        ("covers_to", {"covers_to": "2025-12-31"}, 409),
        ("covers_to", {"covers_from": "2025-11-01", "covers_to": "2099-12-31"}, 409),
        ("rows", {"rows": "-1"}, 422),
        ("receipt", {"receipt": "无编号"}, 409),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_what_was_typed_stays(
    field, wrong, status, verified, officer
):
    row = verified("monthly")
    typed = {"note": "示例：人工核对", **wrong}
    answer = browser(officer).post(f"/obligations/{row.pk}/deliveries/", said(**typed))

    assert Delivery.objects.count() == 0
    assert AuditEntry.objects.filter(verb="record_delivery").count() == 0
    assert answer.status_code == status
    panel = promise_panel(answer)
    form = panel["delivery_form"]
    assert list(form.errors) == [field]
    assert {name: form[name].value() for name in typed} == typed
    page = answer.content.decode()
    assert "示例：人工核对" in page
    assert f'<div class="wrong">{html.escape(form.errors[field][0])}</div>' in page


def test_a_refusal_that_no_field_is_to_blame_for_stands_above_and_keeps_what_was_typed(
    verified, officer
):
    row = verified("monthly")
    Obligation.objects.filter(pk=row.pk).update(status="withdrawn")
    answer = browser(officer).post(f"/obligations/{row.pk}/deliveries/", said(note="示例说明"))

    assert (answer.status_code, Delivery.objects.count()) == (409, 0)
    page = answer.content.decode()
    assert "note note-error" in page
    assert "示例说明" in page


def test_a_refused_promise_keeps_what_was_typed_and_shows_the_present_state(verified, coordinator):
    row = verified("monthly")
    page, address = browser(coordinator), f"/promises/items/{row.item_id}/"
    typed = {"min_rows": "many", "required_fields": "姓名、住址", "version": "0"}
    wrong = page.post(address, typed)
    many = page.post(address, {**typed, "min_rows": "6", "required_fields": "、".join(MANY)})
    assert (wrong.status_code, many.status_code) == (422, 409)
    for answer, field in ((wrong, "min_rows"), (many, "required_fields")):
        assert list(promise_panel(answer)["promise_form"].errors) == [field]
    assert "姓名、住址" in wrong.content.decode()
    assert not Promise.objects.exists()

    assert page.post(address, {**typed, "min_rows": "6"}).status_code == 302
    stale = page.post(address, {**typed, "min_rows": "77"})
    missing = page.post(address, {**typed, "min_rows": "77", "version": ""})
    assert (stale.status_code, missing.status_code) == (409, 428)
    for answer in (stale, missing):
        text = answer.content.decode()
        assert 'value="77"' in text
        assert '<input type="hidden" name="version" value="1">' in text
    assert Promise.objects.get().min_rows == 6


def test_a_person_may_state_a_period_that_still_runs(verified, officer):
    row = verified("monthly")
    running = {"covers_from": "2025-11-01", "covers_to": "2025-11-30"}
    browser(officer).post(f"/obligations/{row.pk}/deliveries/", said(**running))

    assert Delivery.objects.get().counts_to == TODAY
    row.refresh_from_db()
    assert row.delivery_due_on == dt.date(2025, 12, 31)


def test_people_of_other_departments_find_nothing_and_record_nothing(verified, officer2):
    row = verified("monthly")
    assert browser(officer2).post(f"/obligations/{row.pk}/deliveries/", said()).status_code == 404
    other = program(officer2)
    assert other.get(f"/api/v1/obligations/{row.pk}/deliveries/").status_code == 404
    assert other.get(f"/api/v1/obligations/{row.pk}/promise/").status_code == 404
    assert "还没有到数记录" in browser(officer2).get("/deliveries/").content.decode()


def test_what_is_owed_next_stands_first_on_the_page_of_deliveries(verified, officer, officer2):
    later = verified("monthly")
    sooner = verified("daily")
    verified("irregular")
    found = browser(officer).get("/deliveries/")

    assert [row.pk for row in found.context["owed"]] == [sooner.pk, later.pk]
    assert "2025-11-07" in found.content.decode()
    assert list(browser(officer2).get("/deliveries/").context["owed"]) == []


def test_the_coordinator_sets_what_deliveries_must_hold(verified, arrive, coordinator):
    row = verified("monthly")
    arrive(row, dt.date(2025, 10, 20), rows=5)
    page = browser(coordinator)
    form = {"min_rows": "6", "required_fields": "姓名、住址", "version": "0"}
    address = f"/promises/items/{row.item_id}/"
    assert page.post(address, form).status_code == 302
    assert Promise.objects.get().required_fields == ["姓名", "住址"]
    assert Delivery.objects.get().outcome == "too_few_rows"
    assert page.post(address, form).status_code == 409
    assert page.post(address, {"min_rows": "6"}).status_code == 428


def test_late_deliveries_stand_on_the_desk(verified, officer):
    verified("daily", on=dt.date(2025, 11, 10))
    verified("daily", on=dt.date(2025, 11, 3))
    fulfilment.check(as_of=TODAY, today=TODAY)
    desk = browser(officer)

    assert desk.get("/?section=late").content.decode().count('<tr id="desk-') == 1
    assert desk.get("/?section=broken").content.decode().count('<tr id="desk-') == 1


def test_programs_read_the_promise_and_record_deliveries(verified, arrive, officer):
    row = verified("monthly")
    arrive(row, dt.date(2025, 10, 20), rows=5)
    client = program(officer)
    promise = client.get(f"/api/v1/obligations/{row.pk}/promise/").json()
    assert promise["next"]["due_on"] == "2025-11-30"
    assert promise["next"]["grace_on"] == "2025-12-05"
    assert [one["state"] for one in promise["periods"]] == ["awaited", "on_time"]

    made = client.post(
        f"/api/v1/obligations/{row.pk}/deliveries/",
        {"arrived_on": "2025-11-11", "rows": 7},
        format="json",
    )
    assert made.status_code == 201, made.content
    listed = client.get(f"/api/v1/obligations/{row.pk}/deliveries/").json()
    assert [one["source"] for one in listed] == ["person", "log"]


def test_new_rules_are_put_on_record_on_their_page(verified, coordinator):
    page = browser(coordinator)
    form = {
        "cycle": "monthly",
        "grace_days": "3",
        "effective_from": "2025-12-01",
        "source": "某政办函〔2025〕1号",
    }
    assert page.post("/promises/rules/", form).status_code == 302
    assert page.post("/promises/rules/", form).status_code == 422
    assert "某政办函〔2025〕1号" in page.get("/promises/rules/").content.decode()
