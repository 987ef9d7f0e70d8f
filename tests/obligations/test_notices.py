"""下达通知, the acceptance clock, and whom a department names as the person in charge."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.errors import StaleVersion
from accounts.models import AuditEntry
from obligations import contacts, dispatch
from obligations.models import Notice, Obligation

D = dt.date


def test_what_is_issued_together_has_one_notice(owe, police, health, coordinator):
    owe(police), owe(health)
    dispatch.issue_many(Obligation.objects.all(), by=coordinator, on=D(2025, 8, 4), note="请抓紧")

    notice = Notice.objects.get()
    assert (str(notice.label), notice.note) == ("2025-001", "请抓紧")
    assert notice.obligations.count() == 2


def test_notices_are_numbered_by_year(owe, police, coordinator):
    for on in (D(2025, 8, 4), D(2025, 8, 5), D(2026, 1, 5)):
        dispatch.issue(owe(police), by=coordinator, on=on)

    labels = [one.label for one in Notice.objects.order_by("pk")]
    assert labels == ["2025-001", "2025-002", "2026-001"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(year=2025).update(number=1)


def test_nothing_to_issue_makes_no_notice(coordinator, db):
    assert dispatch.issue_many(Obligation.objects.none(), by=coordinator, on=D(2025, 8, 4)) == 0
    assert not Notice.objects.exists()


def test_a_notice_is_seen_by_those_who_owe_something_under_it(
    owe, police, coordinator, officer, officer2, leader
):
    dispatch.issue(owe(police), by=coordinator, on=D(2025, 8, 4))

    seen = [Notice.objects.visible_to(one).count() for one in (coordinator, leader, officer)]
    assert seen == [1, 1, 1]
    assert Notice.objects.visible_to(officer2).count() == 0


def test_three_working_days_to_accept(owe, police, officer, coordinator):
    row = owe(police)
    dispatch.issue(row, by=coordinator, on=D(2025, 9, 26))
    assert row.accept_by == D(2025, 9, 30)

    late = Obligation.objects.acceptance_overdue
    assert not late(on=D(2025, 9, 30)).exists()
    assert late(on=D(2025, 10, 1)).exists()
    dispatch.accept(row, by=officer, on=D(2025, 10, 9))
    assert not late(on=D(2025, 10, 9)).exists()
    assert (row.accept_by, row.accepted_at.date()) == (D(2025, 9, 30), D(2025, 10, 9))


def keep(department, by, *, version=0, name="张三"):
    return contacts.keep(
        department, by=by, on=D(2025, 8, 6), version=version, office="科信处", name=name
    )


def test_the_usual_contact_is_put_into_what_is_issued(owe, police, officer, coordinator):
    keep(police, officer)
    row = owe(police)
    dispatch.issue(row, by=coordinator, on=D(2025, 8, 4))

    assert (row.contact_office, row.contact_name) == ("科信处", "张三")


def test_open_obligations_follow_a_change_unless_they_name_others(in_progress, owe, officer):
    assert keep(in_progress.department, officer) == 1
    in_progress.refresh_from_db()
    assert in_progress.contact_name == "张三"
    version = in_progress.version
    assert keep(in_progress.department, officer, version=1, name="李四") == 1
    in_progress.refresh_from_db()
    assert (in_progress.contact_name, in_progress.version) == ("李四", version + 1)

    dispatch.plan(in_progress, by=officer, on=D(2025, 8, 7), contact=("办公室", "王五", ""))
    assert keep(in_progress.department, officer, version=2, name="赵六") == 0
    in_progress.refresh_from_db()
    assert in_progress.contact_name == "王五"
    assert AuditEntry.objects.filter(verb="keep_contact").count() == 5


def test_a_stale_contact_says_who_changed_it(police, officer, reviewer):
    keep(police, officer)
    with pytest.raises(StaleVersion, match="officer"):
        keep(police, reviewer, version=0, name="李四")


def test_only_the_department_names_its_contact(police, coordinator, officer2):
    with pytest.raises(PermissionDenied):
        keep(police, coordinator)
    with pytest.raises(Exception, match="本部门"):
        keep(police, officer2)
