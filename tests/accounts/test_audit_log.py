"""The auditor reads who did what to which object, and when; never a value."""

import csv
import datetime as dt
import io

import pytest

from accounts import audit
from accounts.models import AuditEntry

URL = "/administration/audit/"


@pytest.fixture
def entries(officer, reviewer):
    """Two acts on either side of midnight in Shanghai, and one with a nasty name."""
    detail = {"phone": ["13800000000", "13900000000"]}
    audit.record(officer, verb="change_account", by=reviewer, detail=detail)
    audit.record(officer, verb="sign_in", by=officer)
    late, early = AuditEntry.objects.order_by("pk")
    AuditEntry.objects.filter(pk=late.pk).update(at=dt.datetime(2026, 1, 5, 15, 59, tzinfo=dt.UTC))
    AuditEntry.objects.filter(pk=early.pk).update(at=dt.datetime(2026, 1, 5, 16, 1, tzinfo=dt.UTC))
    return late, early


def verbs(page):
    return [line.entry.verb for line in page.context["rows"]]


def test_values_are_masked_on_the_page_and_in_the_file(client, entries, auditor):
    client.force_login(auditor)
    page = client.get(URL, {"who": "reviewer"}).content.decode()
    file = b"".join(client.get(URL + "export.csv", {"who": "reviewer"})).decode()
    for text in (page, file):
        assert "phone" in text
        assert "修改账号" in text
        assert "13800000000" not in text


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"who": "officer", "verb": "sign_in"}, ["sign_in"]),
        ({"who": "nobody"}, []),
        (
            {"object_type": "accounts.user", "first": "2026-01-06", "last": "2026-01-06"},
            ["sign_in"],
        ),
        ({"last": "2026-01-05"}, ["change_account"]),
        ({"first": "2027-01-01"}, []),
    ],
)
def test_the_log_is_filtered_by_person_act_object_and_day(client, entries, auditor, wanted, found):
    client.force_login(auditor)
    AuditEntry.objects.filter(username="auditor").delete()
    assert verbs(client.get(URL, wanted)) == found


def test_an_unreadable_day_is_told_and_finds_nothing(client, auditor):
    client.force_login(auditor)
    page = client.get(URL, {"first": "yesterday"})
    assert page.context["form"].errors["first"]
    assert verbs(page) == []


@pytest.mark.parametrize("wanted", [{"first": "0001-01-01"}, {"last": "9999-12-31"}])
@pytest.mark.parametrize("address", [URL, URL + "export.csv"])
def test_the_ends_of_time_are_told_and_find_nothing(client, auditor, wanted, address):
    client.force_login(auditor)
    page = client.get(address, wanted)
    assert "2000 年至 2099 年" in page.content.decode()
    assert verbs(page) == []


def test_pages_turn_by_key_newest_first(client, officer, auditor):
    audit.record_many(audit.entry(officer, verb=f"v{n}", by=officer) for n in range(120))
    client.force_login(auditor)
    seen, after = [], ""
    while True:
        page = client.get(URL, {"who": "officer", "after": after})
        seen += verbs(page)
        after = page.context["next"]
        if not after:
            break
    assert seen == [f"v{n}" for n in reversed(range(120))]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1"])
def test_text_in_the_file_never_becomes_a_formula(client, officer, auditor, name):
    entry = audit.record(officer, verb="sign_in", by=officer)
    AuditEntry.objects.filter(pk=entry.pk).update(username=name)
    client.force_login(auditor)
    file = b"".join(client.get(URL + "export.csv", {"verb": "sign_in"})).decode("utf-8-sig")
    cells = [row[2] for row in csv.reader(io.StringIO(file))]
    assert f"'{name}" in cells


def test_taking_the_file_is_itself_in_the_log(client, entries, auditor):
    client.force_login(auditor)
    b"".join(client.get(URL + "export.csv", {"who": "officer"}))
    entry = AuditEntry.objects.get(verb="export_audit")
    assert (entry.username, entry.detail) == ("auditor", {"who": "officer"})
