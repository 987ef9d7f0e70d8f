"""What leaves the program, byte by byte, and where it may go."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import threading
import time
from urllib.parse import parse_qs

import pytest

from obligations.channels import posting, robots, sealing
from obligations.channels.mail import Mailer
from obligations.channels.message import Count, Message, TryLater, Undeliverable
from obligations.channels.posting import Answer
from tests.sinks import MailSink, PostSink

AT = dt.datetime(2026, 11, 25, 0, 30, tzinfo=dt.UTC)
MESSAGE = Message(
    name="a" * 32,
    username="officer",
    person="李填报",
    day=dt.date(2026, 11, 25),
    subject="【清单提醒】2026-11-25：逾期 3",
    text="李填报：…",
    counts=(Count("overdue", "逾期", 3, 0), Count("to_accept", "未签收", 2, 1)),
    url="https://qd.example.invalid/reminders/",
)


def test_a_plain_post_can_be_checked_by_its_receiver():
    post = robots.plain(MESSAGE, "a secret of sixteen", AT)

    timestamp = post.headers["X-Qingdan-Timestamp"]
    signed = f"{timestamp}.".encode() + post.body
    expected = hmac.new(b"a secret of sixteen", signed, hashlib.sha256).hexdigest()
    assert timestamp == "1795566600"
    assert post.headers["X-Qingdan-Signature"] == f"sha256={expected}"
    told = json.loads(post.body)
    assert told["delivery"] == MESSAGE.name
    assert told["lines"][1] == {"source": "to_accept", "label": "未签收", "count": 2, "late": 1}


def test_the_signature_changes_with_body_time_and_secret():
    one = robots.signature("secret", "1", b"body")
    assert robots.signature("secret", "1", b"bodY") != one
    assert robots.signature("secret", "2", b"body") != one
    assert robots.signature("Secret", "1", b"body") != one


def test_wecom_gets_markdown_in_its_own_format():
    post = robots.wecom(MESSAGE, "", AT)

    told = json.loads(post.body)
    assert told.keys() == {"msgtype", "markdown"}
    assert told["msgtype"] == "markdown"
    assert "> 逾期 3" in told["markdown"]["content"]
    assert post.query == ""


def test_wecom_never_gets_more_than_4096_bytes():
    many = tuple(Count(str(number), "很长的标题" * 20, 1, 0) for number in range(60))
    post = robots.wecom(Message(**{**vars(MESSAGE), "counts": many}), "", AT)

    assert len(json.loads(post.body)["markdown"]["content"].encode()) <= 4096


def test_dingtalk_gets_markdown_and_its_signature_in_the_query():
    post = robots.dingtalk(MESSAGE, "SEC123", AT)

    query = {name: values[0] for name, values in parse_qs(post.query).items()}
    timestamp = str(int(AT.timestamp() * 1000))
    digest = hmac.new(b"SEC123", f"{timestamp}\nSEC123".encode(), hashlib.sha256).digest()
    assert query == {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}
    told = json.loads(post.body)
    assert told["msgtype"] == "markdown"
    assert told["markdown"]["title"] == MESSAGE.subject
    assert "- 逾期 3" in told["markdown"]["text"]


def test_a_robot_without_a_secret_is_not_signed_for():
    assert robots.dingtalk(MESSAGE, "", AT).query == ""


def test_a_name_cannot_mention_people_or_break_out_of_its_line():
    named = Message(**{**vars(MESSAGE), "person": "张三\n<@all> [点我](http://x)"})
    content = json.loads(robots.wecom(named, "", AT).body)["markdown"]["content"]

    assert "<@" not in content
    assert "](http://x" not in content
    assert "> 张三 all 点我 http://x" in content.replace("  ", " ")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer(200, b'{"errcode":0,"errmsg":"ok"}'), None),
        (Answer(200, b'{"errcode":45009,"errmsg":"api freq out of limit"}'), TryLater),
        (Answer(200, b'{"errcode":130101,"errmsg":"send too fast"}'), TryLater),
        (Answer(200, b'{"errcode":93000,"errmsg":"invalid webhook url"}'), Undeliverable),
        (Answer(200, b'{"errcode":310000,"errmsg":"sign not match"}'), Undeliverable),
        (Answer(200, b"<html>"), TryLater),
        (Answer(200, b"[]"), TryLater),
        (Answer(502, b""), TryLater),
        (Answer(404, b""), Undeliverable),
        (Answer(302, b""), Undeliverable),
    ],
)
def test_what_a_robot_answers_is_understood(answer, problem):
    if problem is None:
        robots.read_robot(answer)
    else:
        with pytest.raises(problem):
            robots.read_robot(answer)


def test_keys_are_unreadable_at_rest_and_under_another_key(settings):
    sealed = sealing.seal({"query": "key=693a91f6", "secret": "SEC123"})
    assert "693a91f6" not in sealed
    assert sealing.unseal(sealed) == {"query": "key=693a91f6", "secret": "SEC123"}
    settings.SECRET_KEY = "another"
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed)


def post_to(sink, *, path="/hook", allowed=None, seconds=posting.DEADLINE_SECONDS):
    place = ("127.0.0.1", sink.port)
    return posting.post(
        f"{sink.address}{path}",
        b"{}",
        headers={"Content-Type": "application/json"},
        allowed={place} if allowed is None else allowed,
        seconds=seconds,
    )


def test_a_post_reaches_an_allowed_host():
    with PostSink(body=b"taken") as sink:
        answer = post_to(sink, path="/hook?key=1")

    assert answer == Answer(200, b"taken")
    assert sink.received[0][0] == "/hook?key=1"


def test_nothing_is_posted_to_a_host_that_is_not_allowed():
    with PostSink() as sink, pytest.raises(Undeliverable):
        post_to(sink, allowed={("127.0.0.1", sink.port + 1)})

    assert sink.received == []


def test_a_name_that_leads_to_this_machine_is_refused():
    with PostSink() as sink, pytest.raises(Undeliverable):
        posting.post(
            f"http://localhost:{sink.port}/",
            b"",
            headers={},
            allowed={("localhost", sink.port)},
        )

    assert sink.received == []


def test_a_redirect_is_not_followed():
    with PostSink() as other:
        place = [("Location", f"{other.address}/elsewhere")]
        with PostSink(status=307, headers=place) as sink:
            answer = post_to(sink)

    assert answer.status == 307
    assert other.received == []
    with pytest.raises(Undeliverable):
        robots.read_plain(answer)


def test_an_answer_that_never_ends_is_cut_off():
    with PostSink(body=b"x" * (posting.MOST_BYTES + 1)) as sink, pytest.raises(Undeliverable):
        post_to(sink)


def test_the_deadline_is_for_the_whole_and_not_for_each_byte():
    over = threading.Event()

    def drip(handler):
        try:
            while not over.wait(0.05):
                handler.wfile.write(b"H")
        except OSError:
            return

    begun = time.monotonic()
    try:
        with PostSink(act=drip) as sink, pytest.raises(TryLater) as problem:
            post_to(sink, seconds=0.5)
    finally:
        over.set()

    assert time.monotonic() - begun < 2
    assert problem.value.unsure, "it may have arrived"


def test_a_server_that_is_not_there_may_be_tried_later():
    with PostSink() as sink:
        place = ("127.0.0.1", sink.port)
    with pytest.raises(TryLater) as problem:
        posting.post(
            f"http://127.0.0.1:{place[1]}/hook?key=693a91f6", b"", headers={}, allowed={place}
        )

    assert "693a91f6" not in str(problem.value)
    assert not problem.value.unsure


@pytest.fixture
def by_smtp(settings):
    def through(sink):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.DEFAULT_FROM_EMAIL = "清单 <qingdan@example.invalid>"

    return through


def test_a_mail_carries_the_name_of_its_delivery(by_smtp):
    with MailSink() as sink:
        by_smtp(sink)
        with Mailer() as mailer:
            mailer.send(MESSAGE, to="li@example.invalid")
            mailer.send(MESSAGE, to="li@example.invalid")

    mail = sink.messages[0]
    assert mail["Message-ID"] == f"<{MESSAGE.name}@example.invalid>"
    assert mail["Subject"] == MESSAGE.subject
    assert mail.get_content().strip() == MESSAGE.text
    assert list(sink.counts().values()) == [2]


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"RCPT": "550 no such mailbox"}, Undeliverable),
        ({"RCPT": "450 try later"}, TryLater),
        ({"MAIL": "421 too busy"}, TryLater),
        ({"DATA": "554 no"}, Undeliverable),
    ],
)
def test_what_a_mail_server_refuses_is_for_now_or_for_good(by_smtp, answers, problem):
    with MailSink(answers=answers) as sink:
        by_smtp(sink)
        with Mailer() as mailer, pytest.raises(problem):
            mailer.send(MESSAGE, to="li@example.invalid")

    assert sink.received == []


def test_a_mailer_goes_on_after_a_refusal(by_smtp):
    with MailSink(answers={"RCPT": "550 no"}) as sink:
        by_smtp(sink)
        with Mailer() as mailer:
            with pytest.raises(Undeliverable):
                mailer.send(MESSAGE, to="li@example.invalid")
            sink.answers.clear()
            mailer.send(MESSAGE, to="li@example.invalid")

    assert len(sink.received) == 1


def test_a_mail_server_that_is_not_there_may_be_tried_later(by_smtp):
    with MailSink() as sink:
        by_smtp(sink)
    with Mailer() as mailer, pytest.raises(TryLater):
        mailer.send(MESSAGE, to="li@example.invalid")
