"""A day's digests for 2,000 people over 100,000 obligations; peer: one SELECT counting late rows.

The peer judges every obligation for the day, as each digest must, and does nothing with it.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from pathlib import Path

from django.db import connection, transaction
from django.test.utils import override_settings

from accounts.models import Department, Role, User
from bench import measure
from obligations import history, lights
from obligations.models import Digest, Obligation, ReminderChoice
from obligations.reminding import digests
from reports.sampling import crowd

OBLIGATIONS, PEOPLE = 100_000, 2_000
PEER = "count"
_TODAY = dt.date(2026, 11, 23)
_COORDINATORS = 20


def run() -> str:
    """Measure on a database of its own, which is removed afterwards."""
    with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        settings = connection.settings_dict
        if connection.vendor == "sqlite":
            settings["TEST"]["NAME"] = str(Path(folder) / "bench.sqlite3")
        original = settings["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            crowd.load(obligation_count=OBLIGATIONS, seed=1, today=_TODAY)
            _hire()
            # Time of this process, in which SQLite works.
            ratio = measure.in_turn(_remind, _count, clock=time.process_time)
        finally:
            connection.creation.destroy_test_db(original, verbosity=0)
    return measure.line("reminders", OBLIGATIONS, ratio, peer=PEER)


def _remind() -> None:
    """Ours: gather and write a day's digests with their deliveries; undone afterwards."""
    with transaction.atomic():
        made = digests.write(digests.gather(_TODAY))
        if made < PEOPLE // 2 or Digest.objects.count() != made:
            raise RuntimeError(f"only {made} digests were made")
        transaction.set_rollback(True)


def _count() -> int:
    now = lights.reason(history.day_of(_TODAY))
    late = Obligation.objects.open().alias(now=now).filter(now__in=["overdue", "due_soon"])
    return late.count()


def _hire() -> None:
    """People of every department that owes something, and coordinators; all get mail."""
    owing = Obligation.objects.filter(external=False).values("department_id")
    departments = list(Department.objects.filter(pk__in=owing))
    users = User.objects.bulk_create(
        User(
            username=f"bench{number}",
            role=Role.COORDINATOR if number < _COORDINATORS else _role(number),
            department=departments[number % len(departments)],
        )
        for number in range(PEOPLE)
    )
    ReminderChoice.objects.bulk_create(
        ReminderChoice(user=user, by_mail=True, mail_address=f"{user.username}@example.invalid")
        for user in users
    )


def _role(number: int) -> Role:
    return Role.REVIEWER if number % 4 == 0 else Role.OFFICER
