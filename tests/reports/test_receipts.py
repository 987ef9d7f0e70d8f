"""送达, 已阅, 已下载: a published report reaches whom its plan names, once; what became of it."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.errors import RuleViolation
from accounts.models import AuditEntry, Role
from jobs import running
from obligations.models import Delivery, Digest, ReminderChoice
from obligations.reminding import wording
from reports import planned, plans, receipts, snapshots
from reports.models import PlannedReport, Report, ReportReceipt
from reports.rhythm import Rule
from reports.scopes import Scope
from tests.obligations.mornings import at, remind, told

pytestmark = [pytest.mark.django_db, pytest.mark.settled("row")]

D = dt.date
START, DUE, NEXT = D(2025, 9, 1), D(2025, 9, 3), D(2025, 9, 4)


@pytest.fixture
def second_leader(make_user, bureau):
    return make_user("second_leader", Role.LEADER, department=bureau)


@pytest.fixture
def row(owe, police, coordinator, leader, second_leader):
    """The report of August, made and not published."""
    owe(police, status="issued")
    plans.make(
        Scope(),
        rule=Rule("month", 3),
        recipients=[leader, second_leader],
        active_from=START,
        by=coordinator,
        on=START,
    )
    with at(DUE):
        [row] = planned.settle(on=DUE)
        assert running.perform(row.job_id)
    row.refresh_from_db()
    return row


@pytest.fixture
def deliver(row, bring, coordinator):
    """deliver(): who gets it now. The first time it is published, and sent by that."""

    def send(on=DUE):
        with at(on):
            if row.snapshot.state == "published":
                return planned.deliver(row.snapshot, by=coordinator, on=on)
            bring(row.snapshot, "published", on=on)
            return list(ReportReceipt.objects.sent().order_by("pk"))

    return send


@pytest.fixture
def published(row, deliver):
    """Published, and sent by that."""
    deliver()
    return row.snapshot


def known():
    rows = ReportReceipt.objects.order_by("pk").select_related("user")
    return [(row.user.username, row.withheld) for row in rows]


def test_a_report_that_is_not_published_reaches_nobody(row, coordinator):
    with pytest.raises(RuleViolation, match="已发布"):
        planned.deliver(row.snapshot, by=coordinator, on=DUE)
    assert known() == []


def test_everybody_named_gets_it_once(deliver, leader, second_leader):
    assert [receipt.user for receipt in deliver()] == [leader, second_leader]
    assert deliver(NEXT) == []

    assert known() == [("leader", ""), ("second_leader", "")]
    receipt = ReportReceipt.objects.first()
    assert (receipt.name, receipt.department_name) == ("leader", "省数据管理局")
    assert PlannedReport.objects.get().delivered_at == receipt.sent_at
    entry = AuditEntry.objects.filter(verb="deliver_report").first()
    assert entry.detail["sent"] == ["leader", "second_leader"]
    receipt.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        receipt.save()


def test_who_left_or_changed_their_role_gets_nothing_and_is_listed(
    deliver, leader, second_leader, police
):
    leader.is_active = False
    leader.save()
    second_leader.role, second_leader.department = Role.OFFICER, police
    second_leader.save()

    assert deliver() == []

    assert known() == [("leader", "left"), ("second_leader", "may_not_read")]
    remind(NEXT)
    assert "reports_received" not in told(second_leader, NEXT)
    receipts.opened(ReportReceipt.objects.first().snapshot, second_leader)
    assert not ReportReceipt.objects.exclude(opened_at=None).exists()


def test_who_may_read_it_again_or_is_named_later_gets_it_then(deliver, row, leader, coordinator):
    leader.is_active = False
    leader.save()
    deliver()
    leader.is_active = True
    leader.save()
    row.plan.recipients.add(coordinator)

    assert {receipt.user for receipt in deliver(NEXT)} == {leader, coordinator}
    assert ReportReceipt.objects.filter(withheld="").count() == 3


def test_a_report_that_no_plan_wanted_is_sent_to_nobody(row, coordinator):
    by_hand = snapshots.take(as_of=DUE, today=DUE, by=coordinator)

    assert planned.deliver(by_hand, by=coordinator, on=DUE) == []


def test_only_a_coordinator_of_the_scope_sends_it(published, leader, make_user, bureau, city):
    far = make_user("far", Role.COORDINATOR, department=bureau, region=city)
    for by in (leader, far):
        with pytest.raises(PermissionDenied):
            planned.deliver(published, by=by, on=DUE)


def test_the_first_look_and_the_first_download_count(published, leader, coordinator):
    with at(NEXT):
        receipts.opened(published, leader)
        receipts.opened(published, coordinator)
    seen = ReportReceipt.objects.get(user=leader).opened_at
    receipts.opened(published, leader)
    receipts.downloaded(published, leader)

    own = ReportReceipt.objects.get(user=leader)
    assert seen is not None
    assert own.opened_at == seen
    taken = own.downloaded_at
    assert taken is not None
    receipts.downloaded(published, leader)
    own.refresh_from_db()
    assert (own.opened_at, own.downloaded_at) == (seen, taken)
    assert ReportReceipt.objects.exclude(opened_at=None).count() == 1


def test_taking_the_workbook_away_is_a_receipt(published, leader, client):
    client.force_login(leader)
    answer = client.get(reverse("reports:download", args=[Report.objects.get().pk]))
    b"".join(answer.streaming_content)

    own = ReportReceipt.objects.get(user=leader)
    assert own.downloaded_at is not None
    assert own.opened_at is not None


def test_coordinators_are_told_that_it_waits_until_it_is_published(
    row, deliver, coordinator, officer, make_user, bureau, city
):
    far = make_user("far", Role.COORDINATOR, department=bureau, region=city)
    remind(DUE)
    deliver()
    remind(NEXT)

    assert told(coordinator, DUE)["reports_to_publish"] == [row.pk]
    assert "reports_to_publish" not in (told(far, DUE) or {})
    assert "reports_to_publish" not in (told(officer, DUE) or {})
    assert "reports_to_publish" not in (told(coordinator, NEXT) or {})


def test_a_recipient_is_told_every_working_day_until_they_open_it(
    published, leader, second_leader, settings
):
    settings.MAIL_TITLES = True
    ReminderChoice.objects.create(user=leader, by_mail=True, mail_address="boss@example.invalid")
    own = ReportReceipt.objects.get(user=leader)

    remind(NEXT)
    digest = Digest.objects.get(user=leader, day=NEXT)
    receipts.opened(published, leader)
    remind(D(2025, 9, 5))

    line = digest.line("reports_received")
    assert line["ids"] == [own.pk]
    assert wording.address_of(digest, line) == "/reports/received/"
    text = wording.message_of(Delivery.objects.get(digest=digest)).text
    assert "发送给您、尚未阅看的报告 1" in text
    assert "全省 月调度 2025-08" in text
    assert told(leader, D(2025, 9, 5)) is None
    assert "reports_received" in told(second_leader, D(2025, 9, 5))


def test_who_may_no_longer_read_it_is_not_told_to(published, leader, second_leader, police, region):
    """Such a reminder would stand there every day, and lead to a page that shows nothing."""
    second_leader.role, second_leader.department = Role.OFFICER, police
    second_leader.save()
    remind(NEXT)
    assert "reports_received" not in told(second_leader, NEXT)
    assert "reports_received" in told(leader, NEXT)

    leader.region = region
    leader.save()
    remind(D(2025, 9, 5))
    assert told(leader, D(2025, 9, 5)) is None


def test_a_receipt_cannot_say_what_did_not_happen(published, leader):
    own = ReportReceipt.objects.filter(user=leader)
    for wrong in (
        {"sent_at": None},
        {"withheld": "left"},
        {"downloaded_at": dt.datetime(2025, 9, 4, tzinfo=dt.UTC)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            own.update(**wrong)
