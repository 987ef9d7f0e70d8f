"""Two people at once: one word of each consumer stands, one decision settles a case.

Run by manage.py shell. With UNLOCKED set, check and save are torn apart: the negative control.
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
from obligations import cases, completion, confirmations, contradicting, dispatch
from obligations.evidence import NewEvidence
from obligations.models import Confirmation, ContradictionCase, ListItem, Obligation
from obligations.models import ResponsibilityList as Lists
from tests.together import NoTransaction, at_once, lock_nothing, wait_for_others

ON = dt.date(2025, 9, 1)
LATER = dt.date(2025, 10, 9)
PAPER = NewEvidence(kind="document", text="示例政数〔2025〕7号")
region = Region.objects.create(name="示例省")
police, health, bureau = (
    Department.objects.create(name=name, region=region) for name in ("公安", "卫健", "数据")
)
officer, reviewer, one, other, user1, user2 = (
    User.objects.create_user(f"user{number}", role=role, department=department)
    for number, (role, department) in enumerate(
        [
            (Role.OFFICER, police),
            (Role.REVIEWER, police),
            (Role.COORDINATOR, bureau),
            (Role.COORDINATOR, bureau),
            (Role.OFFICER, health),
            (Role.REVIEWER, health),
        ]
    )
)
home = Lists.objects.create(kind="sharing", level="province", batch=7, title="清单")
item = ListItem.objects.create(
    list=home, serial="1", position=1, title="资源", body=police, deadline_kind="ongoing"
)
facts = {"raised_on": ON, "due_on": LATER, "original_due_on": LATER}
row = Obligation.objects.create(item=item, department=police, duty="supply", **facts)
demand = Obligation.objects.create(item=item, department=health, duty="apply", **facts)
for mine in (row, demand):
    dispatch.issue(mine, by=one, on=ON)
dispatch.accept(row, by=officer, on=ON)
completion.claim(row, by=officer, on=ON, with_evidence=[PAPER])
completion.endorse(row, by=reviewer, on=ON)
completion.verify(row, by=one, on=ON)

unlocked = bool(os.environ.get("UNLOCKED"))
met = threading.Barrier(2)


def meet(checked):
    """Whoever was told that it may waits until the other was too, were they let."""

    def check(*given, **named):
        found = checked(*given, **named)
        wait_for_others(met, 30 if unlocked else 0.5)
        return found

    return check


def contest(*acts):
    """How many got through."""
    global met
    met = threading.Barrier(len(acts))
    through = []

    def run(act):
        try:
            act()
            through.append(1)
        except (RuleViolation, PermissionDenied):
            pass
        except Exception as why:
            # What the database refuses at the last moment did get through our own checks.
            through.append(type(why).__name__)

    at_once(*[partial(run, act) for act in acts])
    return len(through)


def say(person, word):
    return lambda: confirmations.say(row, word=word, reason="超时", by=person, on=ON, version=0)


confirmations.require_same = meet(confirmations.require_same)
cases._require_may = meet(cases._require_may)
if unlocked:
    confirmations.transaction = cases.transaction = NoTransaction
    lock_nothing()
found = {"words": contest(say(user1, "unusable"), say(user2, "unusable"))}
Confirmation.objects.all().delete()
Confirmation.objects.create(
    obligation=row,
    department=health,
    period_on=ON,
    word="unusable",
    reason="超时",
    said_by=user1,
    said_on=ON,
    said_at=row.created_at,
)
contradicting.look(as_of=ON, today=ON)
case = ContradictionCase.objects.open().get()
row.refresh_from_db()
about = {"on": ON, "reason": "核实", "version": case.version}


def reopen():
    mine = ContradictionCase.objects.get(pk=case.pk)
    cases.reopen(mine, by=one, row_version=row.version, **about)


def accept():
    mine = ContradictionCase.objects.get(pk=case.pk)
    cases.accept(mine, by=other, until_on=LATER, **about)


found["decisions"] = contest(reopen, accept)
case.refresh_from_db()
row.refresh_from_db()
found["both"] = [case.outcome, row.status]
sys.stdout.write(json.dumps(found) + "\n")
