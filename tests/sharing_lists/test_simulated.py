"""The simulator's systems against a server: what they push is taken, what is broken is counted."""

import pytest

from obligations.today import today
from sharing_lists import push_keys
from sharing_lists.models import Delivery, ReceiptRefusal
from simulator.plan import Habit, Plan, Resource, System
from simulator.pushing import FAULTS, Pusher

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def system(police, officer):
    """system(habit, …): with a key of its own."""

    def make(habit, *resources):
        key, secret = push_keys.make(police, system=f"示例{habit}", by=officer)
        return System("示例", habit, key.code, secret, resources)

    return make


@pytest.fixture
def pusher(static_folder, live_server):

    def make(*systems, url=live_server.url):
        return Pusher(Plan(0, systems), url, said.append, soon_seconds=0.0)

    said = []
    make.said = said
    return make


def test_what_is_due_is_pushed_once_and_a_restart_repeats_nothing(pusher, system, verified):
    batch, calls = verified("daily", code="307/1"), verified("real_time", "query", code="307/2")
    own = system(Habit.PUNCTUAL, Resource("307/1", "daily"), Resource("307/2", "real_time", True))
    first = pusher(own)

    assert [first.push_next() for _turn in range(3)] == [True, True, False]
    found = {one.obligation_id: one for one in Delivery.objects.all()}
    assert found.keys() == {batch.pk, calls.pk}
    assert {(one.outcome, one.counts_to) for one in found.values()} == {("kept", today())}
    assert found[batch.pk].rows > 0
    assert found[calls.pk].calls > 0

    again = pusher(own)
    assert again.push_next()
    assert pusher.said[-1].endswith("known")
    assert Delivery.objects.filter(obligation=batch).count() == 1


def test_what_a_late_system_sends_counts_for_an_earlier_day(pusher, system, verified):
    verified("daily", code="307/1")
    assert pusher(system(Habit.LATE, Resource("307/1", "daily"))).push_next()
    assert (today() - Delivery.objects.get().counts_to).days == 2


def test_a_broken_system_is_refused_for_five_reasons_and_nothing_is_kept(pusher, system, verified):
    verified("daily", code="307/1")
    broken = pusher(system(Habit.BROKEN, Resource("307/1", "daily")))
    assert all(broken.push_next() for _fault in FAULTS)
    assert not broken.push_next()
    counted = dict(ReceiptRefusal.objects.values_list("reason", "count"))
    reasons = ("bad_signature", "malformed", "unsigned", "unknown_resource", "not_yet")
    assert counted == dict.fromkeys(reasons, 1)
    assert not Delivery.objects.exists()


def test_while_nobody_answers_it_waits_and_loses_nothing(pusher, system, verified, live_server):
    verified("daily", code="307/1")
    waiting = pusher(system(Habit.PUNCTUAL, Resource("307/1", "daily")), url="http://127.0.0.1:9")
    assert not waiting.push_next()
    waiting.url = live_server.url
    assert waiting.push_next()
    assert Delivery.objects.count() == 1


def test_a_key_that_was_revoked_is_not_tried_on_and_on(pusher, system, verified):
    verified("daily", code="307/1")
    own = pusher(System("示例", Habit.PUNCTUAL, "QDKgone", "secret", (Resource("307/1", "daily"),)))
    assert [own.push_next(), own.push_next()] == [True, False]
    assert ReceiptRefusal.objects.get().reason == "unknown_key"


def test_no_secret_is_told(pusher, system, verified):
    verified("daily", code="307/1")
    own, broken = (
        system(habit, Resource("307/1", "daily")) for habit in (Habit.PUNCTUAL, Habit.BROKEN)
    )
    pushing = pusher(own, broken)
    assert [pushing.push_next(), pushing.push_next()] == [True, True]
    assert not any(one.secret in line for one in (own, broken) for line in pusher.said)
