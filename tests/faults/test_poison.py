"""Jobs that raise, or end their worker, every time: they fail with a reason, the others do not."""

import pytest
from django.utils import translation
from django.utils.translation import gettext

from tests.faults.queries import LIVE
from tests.faults.storm import WORKERS, Storm
from tests.installation import wait_until
from tests.thorough import FULL

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.long]

CLAIMS = 10 if FULL else 3
OTHERS = 60 if FULL else 6
# The long one outlasts the pause between two tries of the deadly one: it is always beside it.
MAKE = f"""
from jobs import queue
for kind, seconds in [("deadly", 0.4), ("noop", 5), ("raising", 0), *[("noop", 0.2)] * {OTHERS}]:
    queue.enqueue(kind, args={{"seconds": seconds}})
"""
ENDS = "SELECT kind, state, attempts, error FROM jobs_job ORDER BY id"
VANISHED = (
    "The worker stopped %(count)s times in the middle of this work. It may need more memory "
    "than there is. Start it again, or ask for help with the job's number."
)


def take_poison(install, *, workers, **environment):
    """What became of each job; workers that end are started again, as a supervisor does."""
    place = install(JOB_CLAIMS=str(CLAIMS), **environment)
    place.manage("shell", "-v", "0", "-c", MAKE)
    storm = Storm(place, workers=workers)
    assert wait_until(lambda: have_ended(storm))
    return place.rows(ENDS)


def have_ended(storm):
    for number, worker in storm.workers.items():
        if worker.poll() is not None:
            storm.workers[number] = storm.place.start_worker(number)
    return storm.place.count(LIVE) == 0


@pytest.mark.parametrize("workers", [1, WORKERS] if FULL else [1])
def test_poison_fails_after_its_tries_with_a_reason_and_harms_nobody(install, workers):
    deadly, beside, raising, *others = take_poison(install, workers=workers)
    with translation.override("zh-hans"):
        reason = gettext(VANISHED) % {"count": CLAIMS}
    assert deadly == ("deadly", "failed", CLAIMS, reason)
    assert raising[:2] == ("raising", "failed")
    assert "ZeroDivisionError" in raising[3]
    assert "Traceback" not in raising[3]
    assert {state for _kind, state, *_more in [beside, *others]} == {"done"}


def test_done_beside_it_another_would_fail_with_it(install):
    """The negative control: suspects are not done apart."""
    _deadly, beside, *_others = take_poison(install, workers=1, NOBODY_APART="1")
    assert beside[:3] == ("noop", "failed", CLAIMS)
