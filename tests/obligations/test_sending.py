"""How what waits is sent: once, again when it may help, and never by two at a time."""

import datetime as dt
import json

import pytest
from django.core import mail

from accounts.errors import RuleViolation
from jobs import running
from jobs.models import Job, database_time
from obligations.models import Delivery, Digest, ReminderDay, WebhookHost
from obligations.reminder_handlers import SEND
from obligations.reminding import choices, digests, robots, sending
from obligations.reminding.digests import Content
from obligations.reminding.robots import Keys
from tests.sinks import MailSink, PostSink

pytestmark = pytest.mark.django_db

DAY = dt.date(2025, 9, 2)
LINE = {"source": "overdue", "count": 3, "late": 0, "ids": [1, 2, 3], "rows": []}


def write(*users, day=DAY, lines=(LINE,)):
    """The digests of a day, as the job would write them."""
    content = Content(day, None, is_working_day=True, lines={user.pk: [*lines] for user in users})
    return digests.write(content)


@pytest.fixture
def by_mail(officer):
    choices.choose(officer, by_mail=True, mail_address="li@example.invalid", targets=(), version=1)
    write(officer)
    return Delivery.objects.get()


@pytest.fixture
def add_robot(sysadmin, coordinator, police, officer):
    """add_robot(sink, kind): a robot at the sink that the officer uses."""

    def add(sink, kind="plain", name="机器人", key="key=693a91f6"):
        if not WebhookHost.objects.filter(port=sink.port).exists():
            robots.allow_host("127.0.0.1", sink.port, by=sysadmin)
        keys = Keys(f"{sink.address}/hook?{key}", "SEC-a-secret-of-the-robot")
        target = robots.add(name, kind=kind, keys=keys, by=sysadmin)
        choices.open_target(target, departments=[police], by=coordinator, version=1)
        chosen = choices.of(officer)
        choices.choose(
            officer,
            by_mail=False,
            mail_address="",
            targets=[target],
            version=chosen.version,
        )
        return target

    return add


def again(delivery):
    """Its pause is over."""
    Delivery.objects.filter(pk=delivery.pk).update(lease_until=database_time(plus_seconds=-1))


def test_a_mail_says_how_many_and_not_what(by_mail, officer):
    assert sending.send_due().sent == 1

    sent = mail.outbox[0]
    assert sent.to == ["li@example.invalid"]
    assert sent.subject == "【清单提醒】2025-09-02：逾期 3"
    assert "逾期 3" in sent.body
    by_mail.refresh_from_db()
    assert (by_mail.state, by_mail.attempts, by_mail.unsure_count) == ("sent", 1, 0)
    assert by_mail.sent_at is not None


def test_titles_are_in_the_mail_where_the_installation_says_so(officer, settings):
    settings.MAIL_TITLES, settings.PUBLIC_URL = True, "https://qd.example.invalid/"
    row = {"id": 1, "title": "常住人口信息", "department": "省公安厅", "due_on": "2025-09-01"}
    choices.choose(officer, by_mail=True, mail_address="li@example.invalid", targets=(), version=1)
    write(officer, lines=[{**LINE, "rows": [row]}])
    sending.send_due()

    digest = Digest.objects.get()
    assert "常住人口信息" in mail.outbox[0].body
    link = f"https://qd.example.invalid/obligations/?reminded={digest.pk}.overdue"
    assert link in mail.outbox[0].body


def test_what_is_sent_is_not_sent_again(by_mail):
    sending.send_due()
    sending.send_due()

    assert len(mail.outbox) == 1


def test_a_robot_gets_counts_and_neither_titles_nor_our_keys(add_robot, officer):
    with PostSink(body=b'{"errcode":0,"errmsg":"ok"}') as sink:
        add_robot(sink, "dingtalk")
        write(officer)
        assert sending.send_due().sent == 1

    path, _headers, body = sink.received[0]
    assert path.startswith("/hook?key=693a91f6&timestamp=")
    assert "逾期 3" in json.loads(body)["markdown"]["text"]
    assert b"SEC-" not in body


def test_a_refusal_for_good_fails_at_once_and_says_why(add_robot, officer):
    with PostSink(body=b'{"errcode":93000,"errmsg":"invalid key=693a91f6"}') as sink:
        add_robot(sink, "wecom")
        write(officer)
        assert sending.send_due().failed == 1

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("failed", 1)
    assert "93000" in delivery.error
    assert "693a91f6" not in delivery.error


def test_a_robot_that_is_switched_off_gets_nothing(add_robot, officer, sysadmin):
    with PostSink() as sink:
        target = add_robot(sink)
        write(officer)
        robots.change(target, in_use=False, keys=None, by=sysadmin, version=2)
        sending.send_due()

    assert sink.received == []
    assert Delivery.objects.get().state == "failed"


