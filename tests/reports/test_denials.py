"""Reports that somebody may not have: 404 or 403, and the auditor reads of it."""

import datetime as dt
import json

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEntry, Role
from obligations import filing
from reports import denials, making
from reports.models import RefusedAttempts
from tests.access import ACCESS

NOW = dt.datetime(2025, 11, 22, 4, 0, tzinfo=dt.UTC)
pytestmark = pytest.mark.settled("report", at=NOW)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def report(snapshot, coordinator):
    return making.record(snapshot, making.write(snapshot), by=coordinator, job=None)


def refused():
    entries = AuditEntry.objects.filter(verb="refuse_report").order_by("pk")
    return [
        (one.username, one.role, one.object_type, one.object_id, one.detail["status"])
        for one in entries
    ]


PAGE, API = "reports:download", "api:report-download"


@pytest.mark.parametrize("address", [PAGE, API])
def test_another_departments_try_is_not_found_and_told(client, report, officer, address):
    client.force_login(officer)
    assert client.get(reverse(address, args=[report.pk])).status_code == 404
    assert refused() == [("officer", "officer", "reports.report", str(report.pk), 404)]
    assert not AuditEntry.objects.filter(verb="download_report").exists()


@pytest.mark.parametrize("address", [PAGE, API])
def test_a_guessed_number_is_told_as_it_was_guessed(client, report, leader, address):
    client.force_login(leader)
    assert client.get(reverse(address, args=[777])).status_code == 404
    assert refused() == [("leader", "leader", "reports.report", "777", 404)]


@pytest.mark.parametrize("address", [PAGE, API])
def test_a_number_that_no_row_can_have_is_told_as_0(client, report, leader, address):
    client.force_login(leader)
    assert client.get(reverse(address, args=[10**40])).status_code == 404
    assert refused() == [("leader", "leader", "reports.report", "0", 404)]


@pytest.mark.parametrize("address", [PAGE, API])
@pytest.mark.parametrize(("role", "status"), [(Role.SYSTEM_ADMINISTRATOR, 403), ("", 403)])
def test_an_old_link_after_the_role_was_taken_away(
    client, report, coordinator, address, role, status
):
    link = reverse(address, args=[report.pk])
    client.force_login(coordinator)
    answer = client.get(link)
    assert answer.status_code == 200
    b"".join(answer.streaming_content)
    coordinator.role = role
    coordinator.save(update_fields=["role"])
    assert client.get(link).status_code == status
    assert refused() == [("coordinator", role, "reports.report", str(report.pk), status)]


@pytest.mark.parametrize(
    ("address", "more"),
    [("/reports/own/{}/", {}), ("/api/v1/reports/own/", {"content_type": "application/json"})],
)
def test_the_own_part_of_a_report_that_is_no_source_is_told(client, report, officer, address, more):
    client.force_login(officer)
    of = report.snapshot_id
    answer = client.post(address.format(of), {"snapshot": of} if more else {}, **more)
    assert answer.status_code == 404
    assert refused() == [("officer", "officer", "reports.snapshot", str(of), 404)]


OF_ONE_REPORT = [
    (f"/{address}".replace("<int:pk>", "777").replace("<slug:code>", "overdue"), method)
    for address, methods in ACCESS.items()
    if "reports/" in address and "planned" not in address and "plans" not in address
    for method in methods
    if "<int:pk>" in address or (address, method) == ("api/v1/reports/own/", "POST")
]


@pytest.mark.parametrize("who", ["officer", "coordinator", "sysadmin"])
def test_no_address_of_one_report_refuses_without_counting_it(client, request, who):
    user = request.getfixturevalue(who)
    client.force_login(user)
    refusals, untold = 0, []
    for address, method in OF_ONE_REPORT:
        sent = json.dumps({"snapshot": 777})
        answer = client.generic(method, address, sent, content_type="application/json")
        assert answer.status_code in (403, 404), address
        refusals += 1
        row = RefusedAttempts.objects.filter(user=user).first()
        if row is None or row.count != refusals:
            untold.append((method, address))
            refusals = row.count if row else 0
    assert len(OF_ONE_REPORT) > 30
    assert untold == []


def test_a_file_below_the_store_has_no_address(client, report, coordinator):
    client.force_login(coordinator)
    for folder in ("files", "media", "static"):
        assert client.get(f"/{folder}/{report.path}").status_code == 404
    assert filing.absolute(report.path).is_file()


def test_who_is_not_signed_in_is_sent_to_sign_in_and_not_told(client, report):
    assert client.get(reverse(PAGE, args=[report.pk])).status_code == 302
    assert client.get(reverse(API, args=[report.pk])).status_code == 401
    assert refused() == []


def test_many_tries_are_counted_and_not_told_one_by_one(client, report, officer):
    client.force_login(officer)
    for number in range(1, 36):
        assert client.get(reverse(PAGE, args=[10_000 + number])).status_code == 404
    entries = AuditEntry.objects.filter(verb="refuse_report").order_by("pk")
    counts = [entry.detail["attempts_this_hour"] for entry in entries]
    assert counts == [*range(1, 11), 20, 30]
    assert RefusedAttempts.objects.get().count == 35


def test_the_next_hour_is_told_anew_and_old_counts_go(client, report, officer):
    client.force_login(officer)
    client.get(reverse(PAGE, args=[1_000]))
    with time_machine.travel(NOW + dt.timedelta(days=2), tick=False):
        client.force_login(officer)
        client.get(reverse(PAGE, args=[1_000]))
    assert len(refused()) == 2
    assert RefusedAttempts.objects.count() == 1


@pytest.mark.parametrize(
    ("count", "told"),
    [(1, True), (10, True), (11, False), (20, True), (99, False), (100, True), (110, False)],
)
def test_which_tries_are_told(count, told):
    assert denials._is_told(count) is told
