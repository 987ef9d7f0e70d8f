"""本期变化: what became different since the report before, line by line."""

import datetime as dt

import pytest

from accounts.models import Role, User
from obligations import completion, dispatch
from obligations.models import Obligation
from reports import changes, publishing, snapshots, tables
from reports.models import ObligationLine, Snapshot
from reports.scopes import Scope

BEFORE, AS_OF = dt.date(2025, 11, 10), dt.date(2025, 11, 21)
pytestmark = pytest.mark.settled("province")


def take(by, day, *, scope=None, published=True):
    taken = snapshots.take(as_of=day, today=day, by=by, scope=scope)
    if published:
        one, other = (
            User.objects.get_or_create(username=name, role=Role.COORDINATOR)[0]
            for name in ("one", "other")
        )
        publishing.review(taken, by=one, on=day)
        publishing.publish(taken, by=other, on=day)
    return taken


@pytest.fixture
def before(province, coordinator):
    return take(coordinator, BEFORE)


def found(snapshot):
    """Titles by sort of change."""
    previous = changes.previous_of(snapshot)
    return {
        change.code: sorted(change.lines.values_list("obligation_id", flat=True))
        for change in changes.between(snapshot, previous)
    }


def test_the_first_report_says_that_there_is_none_before(province, coordinator):
    taken = take(coordinator, AS_OF)

    table = tables.table(taken, "changes")

    assert changes.previous_of(taken) is None
    assert list(table.rows()) == []
    assert "无可比对的上期" in table.note


def test_nothing_is_listed_where_nothing_changed(before, coordinator):
    again = take(coordinator, BEFORE + dt.timedelta(1))
    # A day on which the clock alone moved nothing.
    assert {code: rows for code, rows in found(again).items() if rows} == {}


def test_each_sort_of_change_is_found(before, province, coordinator, owe, health):
    issued = dispatch.issue(province["draft"], by=coordinator, on=dt.date(2025, 11, 12))
    verified = completion.verify(province["waiting"], by=coordinator, on=dt.date(2025, 11, 13))
    reopened = completion.reopen(
        province["late"], by=coordinator, on=dt.date(2025, 11, 14), reason="服务中断"
    )
    dispatch.withdraw(province["ongoing"], by=coordinator, on=dt.date(2025, 11, 14), reason="调整")
    drafted = owe(health)
    taken = take(coordinator, AS_OF)

    rows = found(taken)

    assert rows["added"] == [issued.pk if issued else province["draft"].pk]
    assert rows["cleared"] == [province["waiting"].pk]
    assert rows["reopened"] == [province["late"].pk]
    # Reopening gives a new due date, too.
    assert rows["moved"] == [province["late"].pk]
    assert rows["withdrawn"] == [province["ongoing"].pk]
    assert province["due soon"].pk in rows["light"]
    assert rows["gone"] == []
    # What is still a draft is nobody's news.
    assert drafted.pk not in rows["added"]
    assert (verified, reopened) is not None


OPEN, DONE = {"status": "in_progress"}, {"status": "verified"}
DRAFT, WITHDRAWN, LISTED = {"status": "draft"}, {"status": "withdrawn"}, {"external": True}
EARLY, LATE, NEVER = ({"due_on": day} for day in (dt.date(2025, 9, 15), dt.date(2025, 9, 30), None))
# What a line says in the report before (None: it is not there), what now, and how that is called.
CASES = [
    (OPEN, OPEN, set()),
    (OPEN | {"light": "green"}, OPEN, {"light"}),
    (OPEN | {"light": "green"}, DONE, {"cleared"}),
    (None, DONE, {"added", "cleared"}),
    (DONE, DONE | {"reopened_count": 1}, {"reopened"}),
    (DONE, OPEN, {"reopened"}),
    (LATE, EARLY, {"moved"}),
    (EARLY, LATE, {"moved"}),
    (NEVER, LATE, {"moved"}),
    (LATE, NEVER, {"moved"}),
    (NEVER, NEVER, set()),
    (DRAFT, OPEN, {"added"}),
    (DRAFT, WITHDRAWN, {"withdrawn"}),
    (WITHDRAWN, WITHDRAWN, set()),
    (None, WITHDRAWN, set()),
    (None, LISTED | DRAFT, {"added"}),
    (LISTED | DRAFT, LISTED | DRAFT, set()),
    (None, LISTED | WITHDRAWN, set()),
    (OPEN, None, {"gone"}),
    (WITHDRAWN, None, set()),
]


