"""Handlers of the fault tests."""

import time

from django.db.models.functions import Now

from jobs.models import NoopMark
from obligations.channels.mail import Mailer
from obligations.models import Delivery
from obligations.reminding import wording


def careless(run):
    """The negative control: leaves its row outside the transaction that ends the job."""
    NoopMark.objects.create(job=run.job)
    time.sleep(float(run.args["seconds"]))


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
    with Mailer() as mailer:
        for delivery in Delivery.objects.filter(state="queued", channel="mail").order_by("pk"):
            mailer.send(wording.message_of(delivery), to=delivery.address)
            Delivery.objects.filter(pk=delivery.pk).update(state="sent", sent_at=Now())
