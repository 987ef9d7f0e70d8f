"""The tables of a report: one source of every figure, whoever reads it and in whatever form."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest
from django.utils import translation

from accounts.models import Level
from obligations.models import ContradictionCase, DepartmentDay, ResponsibilityList
from reports import snapshots, tables, trends
from reports.models import FigureLine, ObligationLine
from reports.scopes import Scope

AS_OF = dt.date(2025, 11, 21)
KINDS_OF_VALUES = (str, int, Decimal, dt.date, type(None))
pytestmark = pytest.mark.settled("province")


def rows_of(snapshot, code):
    """The rows of a table as {key: value}."""
    table = tables.table(snapshot, code)
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row.values, strict=True)) for row in table.rows()]


def total_of(snapshot, code):
    table = tables.table(snapshot, code)
    return dict(zip((column.key for column in table.columns), table.total.values, strict=True))


@pytest.fixture
def count(snapshot):
    """Give the snapshot a department of so many obligations."""

    def add(name, verified, applicable, **more):
        numbers = {
            field.name: 0
            for field in FigureLine._meta.local_fields
            if field.get_internal_type() == "PositiveIntegerField"
        }
        numbers |= {"verified": verified, "applicable": applicable, "position": 100} | more
        FigureLine.objects.create(
            snapshot=snapshot, grouping="department", key=name, name=name, **numbers
        )

    return add


def test_every_column_has_a_name_of_its_own_and_every_row_all_columns(snapshot):
    found = tables.tables_of(snapshot)

    assert len({table.code for table in found}) == len({table.name for table in found})
    for table in found:
        keys = [column.key for column in table.columns]
        assert all(key.isidentifier() and key.isascii() for key in keys), table.code
        assert len(set(keys)) == len(keys), table.code
        rows = [*table.rows(), *([table.total] if table.total else [])]
        for row in rows:
            assert len(row.values) == len(keys), table.code
            assert all(isinstance(value, KINDS_OF_VALUES) for value in row.values), table.code


def test_a_table_is_found_by_its_code_and_says_the_same_in_every_language(snapshot):
    with translation.override("zh-hans"):
        chinese = {table.code: list(table.rows()) for table in tables.tables_of(snapshot)}
    with translation.override("en"):
        for code, rows in chinese.items():
            assert list(tables.table(snapshot, code).rows()) == rows, code
    with pytest.raises(KeyError):
        tables.table(snapshot, "nothing")


def test_rows_can_be_read_as_often_as_anyone_asks(snapshot):
    for table in tables.tables_of(snapshot):
        assert list(table.rows()) == list(table.rows()), table.code


def test_equal_rates_share_a_place_and_the_next_leaves_as_many_out(snapshot, count):
    for name, verified, applicable in [("甲", 2, 4), ("乙", 9, 10), ("丙", 1, 3)]:
        count(name, verified, applicable)

    rows = rows_of(snapshot, "ranking")

    assert [(row["place"], row["department"], row["remark"]) for row in rows] == [
        (1, "乙", ""),
        (2, "省公安厅", "2 个部门并列"),
        (2, "甲", "2 个部门并列"),
        (4, "丙", ""),
        (5, "省卫生健康委员会", ""),
    ]


def test_who_owes_too_little_is_listed_below_without_a_place_and_with_the_reason(snapshot, count):
    count("丁", 2, 2)
    count("戊", 0, 0)

    rows = rows_of(snapshot, "ranking")[-2:]

    assert [(row["place"], row["department"], row["remark"]) for row in rows] == [
        ("—", "丁", "计入的责任事项不足 3 项，不参加排名"),
        ("—", "戊", "没有计入的责任事项，不参加排名"),
    ]
    assert [row["completion_rate"] for row in rows] == [Decimal(1), "—"]


def test_the_place_by_due_dates_is_by_the_current_ones_and_has_a_least_of_its_own(snapshot, count):
    FigureLine.objects.filter(snapshot=snapshot, grouping="department").delete()
    by_original = {"originally_fell_due": 4, "originally_on_time": 4}
    count("甲", 9, 9, fell_due=4, on_time=1, **by_original)
    count("乙", 1, 9, fell_due=4, on_time=3)
    count("丙", 0, 9, fell_due=2, on_time=2)

    rows = rows_of(snapshot, "ranking")

    assert [(row["department"], row["on_time_place"]) for row in rows] == [
        ("甲", 2),
        ("乙", 1),
        ("丙", "—"),
    ]


def test_a_department_alone_is_not_ranked(province, officer):
    own = Scope(department=officer.department)
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=officer, scope=own)

    assert "ranking" not in [table.code for table in tables.tables_of(taken)]
    assert [row["rank"] for row in rows_of(taken, "departments")] == ["—"]


def test_the_matrix_adds_up_to_departments_and_lists_and_is_empty_where_nothing_is_owed(
    snapshot, docking_list
):
    rows = {row["department"]: row for row in rows_of(snapshot, "matrix")}
    total = total_of(snapshot, "matrix")

    for row in rows_of(snapshot, "departments"):
        mine = rows[row["department"]]
        assert (mine["verified"], mine["counted"]) == (row["verified"], row["counted"])
        assert mine["completion_rate"] == row["completion_rate"]
    docking = f"list_{docking_list.pk}"
    health, police = rows["省卫生健康委员会"], rows["省公安厅"]
    assert [health[f"{docking}_{part}"] for part in ("verified", "counted")] == [None, None]
    assert [police[f"{docking}_{part}"] for part in ("verified", "counted")] == [0, 1]
    counted = [value for key, value in total.items() if key.endswith("_counted")]
    assert sum(counted) == total["counted"] == 8


def test_batches_of_several_lists_are_added_up_below_them(province, owe, police, coordinator):
    item = province["draft"].item
    level = item.list.level
    item.list = ResponsibilityList.objects.create(
        kind="sharing", level=level, issuer="另一机关", batch=7, title="【示例】另一份（第七批）"
    )
    item.save()
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)

    table = tables.table(taken, "lists")
    rows = rows_of(taken, "lists")
    named = {row["list"]: row for row in rows}

    subtotal = named["省级第 7 批小计"]
    of_batch = [row for row in rows if row["batch"] == 7 and row["list"] != "省级第 7 批小计"]
    for key in ("total", "counted", "verified", "items", "red"):
        assert subtotal[key] == sum(row[key] for row in of_batch), key
    # A sum over rows is told apart from the rows themselves by its look.
    assert [bool(row.states) for row in table.rows()].count(True) == 1
    assert total_of(taken, "lists")["total"] == sum(
        row["total"] for row in rows if row["number"] != ""
    )


def test_batches_of_different_levels_are_not_added_up_together(province, coordinator):
    """The ministries' seventh batch is not the province's seventh."""
    issued = [
        ResponsibilityList.objects.create(
            kind="sharing", level=Level.CENTRAL, issuer=issuer, batch=7, title=f"国家清单{issuer}"
        )
        for issuer in ("", "另一机关")
    ]
    for name, of_level in zip(("draft", "ongoing"), issued, strict=True):
        item = province[name].item
        assert item.list.level != Level.CENTRAL
        item.list = of_level
        item.save()
        rows = rows_of(snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator), "lists")
        added = [row for row in rows if "小计" in row["list"]]
        assert len(added) == (of_level is issued[1])

    [subtotal] = added
    assert (subtotal["list"], subtotal["total"]) == ("国家级第 7 批小计", 2)
    place = rows.index(subtotal)
    assert [row["list"] for row in rows[:place]] == ["国家清单", "国家清单另一机关"]


def test_what_falls_due_soon_is_listed_with_the_working_days_left(snapshot):
    rows = rows_of(snapshot, "due-soon")

    assert [(row["due_on"], row["left_days"], row["light"]) for row in rows] == [
        (dt.date(2025, 11, 26), 3, "蓝")
    ]
    assert "5 个工作日" in tables.table(snapshot, "due-soon").note


def test_doubts_that_were_open_on_the_day_are_kept_with_both_sides(province, coordinator):
    def case(obligation, found_on, closed_on=None):
        closed = {"outcome": "resolved", "closed_on": closed_on} if closed_on else {}
        return ContradictionCase.objects.create(
            obligation=obligation,
            code="consumer_says_unusable",
            weight=90,
            facts={"verified_on": "2025-09-02", "consumer": "省民政厅", "reason": "=打不开"},
            found_on=found_on,
            found_at=dt.datetime.combine(found_on, dt.time(8), tzinfo=dt.UTC),
            closed_at=closed_on and dt.datetime.combine(closed_on, dt.time(8), tzinfo=dt.UTC),
            **closed,
        )

    shown = case(province["in time"], dt.date(2025, 11, 1), dt.date(2025, 11, 22))
    case(province["late"], dt.date(2025, 11, 1), AS_OF)
    case(province["overdue"], dt.date(2025, 11, 22))
    elsewhere = case(province["waiting"], AS_OF)
    own = Scope(department=province["in time"].department)
    with translation.override("en"):
        taken = snapshots.take(as_of=AS_OF, today=dt.date(2025, 11, 22), by=coordinator, scope=own)
    assert elsewhere.pk not in taken.contradictions.values_list("case_id", flat=True)
    ContradictionCase.objects.filter(pk=shown.pk).update(facts={})

    rows = rows_of(taken, "contradictions")

    assert [row["department_name"] for row in rows] == ["省公安厅"]
    assert "2025-09-02" in rows[0]["claim"]
    assert "省民政厅" in rows[0]["found"]
    assert "=打不开" in rows[0]["found"]
    # The report is Chinese, whoever takes the snapshot.
    assert not any(letter.isascii() and letter.isalpha() for letter in rows[0]["expected"])


def test_the_trend_keeps_the_sums_of_earlier_days_and_ends_with_the_report(
    province, health, police, coordinator, sharing_list
):
    for department, done in ((health, 1), (police, 2)):
        DepartmentDay.objects.create(
            department=department,
            list=sharing_list,
            day=dt.date(2025, 10, 31),
            total=5,
            applicable=4,
            verified=done,
            on_time=done,
            fell_due=2,
            **dict.fromkeys(["red", "yellow", "blue", "green", "purple", "grey"], 0),
        )
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    DepartmentDay.objects.update(verified=0)

    rows = rows_of(taken, "trend")

    assert [(row["day"], row["verified"], row["counted"]) for row in rows] == [
        (dt.date(2025, 10, 31), 3, 8),
        (AS_OF, 2, 8),
    ]
    assert rows[0]["completion_rate"] == Decimal("0.375")


def test_a_report_about_a_scene_has_no_trend_of_whole_lists_and_says_why(
    province, police, coordinator, docking_list
):
    DepartmentDay.objects.create(
        department=police,
        list=docking_list,
        day=dt.date(2025, 10, 31),
        total=9,
        applicable=9,
        verified=9,
        on_time=9,
        fell_due=9,
        **dict.fromkeys(["red", "yellow", "blue", "green", "purple", "grey"], 0),
    )
    about = {"scene": Scope(scene="企业开办"), "list": Scope(on_list=docking_list)}
    taken = {
        name: snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator, scope=scope)
        for name, scope in about.items()
    }

    assert [row["day"] for row in rows_of(taken["scene"], "trend")] == [AS_OF]
    assert "不分“一件事”" in tables.table(taken["scene"], "trend").note
    assert [row["day"].month for row in rows_of(taken["list"], "trend")] == [10, 11]
    assert "不分" not in tables.table(taken["list"], "trend").note


def test_points_are_weeks_while_the_record_is_short_and_months_later():
    days = [dt.date(2025, 1, 1) + dt.timedelta(number) for number in range(300)]

    weekly = trends.choose(days[:60], until=dt.date(2025, 3, 4))
    monthly = trends.choose(days, until=dt.date(2025, 10, 28))

    assert {day.isoweekday() for day in weekly[:-1]} == {7}
    # The report itself stands for its own week or month.
    assert weekly[-1] == days[59] == dt.date(2025, 3, 1)
    assert [(day.month, day.day) for day in monthly[:3]] == [(1, 31), (2, 28), (3, 31)]
    assert monthly[-1] == dt.date(2025, 9, 30)
    assert trends.choose([], until=AS_OF) == []
    many = [dt.date(2022, 1, 1) + dt.timedelta(number) for number in range(1_000)]
    assert len(trends.choose(many, until=AS_OF)) == 12


def test_further_indicators_add_up_over_departments_and_kinds(snapshot):
    by_grouping = {
        grouping: list(snapshot.figures.filter(grouping=grouping))
        for grouping in ("whole", "kind", "department")
    }
    (whole,) = by_grouping["whole"]

    assert {"updating", "availability", "catalogued", "reply"} <= set(whole.rates)
    # Two items with a duty to supply are verified, but promise no day; nine are on the list.
    assert whole.rates["updating"] == [0, 0]
    assert whole.rates["catalogued"][1] > 0
    for lines in by_grouping.values():
        summed = Counter()
        for line in lines:
            for code, (numerator, denominator) in line.rates.items():
                summed.update({(code, "n"): numerator, (code, "d"): denominator})
        for code, pair in whole.rates.items():
            assert [summed[code, "n"], summed[code, "d"]] == pair, code
    shown = {row["indicator"] for row in rows_of(snapshot, "overview")}
    assert {"更新及时率", "接口可用率", "编目率", "挂接率", "需求响应率", "交付及时率"} <= shown
    assert (
        total_of(snapshot, "indicators")["catalogued_denominator"] == whole.rates["catalogued"][1]
    )


def test_promises_that_are_kept_and_broken_are_counted_on_the_day(province, coordinator):
    kept, broken = province["in time"], province["late"]
    for obligation, grace in ((kept, AS_OF), (broken, AS_OF - dt.timedelta(1))):
        obligation.delivery_due_on = dt.date(2025, 11, 19)
        obligation.delivery_grace_on = grace
        obligation.save()

    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)

    whole = taken.figures.get(grouping="whole")
    assert whole.rates["updating"] == [1, 2]


def test_a_snapshot_of_before_has_no_further_indicators_and_is_shown_without(snapshot):
    snapshot.figures.update(rates={})

    shown = {row["indicator"] for row in rows_of(snapshot, "overview")}

    assert "更新及时率" not in shown
    assert "完成率（销号率）" in shown
    assert [column.key for column in tables.table(snapshot, "indicators").columns][2:] == [
        "docking_numerator",
        "docking_denominator",
        "docking_rate",
    ]


def test_detail_tables_have_a_row_for_each_line_that_they_are_about(snapshot):
    ledgers = [table for table in tables.tables_of(snapshot) if table.code.startswith("ledger-")]

    count = sum(sum(1 for _row in table.rows()) for table in ledgers)

    assert count == ObligationLine.objects.filter(snapshot=snapshot).count()
