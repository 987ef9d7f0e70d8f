"""Forty tries at once, with real transactions; prints how many got as far as the password.

Run by manage.py shell. With UNLOCKED set, count and insert are torn apart: the negative control.
"""

import contextlib
import os
import sys
import threading
import time

from django.db import connection, connections
from django.utils import timezone

from accounts import attempts

counted = attempts.locked_until
barrier = threading.Barrier(40)
passed = []


def slow_count(*args, **kwargs):
    until = counted(*args, **kwargs)
    time.sleep(0.01)  # long enough for the others to count too, were they let
    return until


def attempt():
    barrier.wait()
    try:
        attempts.reserve("officer", address="10.0.0.1", at=timezone.now())
        passed.append(1)
    except attempts.LockedOut:
        pass
    finally:
        connections.close_all()


attempts.locked_until = slow_count
if os.environ.get("UNLOCKED"):
    attempts.transaction = type(
        "Nothing", (), {"atomic": staticmethod(lambda **_: contextlib.nullcontext())}
    )
    attempts._lock_out_others = lambda *_: None
connection.close()
threads = [threading.Thread(target=attempt) for _ in range(40)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.stdout.write(f"{len(passed)}\n")
