"""The grace of each update cycle as shipped. Pure."""

from __future__ import annotations

import datetime as dt

from sharing_lists.promises import Rule

SOURCE = "到数规则（系统默认）"
# A table without rows: as if they had held ever since.
EVER = dt.date(2000, 1, 1)
# Cycle -> working days of grace; 不定期, 一次性 and 其他 promise nothing that can be judged.
GRACE_DAYS = {
    "real_time": 1,
    "daily": 1,
    "workdaily": 1,
    "weekly": 2,
    "monthly": 5,
    "quarterly": 10,
    "half_yearly": 15,
    "yearly": 20,
}
SHIPPED = tuple(Rule(cycle, days, EVER, None, SOURCE) for cycle, days in GRACE_DAYS.items())
