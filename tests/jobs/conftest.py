"""Jobs with handlers of the test's own."""

import sys
import types

import pytest

from jobs import queue
from jobs.models import Job, database_time


@pytest.fixture
def handle(settings):
    """handle(kind, function): jobs of that kind are done by this function."""
    module = types.ModuleType("handlers_of_this_test")
    sys.modules[module.__name__] = module

    def name(kind, function):
        setattr(module, kind, function)
        settings.JOB_HANDLERS = {
            **settings.JOB_HANDLERS,
            kind: f"{module.__name__}.{kind}",
        }

    yield name
    del sys.modules[module.__name__]


@pytest.fixture
def noop(db):
    return queue.enqueue("noop")


@pytest.fixture
def abandon():
    """The worker that held the job is gone, and its lease is over."""

    def let_go(job):
        Job.objects.filter(pk=job.pk).update(lease_until=database_time(plus_seconds=-1))

    return let_go
