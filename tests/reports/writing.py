"""Fifty people write while reports are made and asked for, on real connections; prints JSON.

Each writer moves one obligation of each kind of list in one transaction, so that at any moment both
stand alike. With TORN set, the freezing does not see one moment: the negative control. Run by
manage.py shell.
"""

import json
import os
import sys
import threading

from django.conf import settings
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import override_settings, setup_test_environment

from accounts.models import Department, Region, Role, User
from docking.models import DockingTerms
from obligations import dispatch, history
from obligations.models import ListItem, Obligation, ResponsibilityList
from obligations.today import today
from reports import freezing, snapshots
from sharing_lists.models import SharingTerms

WRITERS = int(os.environ.get("WRITERS", "50"))
REPORTS = 4
KINDS = ("sharing", "docking")
setup_test_environment()
# Pages without the manifest of files that no installation has collected here.
STATIC = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
override_settings(STORAGES={**settings.STORAGES, "staticfiles": STATIC}).enable()
on_postgres = connection.vendor == "postgresql"

region = Region.objects.create(name="示例省")
police = Department.objects.create(name="省公安厅", region=region)
bureau = Department.objects.create(name="省数据管理局", region=region)
chief = User.objects.create_user("chief", role=Role.COORDINATOR, department=bureau)


def owed(kind, terms, number):
    home, _made = ResponsibilityList.objects.get_or_create(
        kind=kind, level="province", batch=7, title=f"【示例】{kind}"
    )
    item = ListItem.objects.create(
        list=home,
        position=number,
        title=f"【示例】{kind}{number}",
        body=police,
        deadline_kind="ongoing",
        deadline_text="持续推进",
        identity_hash=f"{kind}{number}",
        row_hash=f"{kind}{number}",
    )
    terms.objects.create(item=item)
    duty = "supply" if kind == "sharing" else "connect"
    row = Obligation.objects.create(
        item=item, department=police, duty=duty, due_kind="ongoing", raised_on=today()
    )
    history.record(row, on=today())
    return row


pairs = [
    (owed("sharing", SharingTerms, number), owed("docking", DockingTerms, number))
    for number in range(WRITERS)
]


def issue(pair):
    with transaction.atomic():
        for row in pair:
            dispatch.issue(row, by=chief, on=today())


def alone(act, *args):
    try:
        act(*args)
    finally:
        connections.close_all()


def together(acts):
    threads = [threading.Thread(target=alone, args=act) for act in acts]
    for thread in threads:
        thread.start()
    return threads


def wrong_in(snapshot):
    """Totals that are not their rows, and pairs that are torn."""
    lines = list(snapshot.lines.all())
    issued = [sum(x.kind == kind and x.status == "issued" for x in lines) for kind in KINDS]
    wrong = [] if issued[0] == issued[1] else ["torn"]
    for figure in snapshot.figures.exclude(grouping="scene"):
        of_part = figure.grouping in ("kind", "list")
        own = [x for x in lines if not of_part or figure.key in (x.kind, str(x.list_id))]
        if (figure.total, figure.applicable) != (len(own), sum(x.counted for x in own)):
            wrong.append(f"{figure.grouping} {figure.key}")
    return wrong


def take():
    return snapshots.take(as_of=today(), today=today(), by=chief)


def in_between(pair):
    """Somebody writes between the two kinds: on SQLite nobody can, so there is no such moment."""
    known, seen = freezing.insert_select, []

    def insert(*args, **more):
        known(*args, **more)
        if not seen:
            seen.append(1)
            if on_postgres:
                for thread in together([(issue, pair)]):
                    thread.join()

    freezing.insert_select = insert
    try:
        return wrong_in(take())
    finally:
        freezing.insert_select = known


if os.environ.get("TORN"):
    snapshots.one_moment = transaction.atomic

found = {"vendor": connection.vendor, "between": in_between(pairs[0])}
writers = together([(issue, pair) for pair in pairs[1:]])
found["while"] = []
for _number in range(REPORTS):
    found["while"] += wrong_in(take())
for thread in writers:
    thread.join()
last = take()
found["after"] = wrong_in(last)
client = Client(headers={"host": "localhost"})
client.force_login(chief, backend="accounts.signin.Backend")
figures = client.get("/api/v1/indicators/", {"by": "department"}).json()
found["applicable"] = {
    "cover": last.figures.get(grouping="whole").applicable,
    "rows": last.lines.filter(counted=True).count(),
    "api": figures["whole"]["counts"]["applicable"],
    "page": client.get("/").context["counts"].applicable,
}
sys.stdout.write(json.dumps(found) + "\n")
