"""Snapshots freeze a scope at the end of a day."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from accounts.errors import RuleViolation
from accounts.models import AuditEntry
from obligations import completion, dispatch, indicators, late_records
from obligations.evidence import NewEvidence
from obligations.models import ListItem, Obligation
from obligations.today import end_of
from reports import snapshots
from reports.models import FigureLine, ObligationLine, Snapshot
from reports.scopes import Scope

AS_OF = dt.date(2025, 11, 21)
pytestmark = pytest.mark.settled("province")


def day(month, number):
    return dt.date(2025, month, number)


def lines_of(snapshot):
    return {line.obligation_id: line for line in snapshot.lines.all()}


def test_the_figures_of_the_whole_are_the_indicators_of_the_day(province, snapshot):
    whole = snapshot.figures.get(grouping=FigureLine.Grouping.WHOLE)
    expected = indicators.count(ObligationLine.objects.filter(snapshot=snapshot), on=AS_OF)
    assert whole.counts == expected
    assert (whole.applicable, whole.verified, whole.on_time, whole.fell_due) == (8, 2, 1, 3)
    # Two claims were verified the next day, one waits longer than it may.
    assert (whole.decided, whole.decided_in_time) == (3, 2)


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


def test_what_is_named_is_what_held_on_the_day(province, coordinator, officer):
    row, ended = province["blocked"], {"ended_by": coordinator}
    for reason, outcome, decided_on, ended_on in (
        ("已解除", "confirmed", day(9, 10), AS_OF),
        ("次日解除", "confirmed", day(9, 20), AS_OF + dt.timedelta(1)),
        ("未确认", "refused", day(10, 1), None),
        ("次日确认", "confirmed", AS_OF + dt.timedelta(1), AS_OF + dt.timedelta(2)),
    ):
        row.blocks.create(
            cause="technical",
            reason=reason,
            asked_on=day(9, 1),
            asked_by=officer,
            outcome=outcome,
            decided_by=coordinator,
            decided_at=end_of(decided_on),
            decided_on=decided_on,
            **({"ended_on": ended_on, **ended} if ended_on else {}),
        )
    for name, early in (("overdue", 1), ("due soon", 0)):
        at = end_of(AS_OF) - dt.timedelta(seconds=early)
        Obligation.objects.filter(pk=province[name].pk).update(issued_at=at)

    lines = lines_of(snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator))

    blocked = lines[row.pk]
    assert (blocked.block_reason, blocked.blocked_on) == ("次日解除", day(9, 20))
    assert (blocked.body_name, blocked.department_name) == ("公安部", "省公安厅")
    assert lines[province["overdue"].pk].issued_at is not None
    assert lines[province["due soon"].pk].issued_at is None


def test_days_are_counted_from_what_each_reason_rests_on(snapshot, province):
    facts = {
        "overdue": {"light_reason": "overdue", "due_on": day(11, 20)},
        "late": {"light_reason": "claimed_late", "due_on": day(9, 30), "completed_on": day(10, 15)},
        "in time": {"light_reason": "promise_broken", "delivery_grace_on": day(11, 19)},
        "waiting": {"light_reason": "milestone_passed", "due_on": day(9, 30)},
    }
    for name, said in facts.items():
        rows = snapshot.lines.filter(obligation_id=province[name].pk)
        rows.update(**said, light="red", overdue_days=0)
    outside = snapshot.lines.filter(obligation_id=province["external"].pk)
    outside.update(due_on=AS_OF, waiting_since=None, waiting_days=0)

    snapshots._count_days(snapshot)

    lines = lines_of(snapshot)
    # 9, 10, 11 (a working Saturday), 13, 14 and 15 October; then days of one week.
    counted = {name: lines[province[name].pk].overdue_days for name in facts}
    assert counted == {"overdue": 1, "late": 6, "in time": 2, "waiting": 0}
    assert outside.get().waiting_since is None


def test_items_under_which_nobody_owes_anything_are_those_of_the_day(
    owe, make_item, police, sharing_list, coordinator
):
    earlier = ListItem.objects.count()
    owe(police, status="issued")
    gone, going, coming, listed = (make_item(police) for _number in range(4))
    owe(police, on=AS_OF + dt.timedelta(1))
    for item, days in ((gone, 0), (going, 1)):
        item.withdrawn_on = AS_OF + dt.timedelta(days)
        item.save()
    for number, (item, days) in enumerate(((coming, 1), (listed, 0)), 1):
        edition = sharing_list.editions.create(number=number, applied_on=AS_OF + dt.timedelta(days))
        edition.changes.create(item=item, change="added")

    taken = snapshots.take(as_of=AS_OF, today=AS_OF + dt.timedelta(3), by=coordinator)

    whole = taken.figures.get(grouping=FigureLine.Grouping.WHOLE)
    # Going on the next day, listed on the day, and one that was owed to nobody yet.
    assert (whole.item_count, whole.idle_item_count) == (earlier + 1, 3)


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
    # What a process reads once is no part of it.
    snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    with django_assert_max_num_queries(76):
        snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    for _number in range(15):
        advance(owe(police, due_on=day(9, 30)), "in_progress")
    with django_assert_max_num_queries(76):
        snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
