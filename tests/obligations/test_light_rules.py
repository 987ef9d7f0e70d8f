"""The light rule as data: each day by its own version, previewed by its rows, never edited."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry, Role
from jobs import running
from jobs.models import Job
from obligations import fulfilment, history, judged_by, light_rules, light_versions, lights
from obligations.models import LightRule, Obligation, ObligationState
from tests.thorough import sampled

D = dt.date
TODAY = D(2025, 11, 3)
TOMORROW = D(2025, 11, 4)
USUAL = [
    code
    for code in lights.DEFAULT_RULE.reasons
    if code not in (*lights.FIXED_FIRST, lights.FIXED_LAST)
]
CLOSE = [*USUAL[: USUAL.index("due_soon")], "due_close", *USUAL[USUAL.index("due_soon") :]]


def drafted(reasons=CLOSE, *, days=None, from_on=TOMORROW, today=TODAY):
    days = {"due_close": 10} if days is None else days
    return light_rules.draft(reasons, days=days, effective_from=from_on, note="示例函", today=today)


def add(by, **more):
    return light_rules.add(drafted(**more), by=by)


@pytest.fixture
def open_row(owe, police):
    def make(due_on):
        row = owe(police, due_on=due_on)
        Obligation.objects.filter(pk=row.pk).update(status="in_progress")
        history.record(row, on=D(2025, 8, 2))
        return row

    return make


def test_without_any_version_every_day_goes_by_the_shipped_rule(db):
    assert light_versions.on(D(2001, 1, 1)) == lights.DEFAULT_RULE
    assert light_versions.seed()
    assert not light_versions.seed()
    assert light_versions.on(TODAY) == lights.DEFAULT_RULE
    assert LightRule.objects.get().effective_to is None


def test_each_day_is_judged_by_the_version_of_that_day(open_row, coordinator):
    row = open_row(D(2025, 11, 14))
    add(coordinator)
    assert LightRule.objects.get(number=1).effective_to == D(2025, 11, 3)
    for day, light in ((D(2025, 11, 3), "green"), (D(2025, 11, 4), "yellow")):
        judged = Obligation.objects.annotate(now=lights.light(history.day_of(day))).get(pk=row.pk)
        assert judged.now == light
    assert judged_by.rules_version(as_of=D(2025, 11, 3)).startswith("第 1 版")
    assert judged_by.rules_version(as_of=D(2025, 11, 4)).startswith("第 2 版")


def test_days_move_the_horizon_of_their_condition(open_row, coordinator):
    row = open_row(D(2025, 12, 31))
    Obligation.objects.filter(pk=row.pk).update(planned_on=D(2025, 11, 3))
    add(coordinator, reasons=USUAL, days={"plan_passed": 2, "due_soon": 3})
    seen = {
        day: Obligation.objects.annotate(now=lights.reason(history.day_of(day))).get().now
        for day in (D(2025, 11, 5), D(2025, 11, 6))
    }
    assert seen == {D(2025, 11, 5): "on_course", D(2025, 11, 6): "plan_passed"}
    assert [history.due_soon_days(day) for day in (TODAY, D(2025, 11, 4))] == [5, 3]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"from_on": TODAY}, "明日"),
        ({"from_on": D(1999, 1, 1)}, "2000"),
        ({"reasons": USUAL, "days": {}}, "没有差别"),
        ({"reasons": ["blocked"]}, "不能去掉"),
        ({"reasons": [*USUAL, "moon"]}, "词表"),
        ({"reasons": [*USUAL, "overdue"]}, "词表"),
        ({"days": {"overdue": 3}}, "不需要"),
        ({"days": {"due_close": 31}}, "30"),
    ],
)
def test_a_draft_that_may_not_be_is_refused_with_its_reason(db, more, said):
    with pytest.raises(RuleViolation, match=said):
        drafted(**more)


def test_what_is_not_counted_stays_first_and_on_course_last(db):
    rule = drafted(["overdue", "on_course", "blocked", "external"]).as_rule
    assert rule.reasons == (*lights.FIXED_FIRST, "overdue", "blocked", lights.FIXED_LAST)


def test_only_the_province_adds_a_version_and_the_newest_must_have_been_seen(
    coordinator, make_user, city, officer
):
    local = make_user("city", Role.COORDINATOR, region=city)
    for nobody in (local, officer):
        with pytest.raises(PermissionDenied):
            add(nobody)
    draft = drafted()
    add(coordinator)
    with pytest.raises(StaleVersion):
        light_rules.add(draft, by=coordinator, version=1)
    assert list(LightRule.objects.values_list("number", flat=True)) == [1, 2]
    assert AuditEntry.objects.filter(verb="add_light_rule").count() == 1


def test_the_preview_counts_exactly_the_rows_behind_its_link(open_row, client, coordinator):
    rows = [open_row(D(2025, 11, day)) for day in (4, 12, 14, 28)]
    client.force_login(coordinator)
    with time_machine.travel(dt.datetime(2025, 11, 3, 4, tzinfo=dt.UTC)):
        draft = drafted().as_rule
        turns = light_rules.effect(draft, on=TODAY)
        found = {}
        for turn in turns:
            asked = {"turning": light_rules.spelled_turn(draft, turn, on=TODAY)}
            page = client.get(reverse("obligations:list"), asked)
            found[(turn["from"], turn["to"])] = {
                one.pk for one in page.context["listing"].page.rows
            }
            assert len(found[(turn["from"], turn["to"])]) == turn["count"]
    assert found == {
        ("blue", "yellow"): {rows[0].pk},
        ("green", "yellow"): {rows[1].pk, rows[2].pk},
    }


@pytest.mark.parametrize("text", ["", "x", "green~yellow~2025-02-30~overdue", "~~~", "a~b~2025-1~"])
def test_an_address_that_spells_no_rule_finds_nothing(open_row, text):
    open_row(D(2025, 11, 4))
    assert light_rules.turning(Obligation.objects.all(), text).count() == 0


def test_a_rule_survives_its_spelling(db):
    rule = drafted().as_rule
    read = lights.read(lights.spelled(rule))
    assert (read.reasons, read.days) == (rule.reasons, rule.days)


def test_the_job_judges_the_first_day_and_keeps_what_the_rule_turned(open_row, coordinator):
    soon, far = open_row(D(2025, 11, 14)), open_row(D(2026, 3, 31))
    with time_machine.travel(dt.datetime(2025, 11, 3, 4, tzinfo=dt.UTC)):
        fulfilment.check(as_of=TODAY, today=TODAY)
        add(coordinator)
        job = Job.objects.get(kind=light_rules.JOB)
        assert job.lease_until is not None  # nobody is woken before the day has come
    with time_machine.travel(dt.datetime(2025, 11, 4, 4, tzinfo=dt.UTC)):
        Job.objects.filter(pk=job.pk).update(lease_until=None)  # the database's clock is real
        running.perform(job.pk)
    lights_now = dict(Obligation.objects.values_list("pk", "light"))
    assert lights_now == {soon.pk: "yellow", far.pk: "green"}
    rule = LightRule.objects.get(number=2)
    assert rule.turned == [{"from": "green", "to": "yellow", "count": 1}]
    assert ObligationState.objects.at(TODAY).get(obligation=soon).light == "green"
    assert light_rules.rejudge(rule, today=D(2025, 11, 5)) == rule.turned


def test_a_version_does_not_judge_before_its_first_day(coordinator):
    rule = add(coordinator)
    with pytest.raises(RuleViolation):
        light_rules.rejudge(rule, today=TODAY)


@sampled(10, quick=3)
@given(
    due=st.lists(st.integers(0, 30), min_size=1, max_size=4),
    turns_on=st.integers(2, 28),
    close=st.integers(0, 12),
    order=st.permutations(range(0, 30, 3)),
)
@pytest.mark.django_db(transaction=True)
def test_judging_day_by_day_equals_judging_once_also_where_the_rule_changes_between(
    owe, police, coordinator, due, turns_on, close, order
):
    start, end = D(2025, 9, 15), D(2025, 10, 15)
    for model in (ObligationState, Obligation, LightRule, Job):
        model.objects.all().delete()
    for offset in due:
        row = owe(police, due_on=start + dt.timedelta(days=offset), on=start)
        Obligation.objects.filter(pk=row.pk).update(status="in_progress")
        history.record(row, on=start)
    changes_on = start + dt.timedelta(days=turns_on)
    rule = add(coordinator, days={"due_close": close}, from_on=changes_on, today=start)
    for offset in order:
        fulfilment.judge(as_of=start + dt.timedelta(days=offset), today=end)
    light_rules.rejudge(rule, today=end)
    for offset in (*order, turns_on):
        day = start + dt.timedelta(days=offset)
        known = lights.DEFAULT_RULE if day < changes_on else rule.as_rule
        expected = lights.reason(history.day_of(day, rule=known))
        stored = ObligationState.objects.at(day).annotate(now=expected)
        assert all(state.light_reason == state.now for state in stored)
        assert stored.count() == len(due)
    now = lights.reason(history.day_of(end, rule=rule.as_rule))
    assert all(row.light_reason == row.now for row in Obligation.objects.annotate(now=now))


def test_the_page_shows_the_effect_first_and_then_puts_the_rule_in_force(
    open_row, client, coordinator
):
    open_row(D(2025, 11, 14))
    client.force_login(coordinator)
    with time_machine.travel(dt.datetime(2025, 11, 3, 4, tzinfo=dt.UTC)):
        page = client.get(reverse("obligations:light-rule-new"))
        form = dict(page.context["form"].initial)
        data = {**form, "place_due_close": 5, "days_due_close": 10, "note": "示例函", "version": 1}
        seen = client.post(reverse("obligations:light-rule-new"), data)
        assert "1 件" in seen.content.decode()
        assert not LightRule.objects.filter(number=2).exists()
        gone = {name: value for name, value in data.items() if name != "version"}
        assert client.post(reverse("obligations:light-rule-new"), gone).status_code == 428
        done = client.post(reverse("obligations:light-rule-new"), {**data, "confirm": "yes"})
        assert done.status_code == 302
        text = client.get(reverse("obligations:light-rules")).content.decode()
    assert LightRule.objects.get(number=2).as_rule.days["due_close"] == 10
    assert "时限迫近" in text
    assert "示例函" in text


def test_the_api_previews_and_adds(open_row, client, coordinator):
    open_row(D(2025, 11, 14))
    client.force_login(coordinator)
    body = {
        "conditions": [
            {"code": code, "days": 10} if code == "due_close" else {"code": code} for code in CLOSE
        ],
        "effective_from": "2025-11-04",
        "note": "示例函",
        "version": 1,
    }
    with time_machine.travel(dt.datetime(2025, 11, 3, 4, tzinfo=dt.UTC)):

        def post(**more):
            return client.post(
                "/api/v1/light-rules/", {**body, **more}, content_type="application/json"
            )

        looked = post(dry_run=True).json()
        assert looked["would_turn"] == [{"from": "green", "to": "yellow", "count": 1}]
        assert LightRule.objects.count() == 0
        assert post(version=7).status_code == 409
        assert post().json()["saved"]
    shown = client.get("/api/v1/light-rules/").json()
    assert [one["number"] for one in shown["versions"]] == [2, 1]
