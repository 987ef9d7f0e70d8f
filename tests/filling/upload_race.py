"""Two officers hand in workbooks about the same row at once, first with locks, then without them.

Run by manage.py shell; prints for each how many workbooks were applied. Without locks, check and
writing are torn apart: the negative control, in which both get through.
"""

import contextlib
import datetime as dt
import io
import json
import sys
import threading
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from openpyxl import load_workbook

from accounts.models import Department, Region, User
from jobs.running import perform
from obligations import history, rounds
from obligations.filling import applying, columns, keeping, making, saying, uploads
from obligations.models import FillingUpload, ListItem, Obligation, ResponsibilityList
from obligations.today import today
from tests.together import NoTransaction, at_once, lock_nothing, wait_for_others

ON = today()
PLACES = {column.label: place for place, column in enumerate(columns.ALL, 1)}
region = Region.objects.create(name="甲省")
home = ResponsibilityList.objects.create(kind="sharing", level="province", batch=1, title="清单")
nothing = contextlib.nullcontext
compared = keeping._compare


def asked(department):
    """One row, and the month's question about it."""
    item = ListItem.objects.create(
        list=home,
        serial="1",
        position=1,
        title="资源",
        body=department,
        deadline_kind="ongoing",
        identity_hash=department.name,
        row_hash=department.name,
    )
    facts = {"duty": "supply", "status": "in_progress", "due_kind": "ongoing", "raised_on": ON}
    row = Obligation.objects.create(item=item, department=department, **facts)
    history.record(row, on=ON)
    rounds.open_round(month=ON, cut_off_on=ON, by=None, on=ON, region=department.region)


def handed_in(person):
    """A workbook with words of the person's own, read and confirmed."""
    made = making.make(person.department, by=person, made_at=dt.datetime.now(dt.UTC))
    book = load_workbook(io.BytesIO(made))
    book[columns.SHEET].cell(4, PLACES["本月进展"]).value = person.username
    memory = io.BytesIO()
    book.save(memory)
    read = uploads.receive(ContentFile(memory.getvalue()), name="填报表.xlsx", by=person)
    perform(read.job_id)
    read.refresh_from_db()
    return uploads.confirm(read, by=person, version=read.version)


def contest(name, *, unlocked):
    """How many of the two workbooks were applied."""
    place = Region.objects.create(name=f"{name}市", parent=region)
    department = Department.objects.create(name=f"{name}局", region=place, level="city")
    asked(department)
    people = [
        User.objects.create(username=f"{name}{number}", role="officer", department=department)
        for number in range(2)
    ]
    waiting = [(handed_in(person), person) for person in people]
    met = threading.Barrier(2)

    def slow_comparing(*args, **more):
        """Whoever has compared waits until the other has too, were they let."""
        found = compared(*args, **more)
        wait_for_others(met, 60 if unlocked else 0.5)
        return found

    def apply(upload, person):
        with nothing() if unlocked else transaction.atomic():
            keeping.apply(upload, by=person, on=ON, progress=lambda done, total: None)

    keeping._compare = slow_comparing
    if unlocked:
        keeping.transaction = applying.transaction = saying.transaction = NoTransaction
        lock_nothing()
        # What stands in the row may be the other's already: the version would tell.
        rounds._require_version = lambda row, version: None
    at_once(*[partial(apply, *one) for one in waiting])
    keeping._compare = compared
    return FillingUpload.objects.filter(department=department, state="applied").count()


found = {"locked": contest("甲", unlocked=False), "unlocked": contest("乙", unlocked=True)}
sys.stdout.write(json.dumps(found) + "\n")
