"""When exchanges are due, what their receipts say, and who may read the plan."""

import datetime as dt
import stat

import pytest

from simulator import plan
from simulator.habits import SHANGHAI, newest, receipt
from simulator.plan import Habit, Plan, Resource, System

# A Tuesday, in the afternoon.
NOW = dt.datetime(2026, 12, 1, 15, 8, 31, tzinfo=SHANGHAI)
SYSTEM = System(
    "示例系统", Habit.PUNCTUAL, "QDK1", "very-secret", (Resource("307/1", "daily", True),)
)


@pytest.mark.parametrize(
    ("cycle", "due"),
    [
        ("real_time", "2026-12-01 15:05"),
        ("daily", "2026-12-01 00:00"),
        ("workdaily", "2026-12-01 00:00"),
        ("weekly", "2026-11-27 00:00"),
        ("monthly", "2026-11-26 00:00"),
        ("quarterly", None),
        ("irregular", None),
    ],
)
def test_each_cycle_has_its_newest_exchange(cycle, due):
    found = newest(Resource("307/1", cycle), habit=Habit.PUNCTUAL, at=NOW)
    assert (f"{found:%Y-%m-%d %H:%M}" if found else None) == due


def test_the_day_is_that_of_shanghai():
    at = dt.datetime(2026, 11, 30, 16, 0, tzinfo=dt.UTC)
    found = newest(Resource("307/1", "daily"), habit=Habit.PUNCTUAL, at=at)
    assert found.date() == dt.date(2026, 12, 1)


def test_a_late_system_is_two_days_behind():
    found = newest(Resource("307/1", "daily"), habit=Habit.LATE, at=NOW)
    assert found.date() == dt.date(2026, 11, 29)


def test_a_receipt_follows_from_resource_and_moment_alone():
    midnight = NOW.replace(hour=0, minute=0, second=0)
    one, other = Resource("307/1", "daily"), Resource("307/2", "daily", by_calls=True)
    assert receipt(one, moment=midnight) == receipt(one, moment=midnight)
    assert receipt(one, moment=midnight)["sha256"] != receipt(other, moment=midnight)["sha256"]
    assert receipt(one, moment=midnight).keys() >= {"rows", "period_from", "period_to"}
    calls = receipt(other, moment=midnight)
    assert calls["calls"] > calls["failures"] >= 0
    assert "rows" not in calls


def test_the_plan_is_read_as_it_was_written_by_its_owner_alone(tmp_path):
    path = tmp_path / "simulator.json"
    path.write_text("{}")
    path.chmod(0o644)
    plan.write(Plan(18000, (SYSTEM,)), path)
    assert plan.read(path) == Plan(18000, (SYSTEM,))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["simulator.json"]


def test_a_secret_stands_in_no_description():
    assert "very-secret" not in repr(Plan(18000, (SYSTEM,)))
