"""People of one department with one overdue obligation, a mailbox each, and a robot.

Run by manage.py shell; PEOPLE says how many, POST_PORT where the robot listens.
"""

import datetime as dt
import os

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from accounts.models import Department, Region, User
from obligations.channels import sealing
from obligations.models import (
    ListItem,
    Obligation,
    ReminderChoice,
    ResponsibilityList,
    WebhookHost,
    WebhookTarget,
)

DUE_ON = dt.date(2026, 11, 2)
# It stands since its clock began, whenever its tables were made.
MigrationRecorder(connection).migration_qs.update(applied=timezone.now())
region = Region.objects.create(name="甲省")
police = Department.objects.create(name="省公安厅", region=region)
one = ResponsibilityList.objects.create(kind="sharing", batch=1, title="【示例】清单")
item = ListItem.objects.create(
    list=one,
    title="【示例】数据资源",
    body=police,
    deadline_on=DUE_ON,
    identity_hash="1",
    row_hash="1",
)
Obligation.objects.create(
    item=item,
    department=police,
    duty="supply",
    status="in_progress",
    raised_on=DUE_ON,
    due_on=DUE_ON,
    original_due_on=DUE_ON,
)
target = None
if port := os.environ.get("POST_PORT"):
    WebhookHost.objects.create(host="127.0.0.1", port=int(port))
    target = WebhookTarget.objects.create(
        name="robot",
        kind="plain",
        address=f"http://127.0.0.1:{port}/hook",
        sealed=sealing.seal({"query": "", "secret": "a secret of sixteen"}),
    )
    target.departments.add(police)
for number in range(int(os.environ["PEOPLE"])):
    user = User.objects.create(username=f"p{number}", role="officer", department=police)
    choice = ReminderChoice.objects.create(
        user=user, by_mail=True, mail_address=f"p{number}@example.invalid"
    )
    if target:
        choice.targets.add(target)
