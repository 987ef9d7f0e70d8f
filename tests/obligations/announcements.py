"""Invented announcements of a year, as files that the calendar page takes."""

import io

from openpyxl import Workbook

HEAD = ("日期", "安排", "说明")
# The fixed holidays of 2027, and a Monday off that no rule foresees.
DAYS_2027 = (
    *((f"2027-01-{day:02}", "放假", "元旦") for day in (1, 2, 3, 4)),
    ("2027-01-10", "上班", "元旦调休"),
    *((f"2027-02-{day:02}", "放假", "春节") for day in range(5, 12)),
    *((f"2027-05-{day:02}", "放假", "劳动节") for day in range(1, 6)),
    *((f"2027-10-{day:02}", "放假", "国庆节") for day in range(1, 8)),
)


def csv(days=DAYS_2027, head=HEAD):
    return "\n".join(",".join(row) for row in (head, *days)).encode()


def xlsx(days=DAYS_2027, head=HEAD):
    book = Workbook()
    for row in (head, *days):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
