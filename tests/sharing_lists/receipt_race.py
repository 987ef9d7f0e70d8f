"""The same receipt from eight threads at once, over HTTP; prints what was answered and kept.

All have passed every check when the first of them writes. Run by manage.py shell. With UNLOCKED
set, the constraints are off: the negative control.
"""

import collections
import datetime as dt
import json
import os
import sys
import threading
import time
from functools import partial

from django.db import connection
from django.test import Client

from accounts.models import Department, Region, Role, User
from obligations.models import ListItem, Obligation, ResponsibilityList
from sharing_lists import matching, push_keys, receipts
from sharing_lists.models import Delivery, ReceiptRefusal, SharingTerms
from tests.together import at_once, wait_for_others

AT_ONCE = 8
CODE = "307001001/000001"
DAY = dt.date(2025, 10, 1)
BODY = json.dumps(
    {"resource": CODE, "period_from": str(DAY), "period_to": "2025-10-20", "rows": 1284}
).encode()
region = Region.objects.create(name="示例省")
police = Department.objects.create(name="省公安厅", region=region)
officer = User.objects.create_user("officer", role=Role.OFFICER, department=police)
home = ResponsibilityList.objects.create(kind="sharing", level="province", batch=7, title="清单")
item = ListItem.objects.create(
    list=home, serial="1", position=1, title="资源", body=police, deadline_kind="ongoing"
)
SharingTerms.objects.create(item=item, catalogue_code=CODE, update_cycle="monthly", data_items=[])
Obligation.objects.create(
    item=item,
    department=police,
    duty="supply",
    status="in_progress",
    due_kind="ongoing",
    raised_on=DAY,
)
key, secret = push_keys.make(police, system="前置机", by=officer)
if os.environ.get("UNLOCKED"):
    once = [one for one in Delivery._meta.constraints if one.name.endswith("_once")]
    once.sort(key=lambda one: one.condition is None)
    # SQLite makes the table anew for those without a condition, as the model says.
    Delivery._meta.constraints = [one for one in Delivery._meta.constraints if one not in once]
    with connection.schema_editor() as editor:
        for constraint in once:
            editor.remove_constraint(Delivery, constraint)
matched, met = matching.of_department, threading.Barrier(AT_ONCE)


def match(*given):
    """Whoever has looked waits for the others to have looked, too."""
    found = matched(*given)
    wait_for_others(met, 30)
    return found


def push(nonce):
    at = str(int(time.time()))
    signature = receipts.sign(secret.encode(), timestamp=at, nonce=nonce, body=BODY)
    written = f"QD-HMAC-SHA256 key={key.code}, timestamp={at}, nonce={nonce}, signature={signature}"
    return send(written)


def send(written):
    client = Client(SERVER_NAME="localhost")
    headers = {"Authorization": written}
    address = "/api/v1/receipts/"
    return client.post(address, BODY, content_type="application/json", headers=headers)


def eight_times(act):
    """What each was answered, how often; how many deliveries there are, and refusals counted."""
    answered = []

    def run(number):
        answered.append(act(number).status_code)

    at_once(*[partial(run, number) for number in range(AT_ONCE)])
    kept = Delivery.objects.count()
    refused = {one.reason: one.count for one in ReceiptRefusal.objects.all()}
    Delivery.objects.all().delete()
    ReceiptRefusal.objects.all().delete()
    return {"answered": collections.Counter(answered), "kept": kept, "refused": refused}


matching.of_department = match
found = {
    "replayed": eight_times(lambda number: push("nonce-0001")),
    "repeated": eight_times(lambda number: push(f"nonce-001{number}")),
    "unsigned": eight_times(lambda number: send("")),
}
sys.stdout.write(json.dumps(found) + "\n")
