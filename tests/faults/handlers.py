"""Handlers of the fault tests."""

import contextlib
import os
import signal
import threading
import time

from django.conf import settings
from django.db.models.functions import Now

from jobs import queue, running
from jobs.models import NoopMark
from obligations.channels.mail import Mailer
from obligations.models import Delivery
from obligations.reminding import wording
from tests.nursery import PATIENCE_SECONDS

if settings.NOBODY_APART:

    @contextlib.contextmanager
    def joined(*, apart):
        """The negative control: suspects are done beside everybody else."""
        yield

    running._company.joined = joined

if settings.SLOW_LOOK:
    looked = queue._twin_of

    def slowly(job):
        """The negative control: between the look for a twin and the insert others may look, too."""
        found = looked(job)
        time.sleep(0.02)
        return found

    queue._twin_of = slowly


def careless(run):
    """The negative control: leaves its row outside the transaction that ends the job."""
    NoopMark.objects.create(job=run.job)
    time.sleep(float(run.args["seconds"]))


def late(run):
    """The negative control: leaves its row after its work, whether the job is still its own."""
    time.sleep(float(run.args["seconds"]))
    NoopMark.objects.create(job=run.job)


def raising(run):
    """Poison: never succeeds."""
    raise ZeroDivisionError


def deadly(run):
    """Poison: ends its worker every time, as the kernel does with who takes too much memory."""
    time.sleep(float(run.args["seconds"]))
    os.kill(os.getpid(), signal.SIGKILL)


def stopping(run):
    """Stands still in the middle of the transaction that ends a job, if that took any time."""
    with run.finishing():
        NoopMark.objects.create(job=run.job)
        if run.args["seconds"]:
            # To this very thread: sent to the process, it could reach this one after the commit.
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


def talkative(run):
    """Works longer than its lease and says how far it is."""
    steps = int(float(run.args["seconds"]) * 10)
    for step in range(steps):
        run.progress(step, steps, f"第{step}步")
        time.sleep(0.1)
    with run.finishing():
        NoopMark.objects.create(job=run.job)


def send_without_claim(run):
    """The negative control of sending: looks what waits, sends it, and says so afterwards."""
    waiting = list(Delivery.objects.filter(state="queued", channel="mail").order_by("pk"))
    _meet(run, others=1)
    with Mailer() as mailer:
        for delivery in waiting:
            mailer.send(wording.message_of(delivery), to=delivery.address)
            Delivery.objects.filter(pk=delivery.pk).update(state="sent", sent_at=Now())


def _meet(run, *, others):
    """Nobody goes on before the others have come as far."""
    (settings.DATA_DIR / f"met-{run.job.pk}").touch()
    until = time.monotonic() + PATIENCE_SECONDS
    while len(list(settings.DATA_DIR.glob("met-*"))) <= others and time.monotonic() < until:
        time.sleep(0.05)
