"""The time zone of the process changes nothing: days are those of Asia/Shanghai."""

import pytest

from tests.installation import Installation
from tests.obligations.oracle import CASES

PROGRAM = """
import datetime as dt
import time_machine
from accounts.models import Department, Region
from obligations import calendars, clocks, dating, deadlines
from obligations.models import ListItem, Obligation, ResponsibilityList
from obligations.today import moment, today
region = Region.objects.create(name="R")
office = Department.objects.create(name="D", region=region)
home = ResponsibilityList.objects.create(kind="sharing", level="province", batch=1, title="L")
day = dt.date(2025, 12, 31)
item = ListItem.objects.create(list=home, position=1, title="I", body=office, deadline_on=day,
    identity_hash="i", row_hash="r")
row = Obligation.objects.create(item=item, department=office, duty="supply", due_on=day,
    original_due_on=day, raised_on=day)
for start, count in CASES:
    day = dt.date.fromisoformat(start)
    dating.by_clock(row, "due_on", "resume", start=day, event="lift_block", days=count)
    row.save()
    print(start, count, Obligation.objects.get(pk=row.pk).due_on, row.date_bases.last().value)
for hour in (0, 7, 8, 15, 16, 17, 23):
    with time_machine.travel(dt.datetime(2026, 9, 30, hour, 30, tzinfo=dt.UTC)):
        print(hour, today(), moment(today()).astimezone(dt.UTC).date())
print(deadlines.parse(dt.datetime(2025, 9, 30, 17, 0, tzinfo=dt.UTC), issued_on=None).on)
print(clocks.rule("delivery", on=dt.date(2025, 8, 1)).days)
"""


def answers(zone, folder):
    cases = [(start.isoformat(), count) for start, count, _end in CASES]
    folder.mkdir()
    installation = Installation(folder, TZ=zone)
    try:
        said = installation.manage("shell", "-v", "0", "-c", f"CASES = {cases!r}\n{PROGRAM}")
    finally:
        installation.stop()
    return said.splitlines()


@pytest.mark.services
def test_three_time_zones_of_the_process_give_the_same_days(tmp_path):
    found = {
        zone: answers(zone, tmp_path / zone.replace("/", "-"))
        for zone in ("UTC", "Asia/Shanghai", "America/Los_Angeles")
    }
    assert found["UTC"] == found["Asia/Shanghai"] == found["America/Los_Angeles"]
    lines = found["UTC"]
    for line, (start, count, end) in zip(lines, CASES, strict=False):
        assert line == f"{start} {count} {end} {end}"
    assert "15 2026-09-30 2026-09-30" in lines
    assert "16 2026-10-01 2026-09-30" in lines
