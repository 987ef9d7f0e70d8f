"""补录事项: what was put on record after the day that is reported, named in every form."""

import datetime as dt
import json

import pytest
import time_machine
from django.utils import translation
from openpyxl import load_workbook

from accounts import departments
from accounts.models import User
from obligations import completion
from obligations.evidence import NewEvidence
from obligations.models import Obligation
from reports import excerpts, exports, fingerprints, print_tables, snapshots, tables, workbooks
from reports.models import LateLine, Snapshot
from reports.scopes import Scope
from tests.reports.test_tables import rows_of

AS_OF, LATER = dt.date(2025, 11, 21), dt.date(2025, 11, 24)
CODE, NAME = "recorded-since", "补录事项"
pytestmark = pytest.mark.settled("province")


def at(day, hour=1):
    return time_machine.travel(
        dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC), tick=False
    )


@pytest.fixture
def recorded(province, officer, coordinator, health):
    """Three days later: a claim of that day, and a department that was called otherwise on it, and
    is called otherwise again."""
    officer.last_name, officer.first_name = "王", "芳"
    officer.save()
    paper = NewEvidence(kind="document", text="示例〔2025〕9号")
    with at(LATER):
        completion.claim(
            province["overdue"], by=officer, on=AS_OF, note="补录", with_evidence=[paper]
        )
        departments.rename(health, name="省卫健委", by=coordinator, on=AS_OF)
        departments.rename(health, name="省健康局", by=coordinator, on=LATER)
    return province


def take(by, *, on=LATER, scope=None):
    with at(on, 2):
        return snapshots.take(as_of=AS_OF, today=on, by=by, scope=scope)


def codes(snapshot):
    return [table.code for table in tables.tables_of(snapshot)]


def test_each_act_is_named_with_who_what_and_when(recorded, coordinator, officer):
    with translation.override("en"):
        taken = take(coordinator)
    claimed, renamed = rows_of(taken, CODE)

    assert claimed == {
        "number": 1,
        "department_name": "省公安厅",
        "title": recorded["overdue"].item.title,
        "list_title": recorded["overdue"].item.list.title,
        "act": "申报完成",
        "effective_on": AS_OF,
        "recorded_at": dt.datetime(2025, 11, 24, 1, tzinfo=dt.UTC),
        "person": "王芳",
    }
    assert (renamed["title"], renamed["effective_on"]) == ("—", AS_OF)
    assert renamed["department_name"] == "省卫健委"
    owed = taken.lines.filter(department_id=recorded["waiting"].department_id)
    assert set(owed.values_list("department_name", flat=True)) == {"省卫健委"}
    assert taken.figures.get(grouping="department", name="省卫健委").total == owed.count()
    assert taken.recorded_later_count == 2


def test_nothing_of_it_changes_afterwards(recorded, coordinator, officer):
    taken = take(coordinator)
    before, digest = rows_of(taken, CODE), fingerprints.of_snapshot(taken)

    User.objects.filter(pk=officer.pk).update(first_name="改名", last_name="")
    recorded["overdue"].item.title = "改名"
    recorded["overdue"].item.save()
    with at(LATER + dt.timedelta(1)):
        completion.withdraw_claim(
            Obligation.objects.get(pk=recorded["overdue"].pk), by=officer, on=AS_OF
        )

    taken = Snapshot.objects.get(pk=taken.pk)
    assert (rows_of(taken, CODE), fingerprints.of_snapshot(taken)) == (before, digest)
    LateLine.objects.filter(snapshot=taken).update(person="另一人")
    assert fingerprints.of_snapshot(taken) != digest


def test_every_difference_from_the_report_of_the_day_is_named(province, recorded_between):
    then, now = recorded_between
    names = ("status", "light", "due_on")
    before, after = (
        {row[0]: row[1:] for row in one.lines.values_list("obligation_id", *names)}
        for one in (then, now)
    )
    changed = {key for key in before | after if before.get(key) != after.get(key)}
    named = set(now.late_acts.values_list("obligation_id", flat=True))
    assert changed == {province["overdue"].pk}
    assert changed <= named


@pytest.fixture
def recorded_between(province, coordinator, request):
    then = take(coordinator, on=AS_OF)
    request.getfixturevalue("recorded")
    return then, take(coordinator)


def test_a_report_of_which_nothing_was_recorded_late_has_no_such_table(
    recorded_between, coordinator
):
    then, now = recorded_between
    assert CODE not in codes(then)
    assert CODE in codes(now)
    # Of a matter of which nothing was.
    assert CODE not in codes(take(coordinator, scope=Scope(scene="企业开办")))


def test_it_stands_in_the_workbook_on_paper_and_for_programs(recorded, coordinator, tmp_path):
    taken = take(coordinator)
    path = tmp_path / "report.xlsx"

    assert workbooks.progress(taken, to=path).count == 0

    book = load_workbook(path)
    shown = [[cell.value for cell in row] for row in book[NAME].iter_rows(min_row=5, max_row=5)]
    assert [str(value) for value in shown[0][-2:]] == ["2025-11-24 09:00:00", "王芳"]
    assert any(cell.value == NAME for row in book["封面"].iter_rows() for cell in row)
    with translation.override("zh-hans"):
        [printed] = [one for one in print_tables.printed(taken) if one.name == NAME]
        table = tables.table(taken, CODE)
    assert printed.rows[0][6].text == "2025年11月24日09:00"
    told = json.loads(b"".join(exports.json_pieces(taken, table)))
    assert told["rows"][0]["recorded_at"] == "2025-11-24 09:00"
    written = b"".join(exports.csv_pieces(table, encoding="utf-8")).decode("utf-8-sig")
    assert "2025-11-24 09:00" in written


def test_a_departments_part_has_its_own_alone(recorded, coordinator, police, health):
    taken = take(coordinator)
    parts = {one: excerpts.take(taken, one, by=None) for one in (police, health)}

    assert [row["act"] for row in rows_of(parts[police], CODE)] == ["申报完成"]
    assert [row["title"] for row in rows_of(parts[health], CODE)] == ["—"]
    assert [part.recorded_later_count for part in parts.values()] == [1, 1]
