"""Handlers of the fault tests."""

import time

from jobs.models import NoopMark


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
