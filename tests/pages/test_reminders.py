"""The bell, the page of reminders, everybody's own settings, and the pages about robots."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from obligations.models import Delivery, Digest, ReminderChoice, WebhookHost, WebhookTarget
from obligations.reminding import choices, robots
from obligations.reminding.digests import Content, gather, write
from obligations.reminding.robots import Keys
from obligations.today import today
from tests.sinks import PostSink

pytestmark = pytest.mark.django_db
SECRET = "a-secret-nobody-reads"


@pytest.fixture
def reminded(issued, officer, coordinator):
    """The digests of today, whatever day that is."""
    content = gather(today())
    line = {"source": "to_accept", "count": 1, "late": 0, "ids": [issued.pk], "rows": []}
    content.lines = {officer.pk: [line]}
    write(content)
    return Digest.objects.get(user=officer)


@pytest.fixture
def robot(sysadmin):
    robots.allow_host("qyapi.weixin.qq.com", 443, by=sysadmin)
    address = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6"
    return robots.add("省厅群", kind="wecom", keys=Keys(address, SECRET), by=sysadmin)


def test_the_bell_counts_what_is_unread_until_it_is_read(signed_in, officer, reminded):
    client = signed_in(officer)
    assert '<span class="nav-count">1</span>' in client.get("/").text

    page = client.get(reverse("obligations:reminders"))
    assert [digest.pk for digest in page.context["digests"]] == [reminded.pk]
    client.post(reverse("obligations:reminder-read", args=[reminded.pk]))

    assert '<span class="nav-count">1</span>' not in client.get("/").text


def test_all_can_be_read_at_once(signed_in, officer, reminded):
    signed_in(officer).post(reverse("obligations:reminders-read"))

    assert not Digest.objects.unread().exists()


def test_a_line_leads_to_exactly_its_rows(signed_in, officer, reminded, in_progress, owe, police):
    other = owe(police)
    client = signed_in(officer)
    page = client.get(reverse("obligations:reminders"))
    address = f"/obligations/?reminded={reminded.pk}.to_accept"
    assert address in page.text

    shown = client.get(address).context["listing"].page.rows
    assert [row.pk for row in shown] == [in_progress.pk]
    assert other.pk not in [row.pk for row in shown]


@pytest.mark.parametrize("word", ["", "x", "999.to_accept", "{pk}.overdue", "{pk}", "²."])
def test_what_names_no_line_of_ones_own_shows_nothing(signed_in, officer, reminded, word):
    address = f"/obligations/?reminded={word.format(pk=reminded.pk)}"
    shown = signed_in(officer).get(address).context["listing"].page.rows
    assert len(shown) == (1 if word == "" else 0)


def test_the_reminders_of_others_do_not_exist(signed_in, reviewer, coordinator, reminded):
    for user in (reviewer, coordinator):
        client = signed_in(user)
        assert (
            client.post(reverse("obligations:reminder-read", args=[reminded.pk])).status_code == 404
        )
        assert client.get(reverse("obligations:reminders")).context["digests"] == []
        rows = client.get(f"/obligations/?reminded={reminded.pk}.to_accept").context["listing"]
        assert rows.page.rows == []


def test_a_failure_is_shown_to_the_person_and_to_the_system_administrator(
    signed_in, officer, sysadmin, reminded
):
    Delivery.objects.create(
        digest=reminded,
        channel="mail",
        address="li@example.invalid",
        name="1" * 32,
        state="failed",
        error="邮件服务器拒收（代码 550）。",
    )

    own = signed_in(officer).get(reverse("obligations:reminders")).text
    assert "未送达" in own
    assert "代码 550" in own
    all_of_them = signed_in(sysadmin).get(reverse("obligations:robots")).text
    assert "li@example.invalid" in all_of_them
    assert "代码 550" in all_of_them


def test_everybody_chooses_for_themselves(signed_in, officer):
    address = reverse("obligations:reminder-settings")
    client = signed_in(officer)
    form = {"by_mail": "on", "mail_address": "li@example.invalid", "version": 1}
    assert client.post(address, form).status_code == 302

    choice = ReminderChoice.objects.get(user=officer)
    assert (choice.by_mail, choice.mail_address) == (True, "li@example.invalid")
    assert AuditEntry.objects.filter(verb="choose_reminders").count() == 1
    assert client.post(address, form).status_code == 409, "changed in another window"
    assert client.post(address, {"by_mail": "on"}).status_code == 428


@pytest.mark.parametrize("written", ["", "li", "li@", "li@例.invalid\nBcc: x@y.z"])
def test_a_mailbox_must_be_one(signed_in, officer, written):
    form = {"by_mail": "on", "mail_address": written, "version": 1}
    answer = signed_in(officer).post(reverse("obligations:reminder-settings"), form)

    assert answer.status_code in (409, 422)
    assert not ReminderChoice.objects.filter(by_mail=True).exists()


def test_a_robot_is_added_opened_and_chosen(signed_in, sysadmin, coordinator, officer, police):
    admin = signed_in(sysadmin)
    place = {"host": "Oapi.DingTalk.com", "port": 443}
    assert admin.post(reverse("obligations:robot-hosts"), place).status_code == 302
    url = "https://oapi.dingtalk.com/robot/send?access_token=0123abcd"
    form = {"name": "钉钉群", "kind": "dingtalk", "url": url, "secret": SECRET}
    assert admin.post(reverse("obligations:robot-add"), form).status_code == 302
    target = WebhookTarget.objects.get()

    opened = {"departments": [police.pk], "version": 1}
    address = reverse("obligations:robot-open", args=[target.pk])
    assert signed_in(coordinator).post(address, opened).status_code == 302
    chosen = {"targets": [target.pk], "mail_address": "", "version": 1}
    own = reverse("obligations:reminder-settings")
    assert signed_in(officer).post(own, chosen).status_code == 302

    assert list(ReminderChoice.objects.get(user=officer).targets.all()) == [target]


def test_keys_are_never_shown_again_nor_audited(signed_in, sysadmin, coordinator, robot):
    for user, name in ((sysadmin, "robots"), (coordinator, "robots-offered")):
        text = signed_in(user).get(reverse(f"obligations:{name}")).text
        assert "省厅群" in text
        assert "693a91f6" not in text
        assert SECRET not in text
    trail = str(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert "693a91f6" not in trail
    assert SECRET not in trail


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://other.example.invalid/hook", "plain"),
        ("https://qyapi.weixin.qq.com:8443/hook", "plain"),
        ("ftp://qyapi.weixin.qq.com/hook", "plain"),
        ("https://me@qyapi.weixin.qq.com/hook", "plain"),
        ("https://qyapi.weixin.qq.com/ hook", "plain"),
        ("https://qyapi.weixin.qq.com/hook#x", "plain"),
    ],
)
def test_a_robot_lives_at_an_allowed_host(signed_in, sysadmin, robot, url, kind):
    form = {"name": "另一个", "kind": kind, "url": url, "secret": SECRET}
    answer = signed_in(sysadmin).post(reverse("obligations:robot-add"), form)

    assert answer.status_code == 422
    assert WebhookTarget.objects.count() == 1


def test_a_robot_is_switched_off_and_given_new_keys(signed_in, sysadmin, robot):
    client, address = signed_in(sysadmin), reverse("obligations:robot-change", args=[robot.pk])
    sealed = robot.sealed

    assert client.post(address, {"in_use": "no", "version": 1}).status_code == 302
    robot.refresh_from_db()
    assert (robot.in_use, robot.sealed) == (False, sealed)
    assert client.post(address, {"in_use": "yes", "version": 1}).status_code == 409
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=new"
    new = {"in_use": "yes", "version": 2, "url": url}
    assert client.post(address, new).status_code == 302
    robot.refresh_from_db()
    assert robot.in_use
    assert robot.sealed != sealed


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"errcode":0,"errmsg":"ok"}', "已接收测试消息"),
        (b'{"errcode":93000,"errmsg":"invalid key=693a91f6"}', "测试消息未送达"),
    ],
)
def test_a_test_message_is_posted_and_its_answer_is_shown(signed_in, sysadmin, body, said):
    with PostSink(body=body) as sink:
        robots.allow_host("127.0.0.1", sink.port, by=sysadmin)
        keys = Keys(f"{sink.address}/hook?key=693a91f6")
        robot = robots.add("省厅群", kind="wecom", keys=keys, by=sysadmin)
        address = reverse("obligations:robot-test", args=[robot.pk])
        page = signed_in(sysadmin).post(address, {"version": 1}, follow=True)

    assert said in page.text
    assert "693a91f6" not in page.text
    assert len(sink.received) == 1
    assert "测试消息" in sink.received[0][2].decode()
    entry = AuditEntry.objects.get(verb="test_robot")
    assert (entry.user_id, bool(entry.detail["failure"])) == (sysadmin.pk, said == "测试消息未送达")
    assert not Delivery.objects.exists()


def test_a_test_message_needs_the_version_and_the_robots_pause(signed_in, sysadmin):
    with PostSink(body=b'{"errcode":0}') as sink:
        robots.allow_host("127.0.0.1", sink.port, by=sysadmin)
        keys = Keys(f"{sink.address}/hook?key=693a91f6")
        robot = robots.add("省厅群", kind="wecom", keys=keys, by=sysadmin)
        client, address = signed_in(sysadmin), reverse("obligations:robot-test", args=[robot.pk])
        answers = [client.post(address, said) for said in ({}, {"version": 7}, {"version": 1})]
        again = client.post(address, {"version": 1})

    assert [one.status_code for one in (*answers, again)] == [428, 409, 302, 409]
    assert len(sink.received) == 1


def test_a_robot_that_was_not_opened_cannot_be_chosen(signed_in, officer, robot):
    form = {"targets": [robot.pk], "mail_address": "", "version": 1}
    answer = signed_in(officer).post(reverse("obligations:reminder-settings"), form)

    assert answer.status_code == 422
    assert not ReminderChoice.objects.filter(targets=robot).exists()


def test_a_robot_that_is_closed_again_gets_nothing(officer, coordinator, police, robot):
    choices.open_target(robot, departments=[police], by=coordinator, version=1)
    choices.choose(officer, by_mail=False, mail_address="", targets=[robot], version=1)
    choices.open_target(robot, departments=[], by=coordinator, version=2)
    line = {"source": "overdue", "count": 1, "late": 0, "ids": [1], "rows": []}
    write(Content(dt.date(2025, 9, 2), None, is_working_day=True, lines={officer.pk: [line]}))

    assert not Delivery.objects.exists()


def test_a_host_is_taken_off_the_list(signed_in, sysadmin, robot):
    host = WebhookHost.objects.get()
    signed_in(sysadmin).post(reverse("obligations:robot-host-drop", args=[host.pk]))

    assert not WebhookHost.objects.exists()