def test_what_two_lines_differ_in_is_called_by_its_name_alone(before, coordinator, province):
    taken = take(coordinator, AS_OF)
    sides = [one.lines.get(obligation_id=province["overdue"].pk) for one in (before, taken)]
    kept = {"status", "due_on", "light", "reopened_count", "external"}
    told = []
    for was, now, _called in CASES:
        for line, says in zip(sides, (was, now), strict=True):
            same = ObligationLine.objects.filter(
                snapshot=line.snapshot, obligation_id=line.obligation_id
            )
            same.delete()
            if says is not None:
                line.save(force_insert=True)
                same.update(**{name: getattr(sides[0], name) for name in kept} | says)
        rows = found(taken)
        told.append({code for code, keys in rows.items() if province["overdue"].pk in keys})
    assert told == [called for _was, _now, called in CASES]


def test_the_sheet_shows_both_sides_and_counts_them_in_its_note(before, province, coordinator):
    completion.verify(province["waiting"], by=coordinator, on=dt.date(2025, 11, 13))
    taken = take(coordinator, AS_OF)

    table = tables.table(taken, "changes")
    keys = [column.key for column in table.columns]
    rows = [dict(zip(keys, row.values, strict=True)) for row in table.rows()]

    (cleared,) = [row for row in rows if row["change"] == "办结销号"]
    assert (cleared["was_status"], cleared["status"]) == ("待核验", "已核验销号")
    assert cleared["completed_on"] == dt.date(2025, 9, 1)
    assert f"第 {before.pk} 号快照" in table.note
    assert "办结销号 1 项" in table.note
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))


def test_what_left_the_scope_is_named(before, coordinator):
    taken = take(coordinator, AS_OF)
    gone = ObligationLine.objects.filter(snapshot=taken, light="red").first()
    gone.delete()

    assert found(taken)["gone"] == [gone.obligation_id]
    rows = list(tables.table(taken, "changes").rows())
    (row,) = [row for row in rows if row.values[1] == "移出本报告范围"]
    assert row.values[-4:] == ["—"] * 4


def test_the_report_before_is_the_newest_published_of_the_same_scope(
    before, coordinator, officer, province
):
    take(coordinator, BEFORE + dt.timedelta(2), published=False)
    take(officer, BEFORE + dt.timedelta(3), scope=Scope(department=officer.department))
    newer = take(coordinator, BEFORE + dt.timedelta(1))

    taken = take(coordinator, AS_OF)

    assert changes.previous_of(taken) == newer
    own = take(officer, AS_OF, scope=Scope(department=officer.department))
    assert changes.previous_of(own).department == officer.department


def test_of_two_of_one_day_the_later_is_the_one_before_and_none_that_was_withdrawn(
    owe, police, coordinator
):
    owe(police, status="issued")
    take(coordinator, BEFORE)
    second = take(coordinator, BEFORE)
    withdrawn = take(coordinator, BEFORE + dt.timedelta(1))
    publishing.withdraw(withdrawn, by=coordinator, on=AS_OF, reason="口径有误")
    take(coordinator, AS_OF)

    assert changes.previous_of(take(coordinator, AS_OF)) == second


def test_the_report_before_stays_the_one_that_was_found(before, coordinator):
    taken = take(coordinator, AS_OF)

    take(coordinator, BEFORE + dt.timedelta(5))

    assert changes.previous_of(Snapshot.objects.get(pk=taken.pk)) == before


def test_later_acts_reach_neither_side(before, province, coordinator):
    taken = take(coordinator, AS_OF)
    rows = found(taken)

    Obligation.objects.update(due_on=dt.date(2026, 1, 1), light="green")

    assert found(taken) == rows
