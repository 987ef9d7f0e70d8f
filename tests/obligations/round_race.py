"""Eight people answer one row at once, each from what they saw first; prints how many were taken.

Run by manage.py shell. With UNLOCKED set, check and save are torn apart: the negative control.
"""

import datetime as dt
import os
import sys
import threading
from functools import partial

from accounts.errors import RuleViolation
from accounts.models import Department, Region, User
from obligations import round_checks, rounds
from obligations.models import ListItem, Obligation, ResponsibilityList
from tests.together import NoTransaction, at_once, lock_nothing, wait_for_others

ON = dt.date(2025, 9, 1)
PEOPLE = 8
region = Region.objects.create(name="甲省")
department = Department.objects.create(name="省公安厅", region=region, level="province")
people = [
    User.objects.create(username=f"officer{number}", role="officer", department=department)
    for number in range(PEOPLE)
]
held = ResponsibilityList.objects.create(kind="sharing", level="province", batch=1, title="清单")
item = ListItem.objects.create(
    list=held, serial="1", position=1, title="资源", body=department, deadline_kind="ongoing"
)
Obligation.objects.create(
    item=item,
    department=department,
    duty="supply",
    status="in_progress",
    due_kind="ongoing",
    raised_on=ON,
)
row = rounds.open_round(month=ON, cut_off_on=ON, by=None, on=ON).answers.get()
checked = round_checks.require_words
unlocked = bool(os.environ.get("UNLOCKED"))
met, taken = threading.Barrier(PEOPLE), []


def slow_check(*args):
    """Whoever has checked waits until the others have too, were they let."""
    checked(*args)
    wait_for_others(met, 30 if unlocked else 0.5)


def answer(person):
    try:
        rounds.answer(row, kind="changed", by=person, on=ON, version=1, progress=person.username)
        taken.append(person)
    except RuleViolation:
        pass


round_checks.require_words = slow_check
if unlocked:
    rounds.transaction = NoTransaction
    lock_nothing()
at_once(*[partial(answer, person) for person in people])
sys.stdout.write(f"{len(taken)}\n")
