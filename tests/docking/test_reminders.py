"""The system administrator is told which hosts wait to be allowed, and nothing else."""

import datetime as dt

import pytest
from django.utils import translation

from obligations.models import Digest
from obligations.reminding import digests, wording
from tests.obligations.mornings import told

pytestmark = pytest.mark.django_db
WEDNESDAY, THURSDAY = dt.date(2025, 9, 10), dt.date(2025, 9, 11)


def told_on(user, day=WEDNESDAY):
    digests.write(digests.gather(day))
    return told(user, day)


def test_each_host_once_until_it_is_allowed(row, name, allow, sysadmin, coordinator, officer):
    first, _same = name(row), name(row, name="健康检查二")
    other = name(row, "http://api.example.gov.cn/health")
    before = told_on(sysadmin)
    allow()

    after = told_on(sysadmin, THURSDAY)

    assert before == {"hosts": [first.pk, other.pk]}
    assert after == {"hosts": [other.pk]}
    for user in (coordinator, officer):
        assert "hosts" not in (told(user, WEDNESDAY) or {})


def test_the_line_names_host_and_port_and_nothing_of_the_obligation(row, name, sysadmin, signed_in):
    name(row)
    told_on(sysadmin)
    digest = Digest.objects.get(user=sysadmin)

    page = signed_in(sysadmin).get("/reminders/").text
    with translation.override("zh-hans"):
        subject = wording.subject_of(digest)

    assert "10.1.2.3:8080" in page
    assert 'href="/docking/hosts/"' in page
    assert row.item.title not in page
    assert subject.endswith("待批准探测的主机 1")


def test_without_anything_that_waits_the_administrator_is_told_nothing(sysadmin, row):
    assert told_on(sysadmin) is None