def test_a_host_that_is_taken_off_the_list_gets_nothing(add_robot, officer, sysadmin):
    with PostSink() as sink:
        add_robot(sink)
        write(officer)
        robots.forbid_host(WebhookHost.objects.get(), by=sysadmin)
        sending.send_due()

    assert sink.received == []
    assert Delivery.objects.get().state == "failed"


def test_robots_are_posted_to_slowly(add_robot, officer, make_user, police, coordinator):
    second = make_user("second", "officer", department=police)
    with PostSink(body=b'{"errcode":0}') as sink:
        target = add_robot(sink, "wecom")
        choices.choose(second, by_mail=False, mail_address="", targets=[target], version=1)
        write(officer, second)
        for held in sending.claims():
            sending._attempt(held, None, sending.Sent())
            if len(sink.received) == 1 and held.state == "sending":
                break

    assert len(sink.received) == 1
    assert sorted(Delivery.objects.values_list("state", flat=True)) in (
        ["queued", "sent"],
        ["sending", "sent"],
    )


def test_a_failure_for_now_is_tried_again_with_growing_pauses_and_then_given_up(by_mail, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with MailSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    waits = []
    for _try in sending.PAUSES:
        told = sending.send_due()
        by_mail.refresh_from_db()
        assert (told.sent, told.failed, told.later, by_mail.state) == (0, 0, 1, "queued")
        assert sending.send_due().later == 0, "not before its time"
        waits.append(told.again_in)
        again(by_mail)
    assert sending.send_due().failed == 1

    by_mail.refresh_from_db()
    assert (by_mail.state, by_mail.attempts) == ("failed", len(sending.PAUSES) + 1)
    assert by_mail.error
    assert [round(wait) for wait in waits] == list(sending.PAUSES)


def test_what_has_to_wait_gets_one_job_of_its_own(by_mail, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    first = Job.objects.create(kind=SEND)
    running.perform(first.pk)

    follower = Job.objects.get(kind=SEND, state="queued")
    assert not Job.objects.due().filter(pk=follower.pk).exists(), "not before its time"
    Job.objects.filter(pk=follower.pk).update(lease_until=None)
    again(by_mail)
    running.perform(follower.pk)
    assert Job.objects.filter(kind=SEND, state="queued").count() == 1


def test_nothing_waiting_makes_no_further_job(by_mail):
    first = Job.objects.create(kind=SEND)
    running.perform(first.pk)

    assert Job.objects.filter(kind=SEND).count() == 1
    first.refresh_from_db()
    assert first.state == "done"


def test_a_delivery_in_hand_is_nobody_elses(by_mail):
    assert sending.claim(by_mail.pk) is not None
    assert sending.claim(by_mail.pk) is None
    assert sending.send_due().sent == 0


def test_a_holder_that_vanished_leaves_a_trace(by_mail):
    sending.claim(by_mail.pk)
    again(by_mail)

    assert sending.send_due().sent == 1
    by_mail.refresh_from_db()
    assert (by_mail.attempts, by_mail.unsure_count) == (2, 1)


def test_a_holder_that_lost_its_hold_records_nothing(by_mail):
    slow = sending.claim(by_mail.pk)
    again(by_mail)
    quick = sending.claim(by_mail.pk)

    assert sending._end(quick, state="sent", sent_at=database_time()) == 1
    assert sending._end(slow, state="failed") == 0
    by_mail.refresh_from_db()
    assert by_mail.state == "sent"


def test_what_failed_may_be_sent_again_until_a_newer_one_stands_for_it(by_mail, sysadmin):
    Delivery.objects.update(state="failed")
    robots.retry(by_mail, by=sysadmin)
    assert sending.send_due().sent == 1

    Delivery.objects.update(state="failed")
    ReminderDay.objects.create(day=DAY + dt.timedelta(days=1))
    with pytest.raises(RuleViolation):
        robots.retry(by_mail, by=sysadmin)


def test_what_was_in_hand_when_a_newer_one_was_made_is_not_sent_any_more(by_mail):
    sending.claim(by_mail.pk)
    ReminderDay.objects.create(day=DAY + dt.timedelta(days=1))
    again(by_mail)
    sending.send_due()

    by_mail.refresh_from_db()
    assert by_mail.state == "overtaken"
    assert mail.outbox == []


def test_nobody_is_written_to_whose_account_was_closed(by_mail, officer):
    officer.is_active = False
    officer.save()

    assert sending.send_due().failed == 1
    assert mail.outbox == []
