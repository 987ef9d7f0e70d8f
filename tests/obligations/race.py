"""Two people at once on one obligation, with real connections; prints what became of each contest.

Run by manage.py shell. With UNLOCKED set, locks and transactions are off: the negative control, in
which both get through.
"""

import datetime as dt
import itertools
import json
import os
import sys
import threading
from functools import partial

from django.core.exceptions import PermissionDenied

from accounts.errors import RuleViolation
from accounts.models import Department, Region, Role, User
from obligations import changing, completion, dispatch, extensions
from obligations.evidence import NewEvidence
from obligations.models import ListItem, Notice, Obligation, ResponsibilityList
from tests.together import NoTransaction, at_once, lock_nothing, wait_for_others

DAY = dt.date(2025, 9, 1)
PAPER = NewEvidence(kind="document", text="示例政数〔2025〕7号")

region = Region.objects.create(name="示例省")
police = Department.objects.create(name="省公安厅", region=region)
bureau = Department.objects.create(name="省数据管理局", region=region)
officer, reviewer, one, other = (
    User.objects.create_user(name, role=role, department=department)
    for name, role, department in (
        ("officer", Role.OFFICER, police),
        ("reviewer", Role.REVIEWER, police),
        ("one", Role.COORDINATOR, bureau),
        ("other", Role.COORDINATOR, bureau),
    )
)
home = ResponsibilityList.objects.create(kind="sharing", level="province", batch=7, title="清单")


numbers = itertools.count(1)


def owed():
    number = next(numbers)
    item = ListItem.objects.create(
        list=home,
        serial=str(number),
        position=number,
        title=f"数据资源{number}",
        body=police,
        deadline_kind="ongoing",
        deadline_text="持续推进",
        identity_hash=f"i{number}",
        row_hash=f"r{number}",
    )
    due_on = dt.date(2025, 12, 31)
    facts = {"raised_on": DAY, "due_on": due_on, "original_due_on": due_on}
    return Obligation.objects.create(item=item, department=police, duty="supply", **facts)


def accepted():
    row = owed()
    dispatch.issue(row, by=one, on=DAY)
    dispatch.accept(row, by=officer, on=DAY)
    return row


def endorsed():
    row = accepted()
    completion.claim(row, by=officer, on=DAY, with_evidence=[PAPER])
    completion.endorse(row, by=reviewer, on=DAY)
    return row


def ask_days(row):
    extensions.ask(row, by=officer, on=DAY, days=5, reason="联调")


def asked():
    row = accepted()
    ask_days(row)
    return row


# Contest: what lies there, and what the two do; each without a version, so that the lock decides.
RACES = {
    "verify and return": (
        endorsed,
        lambda row: completion.verify(row, by=one, on=DAY),
        lambda row: completion.send_back(row, by=other, on=DAY, reason="缺"),
    ),
    "verify and verify": (
        endorsed,
        lambda row: completion.verify(row, by=one, on=DAY),
        lambda row: completion.verify(row, by=other, on=DAY),
    ),
    "claim and withdraw": (
        accepted,
        lambda row: completion.claim(row, by=officer, on=DAY, with_evidence=[PAPER]),
        lambda row: dispatch.withdraw(row, by=one, on=DAY, reason="清单调整"),
    ),
    "two extensions": (accepted, ask_days, ask_days),
    "approve and approve": (
        asked,
        lambda row: extensions.approve(row, by=one, on=DAY),
        lambda row: extensions.approve(row, by=other, on=DAY),
    ),
}


def unlock():
    """Nothing holds the row or the transaction, and the first one waits until the other read."""
    changing.transaction = NoTransaction
    lock_nothing()


def meet_after_checking():
    """Whoever was told that it may waits until the other was too, were they let."""
    checked = changing.require_transition

    def check(situation, verb):
        ends = checked(situation, verb)
        wait_for_others(met, 30 if unlocked else 0.5)
        return ends

    changing.require_transition = check


def contest(row, *acts):
    """How many got through, and the row afterwards."""
    global met
    met = threading.Barrier(len(acts))
    through, refused = [], []

    def run(act):
        mine = Obligation.objects.get(pk=row.pk)
        try:
            act(mine)
            through.append(1)
        except (RuleViolation, PermissionDenied) as why:
            refused.append(type(why).__name__)
        except Exception as why:
            # What the database refuses at the last moment did get through our own checks.
            through.append(type(why).__name__)

    at_once(*[partial(run, act) for act in acts])
    return row, through, refused


def numbered():
    """Eight issue at once: no number is given twice and none is left out."""
    rows = [owed() for _number in range(8)]

    def run(row):
        # A contest for the year, not for the row: SQLite may ask to try again.
        dispatch.issue(row, by=one, on=DAY)

    at_once(*[partial(run, row) for row in rows])
    return sorted(Notice.objects.values_list("number", flat=True))


found = {}
unlocked = bool(os.environ.get("UNLOCKED"))
if not unlocked:
    found["numbers"] = numbered()
started = {name: start() for name, (start, *_acts) in RACES.items()}
meet_after_checking()
if unlocked:
    unlock()
for name, (_start, *acts) in RACES.items():
    row, through, refused = contest(started[name], *acts)
    row.refresh_from_db()
    found[name] = {"through": len(through), "refused": refused, "status": row.status}
sys.stdout.write(json.dumps(found) + "\n")
