"""Where rounds of probes stop, what they brought is greyed: pages and API."""

import datetime as dt

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import tokens
from docking import availability
from docking.models import ProbeDay
from jobs import queue, running, schedule
from obligations.today import date_of, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint(row, name, allow, monkeypatch):
    """One with a share to show, in an installation where no round was ever made."""
    an_hour_ago = timezone.now() - dt.timedelta(hours=1)
    monkeypatch.setattr(schedule._Installation, "at", an_hour_ago)
    allow()
    made = name(row)
    ProbeDay.objects.create(endpoint=made, day=today(), up_count=9, down_count=1)
    return made


def probed():
    """A round that asked nobody, for the newest period."""
    now = timezone.localtime()
    begun = now.replace(minute=now.minute // 5 * 5)
    job = queue.enqueue("noop", period=f"{begun:%Y-%m-%dT%H:%M}")
    running.perform(job.pk)
    type(job).objects.filter(pk=job.pk).update(kind="docking.probe")


@pytest.mark.parametrize(
    "address",
    [
        "/docking/",
        "/docking/obligations/{row}/",
        "/docking/obligations/{row}/panel/",
        "/docking/endpoints/{endpoint}/",
    ],
)
def test_availability_is_greyed_while_rounds_are_late(signed_in, officer, row, endpoint, address):
    address = address.format(row=row.pk, endpoint=endpoint.pk)
    page = signed_in(officer).get(address).content.decode()
    assert "未检查，自" in page
    assert '<span class="stale">90.0%</span>' in page
    probed()
    page = signed_in(officer).get(address).content.decode()
    assert "未检查" not in page
    assert "90.0%" in page


def test_the_indicator_is_greyed_and_no_other(signed_in, coordinator, endpoint):
    page = signed_in(coordinator).get("/indicators/").content.decode()
    since = date_of(availability.stopped_since())
    assert f"接口可用率：未检查，自 {since}" in page
    assert page.count('<td class="number stale">') == 2  # the department's and the total


def test_an_indicator_that_nothing_is_known_of_is_not_greyed(signed_in, coordinator, endpoint):
    ProbeDay.objects.all().delete()
    assert "未检查" not in signed_in(coordinator).get("/indicators/").content.decode()


def test_the_api_says_since_when(officer, coordinator, row, endpoint):
    def told(user, address):
        program = APIClient()
        program.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(user, by=None)}")
        return program.get(f"/api/v1{address}").json()

    def rate():
        found = told(coordinator, "/indicators/")["rates"]
        return next(one for one in found if one["code"] == "availability")

    docked = f"/docking/obligations/{row.pk}/"
    assert told(officer, docked)["availability"]["unchecked_since"] is not None
    assert told(officer, docked)["endpoints"][0]["availability"]["unchecked_since"] is not None
    assert rate()["unchecked_since"] == f"{date_of(availability.stopped_since())}"
    probed()
    assert told(officer, docked)["availability"]["unchecked_since"] is None
    assert rate()["unchecked_since"] is None
