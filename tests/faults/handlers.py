"""The negative control: leaves its row outside the transaction that ends the job."""

import time

from jobs.models import NoopMark


def careless(run):
    NoopMark.objects.create(job=run.job)
    time.sleep(float(run.args["seconds"]))
