"""Reminders when workers stop over a day, and when they are killed while sending."""

import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.queries import RUNNING
from tests.installation import wait_until
from tests.sinks import MailSink, PostSink
from tests.thorough import FULL

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.long]

PEOPLE = 64 if FULL else 24
CROWD = Path(__file__).with_name("crowd.py").read_text()
WAITING = "SELECT count(*) FROM obligations_delivery WHERE state IN ('queued', 'sending')"
SENT = "SELECT count(*) FROM obligations_delivery WHERE state = 'sent'"
DIGESTS = "SELECT day, count(*) FROM obligations_digest GROUP BY day ORDER BY day"
REMINDED = "SELECT count(*) FROM jobs_job WHERE kind = 'obligations.remind' AND state = 'done'"
UNSURE = "SELECT name, unsure_count FROM obligations_delivery"
ENQUEUE = "from jobs import queue; [queue.enqueue('obligations.send_reminders') for _ in range(2)]"
ANEW = (
    "from obligations.models import Delivery; "
    "Delivery.objects.update(state='queued', token='', lease_until=None)"
)
MAKE = (
    "import datetime as dt; from obligations.reminding import digests; "
    "digests.write(digests.gather(dt.date(2026, 11, 24)))"
)


@pytest.fixture
def mails():
    with MailSink(before_yes=lambda: time.sleep(0.03)) as sink:
        yield sink


@pytest.fixture
def posts():
    with PostSink() as sink:
        yield sink


@pytest.fixture
def office(install, mails):
    """office(people, NAME="value"): an installation of so many people, on a Tuesday at 08:00."""

    def make(people, **environment):
        place = install(
            DJANGO_SETTINGS_MODULE="tests.faults.reminder_settings",
            CLOCK="2026-11-24T08:00:00+08:00",
            MAIL_PORT=str(mails.port),
            PEOPLE=str(people),
            **environment,
        )
        place.manage("shell", "-v", "0", "-c", CROWD)
        return place

    return make


def work_at(place, clock, *, until, number=1):
    """A worker that begins at this time and is stopped once `until()` holds."""
    place.environment["CLOCK"] = f"{clock}:00+08:00"
    worker = place.start_worker(number)
    assert wait_until(until)
    worker.send_signal(signal.SIGTERM)
    worker.wait()


def by_day(place):
    return [(str(day), count) for day, count in place.rows(DIGESTS)]


def test_over_a_day_without_a_worker_each_reminder_comes_once_on_the_next_working_day(
    office, mails
):
    place = office(3)
    work_at(place, "2026-11-24T09:00", until=lambda: place.count(SENT) == 3)
    # Nobody works on Wednesday.
    work_at(place, "2026-11-26T09:00", until=lambda: place.count(SENT) == 6)
    assert by_day(place) == [("2026-11-24", 3), ("2026-11-26", 3)]
    # Nor on Friday, and Saturday is a rest day.
    work_at(place, "2026-11-28T09:00", until=lambda: place.count(REMINDED) == 5)
    assert place.count("SELECT count(*) FROM obligations_digest") == 6
    work_at(place, "2026-11-30T09:00", until=lambda: place.count(SENT) == 9)

    assert by_day(place) == [("2026-11-24", 3), ("2026-11-26", 3), ("2026-11-30", 3)]
    assert list(mails.counts().values()) == [1] * 9
    told = Counter((mail["To"], mail["Subject"][:17]) for mail in mails.messages)
    assert set(told.values()) == {1}
    missed = "SELECT day, missed_since FROM obligations_reminderday ORDER BY day"
    assert [str(since) for _day, since in place.rows(missed)] == [
        "None",
        "2026-11-25",
        "2026-11-27",
    ]


def kill_while_sending(place, *, kills, seed=7):
    """Kill -9 one of two workers at a random moment, start another, and so on."""
    chance = random.Random(seed)
    workers = [place.start_worker(number) for number in range(2)]
    for kill in range(kills):
        before = place.count(SENT)
        assert wait_until(
            lambda: place.count(SENT) > before or place.count(WAITING) == 0,  # noqa: B023
            seconds=40,
        )
        time.sleep(chance.uniform(0, 0.1))
        workers[kill % 2].kill()
        workers[kill % 2].wait()
        workers[kill % 2] = place.start_worker(kill % 2)


def test_killed_workers_lose_no_reminder_and_double_none_unseen(office, mails, posts):
    place = office(PEOPLE, POST_PORT=str(posts.port), DELIVERY_LEASE_SECONDS="2")
    place.manage("shell", "-v", "0", "-c", f"{MAKE}; {ENQUEUE}")
    kill_while_sending(place, kills=PEOPLE // 8)
    assert wait_until(lambda: place.count(WAITING) == 0)

    arrived = Counter({name.strip("<>").split("@")[0]: n for name, n in mails.counts().items()})
    arrived += Counter(headers["X-Qingdan-Delivery"] for _path, headers, _body in posts.received)
    unsure = dict(place.rows(UNSURE))
    assert place.count(SENT) == 2 * PEOPLE
    assert arrived.keys() == unsure.keys(), "each arrived"
    for name, count in arrived.items():
        assert count - 1 <= unsure[name], "more than once only where it is on record"


def send_by_two(place, handler):
    """Two workers, each with a job of its own, send what waits at the same time."""
    place.environment["SEND_HANDLER"] = handler
    place.manage("shell", "-v", "0", "-c", ENQUEUE)
    workers = [place.start_worker(number) for number in range(2)]
    assert wait_until(lambda: place.count(WAITING) == 0 and place.count(RUNNING) == 0)
    for worker in workers:
        worker.kill()
        worker.wait()


def test_two_workers_send_each_mail_once_because_they_claim_it(office, mails):
    place = office(40, JOB_LEASE_SECONDS="60")
    place.manage("shell", "-v", "0", "-c", MAKE)
    send_by_two(place, "obligations.reminder_handlers.send_reminders")
    assert list(mails.counts().values()) == [1] * 40

    # The negative control: the same two workers without the claim.
    place.manage("shell", "-v", "0", "-c", ANEW)
    send_by_two(place, "tests.faults.handlers.send_without_claim")
    assert max(mails.counts().values()) > 2
