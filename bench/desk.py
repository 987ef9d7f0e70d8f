"""The desk of a department with 2,000 obligations; peer: the same 50 rows, read and sent as JSON.

Ours is the whole request through the middleware: sign-in, sections with their counts, the page of
rows with their forms, the figures. The target is below 0.3 s.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db.models import F
from django.test import Client, override_settings

from accounts.models import Department, User
from bench import database, measure
from obligations import history, rounds
from obligations.desk import PAGE_SIZE
from obligations.models import ListItem, Obligation, ResponsibilityList
from obligations.today import today
from reports.sampling import province
from sharing_lists.models import SharingTerms

OBLIGATIONS = 2_000
PEER = "rows as JSON"
TARGET_SECONDS = 0.3
_COLUMNS = (
    *("pk", "version", "item__title", "item__list__title", "department__name", "duty", "status"),
    *("role_in_item", "light", "light_reason", "due_on", "planned_on", "progress_note"),
)
_NO_STATIC_FILES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


def run() -> str:
    """Measure on a database of its own."""
    with database.own(), override_settings(STORAGES=_NO_STATIC_FILES, ALLOWED_HOSTS=["*"]):
        Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
        officer = load()
        database.settle()
        client = Client()
        client.force_login(officer, backend="accounts.signin.Backend")

        def ours() -> None:
            answer = client.get("/")
            if answer.content.count(b'<tr id="desk-') != PAGE_SIZE:
                raise RuntimeError(f"the desk answered {answer.status_code}")

        ratio = measure.in_turn(ours, lambda: peer(officer))
    if ratio.ours > TARGET_SECONDS:
        print(f"desk: {ratio.ours:.3f} s is over {TARGET_SECONDS} s", file=sys.stderr)
    return measure.line("desk", OBLIGATIONS, ratio, peer=PEER)


def peer(officer: User) -> bytes:
    """The bare query and nothing around it."""
    rows: Any = Obligation.objects.visible_to(officer).open()
    by_due = rows.order_by(F("due_on").asc(nulls_last=True), "pk").values(*_COLUMNS)
    return orjson.dumps(list(by_due[:PAGE_SIZE]))


def load() -> User:
    """A department with its obligations in every open status, asked in a round; its officer."""
    province.ensure()
    department = Department.objects.filter(level="province").order_by("pk")[0]
    officer = User.objects.create_user("bench-officer", role="officer", department=department)
    coordinator = User.objects.create_user("bench-coordinator", role="coordinator")
    held = ResponsibilityList.objects.create(kind="sharing", batch=1, title="【示例】清单")
    items = ListItem.objects.bulk_create(_item(held, department, n) for n in range(OBLIGATIONS))
    SharingTerms.objects.bulk_create(SharingTerms(item=one) for one in items)
    rows = Obligation.objects.bulk_create(_obligation(item, department) for item in items)
    history.record_many([row.pk for row in rows], on=today())
    rounds.open_round(month=today(), cut_off_on=today(), by=coordinator, on=today())
    return officer


def _item(held: ResponsibilityList, department: Department, number: int) -> ListItem:
    return ListItem(
        list=held,
        serial=str(number + 1),
        position=number,
        title=f"【示例】数据资源{number}",
        body=department,
        deadline_kind="ongoing",
        identity_hash=f"desk{number}",
        row_hash=f"desk{number}",
    )


def _obligation(item: ListItem, department: Department) -> Obligation:
    number, on = item.position, today()
    due_on = on + dt.timedelta(days=number % 300 - 60)
    returned = number % 11 == 0
    return Obligation(
        item=item,
        department=department,
        duty="supply",
        status="in_progress" if returned else ("issued", "in_progress", "in_progress")[number % 3],
        return_reason="示例：缺少目录代码" if returned else "",
        raised_on=on - dt.timedelta(days=90),
        due_on=due_on,
        original_due_on=due_on,
        progress_note="示例：正在编目" if number % 2 else "",
    )
