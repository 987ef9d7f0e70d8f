"""The oracle of docs/domain.md: a start, so many working days, and the deadline."""

from datetime import date

ORACLE = """
2025-08-01 10 2025-08-15
2025-09-26 10 2025-10-16
2025-09-28  1 2025-09-29
2025-09-30  1 2025-10-09
2025-09-30 10 2025-10-21
2025-10-04  1 2025-10-09
2026-02-13  1 2026-02-14
2026-02-13 10 2026-03-05
2026-02-13 20 2026-03-19
2026-02-14  1 2026-02-24
2026-04-30 10 2026-05-18
2026-09-30  1 2026-10-08
2026-09-30 20 2026-11-03
2026-12-03 20 2026-12-31
2026-12-10 20 2027-01-08
"""
CASES = [
    (date.fromisoformat(start), int(count), date.fromisoformat(end))
    for start, count, end in (line.split() for line in ORACLE.strip().splitlines())
]
