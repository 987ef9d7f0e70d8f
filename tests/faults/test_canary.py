"""The watch over a real broker and a real worker: it sees them, and it sees them gone."""

import json

import pytest

from tests.installation import wait_until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.services,
    pytest.mark.long,
]
PASSED = "SELECT count(*) FROM jobs_job WHERE kind = 'jobs.canary' AND state = 'done'"
# Installed an hour ago, so that canaries are due; what /readyz, /metrics and the page then say.
ASK = """
import datetime, json
from django.test import Client
from django.utils import timezone
from jobs import operations, schedule
schedule._Installation.at = timezone.now() - datetime.timedelta(hours=1)
found, ready = operations.picture(), Client(SERVER_NAME="127.0.0.1").get("/readyz")
said = {
    "ready": ready.status_code,
    "why": ready.content.decode().split(),
    "late": [one.name for one in found.schedule if one.is_late],
    "seconds": found.canary and found.canary.seconds,
}
print(json.dumps(said))
"""
LOOK_AWAY = """
from jobs.models import Job, WorkerSeen, database_time
WorkerSeen.objects.update(seen_at=database_time(plus_seconds=-61))
"""


def ask(place):
    return json.loads(place.manage("shell", "--no-imports", "-c", ASK).splitlines()[-1])


def test_the_canary_comes_through_a_real_worker_and_its_absence_is_seen(install):
    place = install(DJANGO_SETTINGS_MODULE="tests.faults.canary_settings")
    nobody = ask(place)
    assert (nobody["ready"], nobody["late"]) == (503, ["canary"])
    assert "worker:" in nobody["why"]
    assert "broker:" not in nobody["why"]
    place.manage(
        "shell",
        "--no-imports",
        "-c",
        "from jobs import queue; queue.enqueue("
        "'jobs.canary', key='canary', period='2020-01-01T00:00')",
    )

    worker = place.start_worker()
    assert wait_until(lambda: place.count(PASSED) >= 1)
    here = ask(place)
    assert (here["ready"], here["why"]) == (200, ["ready"])
    assert here["seconds"] >= 0

    # The negative control: the same installation once its worker and its broker are gone.
    worker.kill()
    worker.wait()
    place.processes[0].kill()
    place.processes[0].wait()
    place.manage("shell", "--no-imports", "-c", LOOK_AWAY)
    gone = ask(place)
    assert gone["ready"] == 503
    assert {"broker:", "worker:"} <= set(gone["why"])
