"""python -m tests.clock MODULE …: that program, by a clock that a test moves.

It stands as many days ahead as the file says that CLOCK names. Timers and the database's clock,
by which jobs are claimed, go on as they are.
"""

import datetime as dt
import os
import runpy
import sys
import time
from pathlib import Path

from django.utils import timezone

_now, _time = timezone.now, time.time


def main():
    clock = Path(os.environ["CLOCK"])
    timezone.now = lambda: _now() + dt.timedelta(days=int(clock.read_text()))
    time.time = lambda: _time() + 86_400 * int(clock.read_text())
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
