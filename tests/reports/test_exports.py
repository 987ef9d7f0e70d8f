"""Every table of a report as CSV, in both encodings, and as JSON: the same rows as the sheets."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import translation

from accounts.errors import RuleViolation
from accounts.models import AuditEntry
from reports import exports, snapshots
from reports.looks import Column, Form
from reports.rows import OFFICE_ZONE, Row
from reports.tables import Table, table, tables_of
from tests.reports.conftest import AS_OF

pytestmark = pytest.mark.settled("snapshot")
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", " =1", '=HYPERLINK("x")']


def given(snapshot, code, by, **asked):
    return b"".join(exports.give(snapshot, code, by=by, **asked).content)


def read_csv(content, encoding="utf-8-sig"):
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


def small(*values, forms=None):
    columns = [
        Column(f"列{place}", 10, form, key=f"c{place}")
        for place, form in enumerate(forms or [Form.TEXT] * len(values))
    ]
    return Table("small", "小表", columns, lambda: [Row(values)])


def shown(value, form):
    if isinstance(value, Decimal):
        return f"{value * 100:.1f}%"
    return "" if value is None else str(day_or_moment(value))


def day_or_moment(value):
    """Moments are told by the office's clock, to the minute."""
    if isinstance(value, dt.datetime):
        return value.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, dt.date) else value


def test_every_table_is_the_same_in_both_encodings(snapshot, coordinator):
    for one in tables_of(snapshot):
        utf8 = given(snapshot, one.code, coordinator, form="csv")
        assert utf8.startswith(b"\xef\xbb\xbf")
        rows = read_csv(utf8)
        other = given(snapshot, one.code, coordinator, form="csv", encoding="gb18030")
        assert read_csv(other, "gb18030") == rows
        with translation.override("zh-hans"):
            expected = [*one.rows(), *([one.total] if one.total else [])]
            forms = [column.form for column in one.columns]
            values = [[*map(shown, row.values, forms)] for row in expected]
        # The one text of the sample that begins like a formula.
        marked = [["'" + cell if cell.startswith("=") else cell for cell in row] for row in values]
        assert rows[1:] == marked


def test_every_table_is_the_same_as_json(snapshot, coordinator):
    for one in tables_of(snapshot):
        found = json.loads(given(snapshot, one.code, coordinator, form="json"))
        keys = [column["key"] for column in found["columns"]]
        assert all(keys)
        assert len(set(keys)) == len(keys), one.code
        assert (found["table"], found["as_of"], found["scope"]) == (one.code, "2025-11-21", "全省")
        assert found["rules_version"] == "第 1 版，临期 5 个工作日"
        assert "chinesecalendar" in found["calendar_version"]
        assert found["state"] == "draft"
        with translation.override("zh-hans"):
            rows = list(one.rows())
        assert len(found["rows"]) == len(rows)
        for row, expected in zip(found["rows"], rows, strict=True):
            assert list(row) == keys
            for value, real in zip(row.values(), expected.values, strict=True):
                if isinstance(real, Decimal):
                    assert Decimal(value) == real
                elif isinstance(real, dt.date):
                    assert value == day_or_moment(real)
                else:
                    assert value == (None if real == "—" else real)


def test_json_has_the_sum_apart_and_rates_as_decimals(snapshot, coordinator):
    found = json.loads(given(snapshot, "departments", coordinator, form="json"))
    assert found["total"]["counted"] == sum(row["counted"] for row in found["rows"])
    assert found["total"]["completion_rate"] == "0.25"
    [health] = [row for row in found["rows"] if row["department"] == "省卫生健康委员会"]
    assert health["on_time_rate"] is None


@pytest.mark.parametrize("text", HOSTILE)
def test_text_never_becomes_a_formula(text):
    [_head, [cell]] = read_csv(b"".join(exports.csv_pieces(small(text), encoding="utf-8")))
    assert cell == f"'{text}"


