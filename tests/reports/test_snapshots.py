"""Snapshots freeze a scope at the end of a day."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from accounts.errors import RuleViolation
from accounts.models import AuditEntry
from obligations import completion, dispatch, indicators, late_records
from obligations.evidence import NewEvidence
from obligations.models import Obligation
from obligations.today import end_of
from reports import snapshots
from reports.models import FigureLine, ObligationLine, Snapshot
from reports.scopes import Scope

AS_OF = dt.date(2025, 11, 21)


def day(month, number):
    return dt.date(2025, month, number)


def lines_of(snapshot):
    return {line.obligation_id: line for line in snapshot.lines.all()}


def test_the_figures_of_the_whole_are_the_indicators_of_the_day(province, snapshot):
    whole = snapshot.figures.get(grouping=FigureLine.Grouping.WHOLE)
    expected = indicators.count(ObligationLine.objects.filter(snapshot=snapshot), on=AS_OF)
    assert whole.counts == expected
    assert (whole.applicable, whole.verified, whole.on_time, whole.fell_due) == (8, 2, 1, 3)


def test_a_past_day_shows_what_held_at_its_end(province, coordinator):
    before = snapshots.take(as_of=day(8, 31), today=AS_OF, by=coordinator)
    statuses = {line.status for line in before.lines.filter(external=False)}
    assert statuses == {"draft", "issued", "in_progress"}
    assert not before.lines.filter(blocked=True).exists()
    late = lines_of(before)[province["late"].pk]
    assert (late.light, late.overdue_days) == ("red", 10)
    # The machine has not judged that day; the light is that of the day all the same.
    assert not before.lines.filter(evidence__gt="").exists()


def test_today_is_judged_for_today_whether_or_not_the_night_was_missed(province, coordinator):
    Obligation.objects.update(light="grey", light_reason="not_issued")
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    lights = {name: lines_of(taken)[row.pk].light for name, row in province.items()}
    assert lights == {
        "in time": "green",
        "late": "green",
        "overdue": "red",
        "waiting": "green",
        "unendorsed": "green",
        "due soon": "blue",
        "ongoing": "green",
        "draft": "grey",
        "external": "grey",
        "blocked": "purple",
    }


def test_a_day_to_come_cannot_be_reported(province, coordinator):
    with pytest.raises(RuleViolation):
        snapshots.take(as_of=AS_OF + dt.timedelta(1), today=AS_OF, by=coordinator)
    assert not Snapshot.objects.exists()


def test_a_department_reports_on_itself_and_never_on_drafts_or_others(province, officer2):
    taken = snapshots.take(
        as_of=AS_OF, today=AS_OF, by=officer2, scope=Scope(department=officer2.department)
    )
    names = set(taken.lines.values_list("department_name", flat=True))
    assert names == {"省卫生健康委员会"}
    assert province["draft"].pk not in lines_of(taken)


@pytest.mark.parametrize("scope", ["province", "other department"])
def test_a_department_cannot_report_beyond_itself(province, officer, health, scope):
    wanted = Scope() if scope == "province" else Scope(department=health)
    with pytest.raises(PermissionDenied):
        snapshots.take(as_of=AS_OF, today=AS_OF, by=officer, scope=wanted)


def test_administrators_take_no_snapshots(province, sysadmin, auditor, secadmin):
    for user in (sysadmin, auditor, secadmin):
        with pytest.raises(PermissionDenied):
            snapshots.take(as_of=AS_OF, today=AS_OF, by=user)


def test_a_citys_coordinator_reports_on_the_city(
    province, owe, make_department, make_user, city, advance
):
    bureau = make_department("甲市教育局", at=city)
    owe(bureau)
    chief = make_user("city", "coordinator", department=bureau, region=city)
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=chief, scope=Scope(region=city))
    assert set(taken.lines.values_list("department_name", flat=True)) == {"甲市教育局"}
    with pytest.raises(PermissionDenied):
        snapshots.take(as_of=AS_OF, today=AS_OF, by=chief)


def test_who_took_it_is_audited_and_the_editions_are_kept(snapshot, coordinator):
    entry = AuditEntry.objects.of("reports.snapshot", snapshot.pk).get()
    assert (entry.verb, entry.user_id) == ("take_snapshot", coordinator.pk)
    assert snapshot.rules_version.startswith("第 1 版")
    assert "chinesecalendar" in snapshot.calendar_version
    assert snapshot.program_version


def test_what_is_recorded_late_is_counted(province, coordinator, officer):
    paper = NewEvidence(kind="document", text="示例〔2025〕9号")
    count = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator).recorded_later_count
    completion.claim(province["overdue"], by=officer, on=AS_OF, with_evidence=[paper])
    again = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    assert again.recorded_later_count == count + 1


def test_an_act_of_the_day_is_late_from_midnight_in_shanghai_on(owe, police, officer):
    found = []
    for early in (1, 0):
        row = owe(police, status="issued")
        with time_machine.travel(end_of(AS_OF) - dt.timedelta(seconds=early), tick=False):
            dispatch.accept(row, by=officer, on=AS_OF)
        found.append(late_records.since(Obligation.objects.filter(pk=row.pk), on=AS_OF).count())
    assert found == [0, 1]


def test_an_opened_system_no_longer_needs_coordination(province, coordinator):
    dispatch.record_opening(
        province["external"], by=coordinator, on=AS_OF, opened_on=AS_OF, note="已开放"
    )
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    waiting = ObligationLine.objects.filter(snapshot=taken).to_coordinate()
    assert [line.obligation_id for line in waiting] == [province["blocked"].pk]


def test_taking_a_snapshot_costs_the_same_queries_for_any_number_of_obligations(
    province, owe, police, advance, coordinator, django_assert_max_num_queries
):
    with django_assert_max_num_queries(65):
        snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    for _number in range(15):
        advance(owe(police, due_on=day(9, 30)), "in_progress")
    with django_assert_max_num_queries(65):
        snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
