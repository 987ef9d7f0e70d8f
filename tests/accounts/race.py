"""Forty tries at once, with real transactions; prints how many got as far as the password.

Run by manage.py shell. With UNLOCKED set, count and insert are torn apart: the negative control.
"""

import contextlib
import os
import sys
import threading

from django.db import connection, connections
from django.utils import timezone

from accounts import attempts

counted = attempts.locked_until
unlocked = bool(os.environ.get("UNLOCKED"))
barrier, met = threading.Barrier(40), threading.Barrier(40)
passed = []


def count(*args, **kwargs):
    """Whoever has counted waits until the others have too, were they let."""
    until = counted(*args, **kwargs)
    with contextlib.suppress(threading.BrokenBarrierError):
        met.wait(60 if unlocked else 0.1)
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


attempts.locked_until = count
if unlocked:
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
