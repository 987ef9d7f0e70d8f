"""Two coordinators at once on one report, with real connections; prints what became of it.

Whoever has checked that it may waits for the other, were it let. Run by manage.py shell. With
UNLOCKED set, locks and transactions are off: the negative control.
"""

import datetime as dt
import json
import os
import sys
import threading
from functools import partial

from django.core.exceptions import PermissionDenied

from accounts.errors import RuleViolation
from accounts.models import Department, Region, Role, User
from reports import publishing, snapshots
from reports.models import Snapshot
from tests.together import NoTransaction, at_once, lock_nothing, wait_for_others

ON = dt.date(2025, 9, 1)
region = Region.objects.create(name="示例省")
bureau = Department.objects.create(name="省数据管理局", region=region)
maker, one, other = (
    User.objects.create_user(name, role=Role.COORDINATOR, department=bureau)
    for name in ("maker", "one", "other")
)
unlocked = bool(os.environ.get("UNLOCKED"))


def reviewed():
    row = snapshots.take(as_of=ON, today=ON, by=maker)
    publishing.review(row, by=maker, on=ON)
    return row


def publish(by):
    return lambda row: publishing.publish(row, by=by, on=ON)


def send_back(row):
    publishing.send_back(row, by=other, on=ON, reason="请核对合计")


def publish_and_withdraw(row):
    """All of it happens between the check and the writing of the other, were there no lock."""
    checked.wait(30)
    here.by_the_way = True
    publish(other)(row)
    publishing.withdraw(row, by=other, on=ON, reason="口径有误")
    wait_for_others(met, 30 if unlocked else 0.5)


RACES = {
    "publish and publish": (publish(one), publish(other)),
    "publish and send back": (publish(one), send_back),
    "publish and withdraw": (publish(one), publish_and_withdraw),
}


def meet_after_checking(row, verb):
    require_state(row, verb)
    checked.set()
    if not getattr(here, "by_the_way", False):
        wait_for_others(met, 30 if unlocked else 0.5)


def contest(*acts):
    """Who got through, who was refused, and the row afterwards."""
    global met, checked, here
    row = reviewed_ones.pop()
    met, checked, here = threading.Barrier(2), threading.Event(), threading.local()
    through, refused = [], []

    def run(act):
        mine = Snapshot.objects.get(pk=row.pk)
        try:
            act(mine)
            through.append(1)
        except (RuleViolation, PermissionDenied) as why:
            refused.append(type(why).__name__)

    at_once(*[partial(run, act) for act in acts])
    row.refresh_from_db()
    return {"through": len(through), "refused": refused, "state": row.state}


reviewed_ones = [reviewed() for _race in RACES]
require_state = publishing._require_state
publishing._require_state = meet_after_checking
if unlocked:
    publishing.transaction = NoTransaction
    publishing.publish = publishing.publish.__wrapped__
    lock_nothing()
found = {name: contest(*acts) for name, acts in RACES.items()}
sys.stdout.write(json.dumps(found) + "\n")
