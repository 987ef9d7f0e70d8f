"""Forty tries at once, with real transactions; prints how many got as far as the password.

Run by manage.py shell. With UNLOCKED set, count and insert are torn apart: the negative control.
"""

import os
import sys
import threading

from django.utils import timezone

from accounts import attempts
from tests.together import NoTransaction, at_once, wait_for_others

counted = attempts.locked_until
unlocked = bool(os.environ.get("UNLOCKED"))
met = threading.Barrier(40)
passed = []


def count(*args, **kwargs):
    """Whoever has counted waits until the others have too, were they let."""
    until = counted(*args, **kwargs)
    wait_for_others(met, 60 if unlocked else 0.1)
    return until


def attempt():
    try:
        attempts.reserve("officer", address="10.0.0.1", at=timezone.now())
        passed.append(1)
    except attempts.LockedOut:
        pass


attempts.locked_until = count
if unlocked:
    attempts.transaction = NoTransaction
    attempts._lock_out_others = lambda *_: None
at_once(*[attempt] * 40)
sys.stdout.write(f"{len(passed)}\n")
