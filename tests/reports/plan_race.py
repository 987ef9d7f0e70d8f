"""Two beats go through the plans at once after a standstill; prints what came of it.

Each waits for the other between its look at what is there and its writing, were it let. Run by
manage.py shell. With UNLOCKED set, locks and transactions are off; with UNGUARDED the constraints
are gone as well: the negative controls.
"""

import datetime as dt
import json
import os
import sys
import threading

from django.db import connection

from accounts.models import Department, Region, Role, User
from jobs.models import Job
from obligations import dispatch, history
from obligations.models import ListItem, Obligation, ResponsibilityList
from reports import planned, plans
from reports.models import PlannedReport, ReportPlan
from reports.rhythm import Rule
from reports.scopes import Scope
from tests.together import NoTransaction, at_once, lock_nothing, wait_for_others

START, LATER = dt.date(2025, 9, 1), dt.date(2025, 12, 20)
unlocked = bool(os.environ.get("UNLOCKED"))
region = Region.objects.create(name="示例省")
bureau = Department.objects.create(name="省数据管理局", region=region)
coordinator = User.objects.create_user("one", role=Role.COORDINATOR, department=bureau)
home = ResponsibilityList.objects.create(kind="sharing", level="province", batch=7, title="清单")
item = ListItem.objects.create(
    list=home, serial="1", position=1, title="资源", body=bureau, deadline_kind="ongoing"
)
row = Obligation.objects.create(
    item=item,
    department=bureau,
    duty="supply",
    raised_on=dt.date(2025, 8, 1),
    due_on=dt.date(2025, 12, 31),
    original_due_on=dt.date(2025, 12, 31),
)
history.record(row, on=dt.date(2025, 8, 1))
dispatch.issue(row, by=coordinator, on=dt.date(2025, 8, 1))
plan = plans.make(
    Scope(),
    rule=Rule("month", 3),
    recipients=[],
    active_from=START,
    by=coordinator,
    on=START,
)
met = threading.Barrier(2)
looked = planned.owed


def look(*given, **named):
    found = looked(*given, **named)
    wait_for_others(met, 30 if unlocked else 0.5)
    return found


planned.owed = look
if unlocked:
    lock_nothing()
if os.environ.get("UNGUARDED"):
    planned.transaction = NoTransaction
    meta = PlannedReport._meta
    [once] = [one for one in meta.constraints if one.name == "planned_report_once"]
    # SQLite makes the table anew with what the model still has.
    meta.constraints = [one for one in meta.constraints if one is not once]
    with connection.schema_editor() as editor:
        editor.remove_constraint(PlannedReport, once)
wrong = []


def beat():
    try:
        settle(ReportPlan.objects.get(pk=plan.pk), until=LATER)
    except Exception as why:
        wrong.append(type(why).__name__)


settle = planned.settle_plan.__wrapped__ if unlocked else planned.settle_plan
at_once(beat, beat)
found = {
    "periods": sorted(PlannedReport.objects.values_list("period", flat=True)),
    "jobs": Job.objects.filter(kind="reports.make").count(),
    "wrong": wrong,
}
sys.stdout.write(json.dumps(found) + "\n")