def test_numbers_and_days_are_left_as_they_are():
    one = small(
        -3, Decimal("0.333"), Decimal("-0.05"), dt.date(2025, 9, 30), None, "—", "12-3",
        forms=[
            *(Form.NUMBER, Form.PERCENT, Form.PERCENT, Form.DATE),
            *(Form.NUMBER, Form.PERCENT, Form.CODE),
        ],
    )  # fmt: skip
    [_head, cells] = read_csv(b"".join(exports.csv_pieces(one, encoding="utf-8")))
    assert cells == ["-3", "33.3%", "-5.0%", "2025-09-30", "", "—", "12-3"]


@pytest.mark.parametrize("encoding", exports.ENCODINGS)
def test_odd_characters_are_written_or_taken_out(encoding):
    odd = "\ud800甲\x00\x0b𠮷😀\u202e" + "长" * 40_000
    content = b"".join(exports.csv_pieces(small(odd), encoding=encoding))
    text = content.decode(encoding).removeprefix("\ufeff")
    assert list(csv.reader(io.StringIO(text)))[1] == ["甲𠮷😀\u202e" + "长" * 40_000]


def test_json_holds_odd_characters_whole(snapshot):
    odd = '\ud800"\\\n\u2028😀' + "长" * 40_000
    found = json.loads(b"".join(exports.json_pieces(snapshot, small(odd))))
    assert found["rows"] == [{"c0": odd[1:]}]


def test_a_heading_that_stands_twice_bears_its_group(snapshot, coordinator):
    for one in tables_of(snapshot):
        found = exports.labels(one.columns)
        assert len(set(found)) == len(found), one.code
    head = read_csv(given(snapshot, "departments", coordinator, form="csv"))[0]
    assert "按期完成率（现行时限）比率" in head
    assert "责任部门" in head


def test_long_tables_are_read_while_they_are_written():
    read = []

    def rows():
        for number in range(5_000):
            read.append(number)
            yield Row([number])

    one = Table("long", "长表", [Column("数", 5, Form.NUMBER, key="n")], rows)
    pieces = exports.csv_pieces(one, encoding="utf-8")
    next(pieces)
    next(pieces)
    assert len(read) < 1_000
    assert len(list(pieces)) > 1
    assert len(read) == 5_000


def test_json_of_many_batches_is_one_object(snapshot):
    rows = [Row([number]) for number in range(1_001)]
    one = Table("long", "长表", [Column("数", 5, Form.NUMBER, key="n")], lambda: rows)
    told = json.loads(b"".join(exports.json_pieces(snapshot, one)))
    assert [row["n"] for row in told["rows"]] == list(range(1_001))


def test_nobody_takes_a_table_who_reads_no_reports(snapshot, sysadmin):
    with pytest.raises(PermissionDenied):
        exports.give(snapshot, "overdue", by=sysadmin, form="csv")


def test_who_takes_a_table_is_audited(snapshot, leader, coordinator):
    given(snapshot, "overdue", coordinator, form="csv")
    entry = AuditEntry.objects.get(verb="download_table")
    assert (entry.username, entry.object_id) == ("coordinator", str(snapshot.pk))
    assert (entry.detail["table"], entry.detail["form"]) == ("overdue", "csv")


def test_what_does_not_exist_is_not_found_and_an_encoding_is_chosen(snapshot, coordinator):
    with pytest.raises(Http404):
        exports.give(snapshot, "nothing", by=coordinator, form="csv")
    with pytest.raises(RuleViolation):
        exports.give(snapshot, "overdue", by=coordinator, form="csv", encoding="utf-16")
    assert not AuditEntry.objects.filter(verb="download_table").exists()


def test_the_words_are_chinese_whoever_reads(province, coordinator):
    with translation.override("en"):
        taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
        content = given(taken, "overdue", coordinator, form="csv").decode()
        assert translation.get_language() == "en"
    reason = read_csv(content.encode())[1][10]
    assert not reason.isascii()
    assert table(taken, "overdue").name in exports.file_name(
        taken, table(taken, "overdue"), form="csv"
    )
