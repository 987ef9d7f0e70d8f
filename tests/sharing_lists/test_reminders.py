"""A replaced key is told until its successor has signed something, or it has run out."""

import datetime as dt

import pytest
import time_machine

from accounts.models import Role
from obligations.models import Digest
from sharing_lists import push_keys
from sharing_lists.models import Delivery, PushKey
from tests.obligations.mornings import remind, told

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2025, 10, 20)
NOON = dt.datetime(2025, 10, 20, 4, 0, tzinfo=dt.UTC)


def day(number):
    return MONDAY + dt.timedelta(days=number)


@pytest.fixture
def rotated(police, officer):
    """On Monday at noon; the old one is accepted until the same time next Monday."""
    with time_machine.travel(NOON, tick=False):
        old, _secret = push_keys.make(police, system="人口库前置机", by=officer)
        push_keys.rotate(old, by=officer)
    return old


def test_the_department_alone_is_told_until_the_old_key_has_run_out(
    rotated, officer, officer2, reviewer, coordinator, make_user
):
    make_user("administrator", Role.SYSTEM_ADMINISTRATOR)
    for number in (1, 7, 8):
        remind(day(number))

    for number in (1, 7):
        assert told(officer, day(number)) == {"push_keys": [rotated.pk]}
    line = Digest.objects.get(user=officer, day=day(1)).line("push_keys")
    assert line["until"] == "2025-10-27"
    assert [row["title"] for row in line["rows"]] == ["人口库前置机"]
    assert told(officer, day(8)) is None
    assert {one.user for one in Digest.objects.all()} == {officer}


def test_it_ends_when_the_new_key_has_signed_or_the_old_one_is_revoked(rotated, officer, verified):
    row, new = verified(), PushKey.objects.exclude(pk=rotated.pk).get()
    remind(day(1))
    facts = {"source": "receipt", "arrived_at": NOON, "arrived_on": MONDAY, "outcome": "kept"}
    facts |= {"counts_from": MONDAY, "counts_to": MONDAY, "fingerprint": "1", "nonce": "1"}
    made = Delivery.objects.create(obligation=row, key=new, **facts)
    remind(day(2))
    made.delete()
    PushKey.objects.filter(pk=rotated.pk).update(revoked_at=NOON)
    remind(day(3))

    assert "push_keys" in told(officer, day(1))
    for number in (2, 3):
        assert "push_keys" not in (told(officer, day(number)) or {})
