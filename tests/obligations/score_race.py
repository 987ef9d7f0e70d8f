"""A department objects to its score while the statement is being published; prints what came of it.

The objection is of the last day, a moment before midnight, the publication a moment after. Each is
the first once: it stands between its checks and its writing when the other begins. Run by manage.py
shell. With UNLOCKED set, locks and transactions are off: the negative control.
"""

import datetime as dt
import json
import os
import sys
import threading

from django.db import connection, connections

from accounts.errors import RuleViolation
from accounts.models import Department, Region, Role, User
from obligations import dispatch, score_statements
from obligations.models import (
    ListItem,
    Obligation,
    ResponsibilityList,
    ScoreLine,
    ScoreObjection,
    ScoreStatement,
)
from tests.together import NoTransaction, lock_nothing, wait_for_others

ON = dt.date(2026, 1, 12)
region = Region.objects.create(name="示例省")
police, bureau = (Department.objects.create(name=name, region=region) for name in ("公安", "数据"))
officer, one, other = (
    User.objects.create_user(name, role=role, department=department)
    for name, role, department in (
        ("officer", Role.OFFICER, police),
        ("one", Role.COORDINATOR, bureau),
        ("other", Role.COORDINATOR, bureau),
    )
)
home = ResponsibilityList.objects.create(kind="sharing", level="province", batch=7, title="清单")
item = ListItem.objects.create(
    list=home, serial="1", position=1, title="资源", body=police, deadline_kind="ongoing"
)
due_on = dt.date(2025, 12, 31)
row = Obligation.objects.create(
    item=item,
    department=police,
    duty="supply",
    raised_on=dt.date(2025, 9, 1),
    due_on=due_on,
    original_due_on=due_on,
)
dispatch.issue(row, by=one, on=dt.date(2025, 9, 1))
unlocked = bool(os.environ.get("UNLOCKED"))


def meet(acting, *, before):
    """Between its checks and its writing whoever is there waits for the other, were it let."""

    def act(*given, **named):
        found = None if before else acting(*given, **named)
        checked.set()
        wait_for_others(met, 30 if unlocked else 0.5)
        return acting(*given, **named) if before else found

    return act


def publish(statement):
    score_statements.publish(
        statement, by=other, on=statement.objections_until + dt.timedelta(days=1)
    )


def object_to(statement):
    line = ScoreLine.objects.filter(sheet__statement=statement).first()
    on = statement.objections_until
    score_statements.object_to(line, by=officer, on=on, reason="已报送", version=1)


def contest(as_of, *acts):
    """The second begins when the first has checked. Who was refused, and what is there."""
    global met, checked
    met, checked = threading.Barrier(2), threading.Event()
    statement = score_statements.draft(as_of=as_of, by=one, today=ON)
    score_statements.open_objections(statement, by=one, on=ON)
    connection.close()
    refused = []

    def run(act):
        try:
            act(ScoreStatement.objects.get(pk=statement.pk))
        except RuleViolation:
            refused.append(act.__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
        checked.wait(30)
    for thread in threads:
        thread.join()
    statement.refresh_from_db()
    waiting = ScoreObjection.objects.filter(line__sheet__statement=statement, outcome="").count()
    return {"refused": refused, "state": statement.state, "waiting": waiting}


saved = score_statements._save


def save(statement, **facts):
    (meet(saved, before=True) if facts["verb"] == "publish_scores" else saved)(statement, **facts)


score_statements._save = save
ScoreStatement.takes_objections = meet(ScoreStatement.takes_objections, before=False)
if unlocked:
    score_statements.transaction = NoTransaction
    lock_nothing()
found = {
    "objection first": contest(dt.date(2026, 1, 9), object_to, publish),
    "publication first": contest(dt.date(2026, 1, 10), publish, object_to),
}
sys.stdout.write(json.dumps(found) + "\n")
