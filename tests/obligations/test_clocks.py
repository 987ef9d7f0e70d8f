"""Deadline rules: the version of the event's day, the nearest region, never laxer than law."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry, Region, Role
from obligations import clocks, rules
from obligations.models import Clock, DeadlineRule
from obligations.rule_data import SHIPPED

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _no_rules():
    DeadlineRule.objects.all().delete()


@pytest.fixture
def draft():
    def make(clock, *, days=3, **more):
        known = {
            "region": None,
            "unit": "working_days",
            "effective_from": ON,
            "source": "示例〔2026〕1号",
        }
        return rules.draft(clock, days=days, **(known | more))

    return make


def test_seeding_loads_every_shipped_clock_and_a_second_time_nothing(capsys):
    call_command("load_rules")
    assert DeadlineRule.objects.count() == len(SHIPPED) == len(Clock)
    assert clocks.seed() == 0


def test_seeding_leaves_a_clock_alone_that_has_versions_of_its_own(coordinator, draft):
    clocks.seed()
    rules.add(draft("verify", days=3), by=coordinator)
    assert clocks.seed() == 0
    assert clocks.rule("verify", on=ON).days == 3


@pytest.mark.parametrize(
    ("clock", "days", "unit", "extension", "article"),
    [
        ("catalogue_update", 10, "working_days", 5, "第十七条"),
        ("catalogue_review", 2, "working_days", 0, "第十七条"),
        ("reply_unconditional", 1, "working_days", 10, "第二十一条"),
        ("reply_conditional", 10, "working_days", 10, "第二十一条"),
        ("delivery", 20, "working_days", 0, "第二十二条"),
        ("correction", 10, "working_days", 0, "第二十六条"),
        ("keep_records", 3, "years", 0, "第二十九条"),
    ],
)
def test_the_clocks_of_the_decree_are_shipped_with_their_articles(
    clock, days, unit, extension, article
):
    found = clocks.rule(clock, on=dt.date(2025, 8, 1))
    assert (found.days, found.unit, found.max_extension_days) == (days, unit, extension)
    assert found.is_law
    assert article in found.source


@pytest.mark.parametrize("seeded", [True, False])
def test_the_decree_does_not_apply_to_events_before_it_took_effect(seeded):
    if seeded:
        clocks.seed()
    with pytest.raises(RuleViolation, match="2025-07-31"):
        clocks.rule("delivery", on=dt.date(2025, 7, 31))
    assert clocks.rule("delivery", on=dt.date(2025, 8, 1)).days == 20


def test_the_day_of_the_event_decides_which_version_holds(coordinator, draft):
    clocks.seed()
    rules.add(draft("mend", days=3, effective_from=dt.date(2026, 6, 1)), by=coordinator)
    rules.add(draft("mend", days=7, effective_from=dt.date(2026, 9, 1)), by=coordinator)
    found = {
        on: clocks.rule("mend", on=on).days
        for on in (dt.date(2026, 5, 31), dt.date(2026, 6, 1), dt.date(2026, 8, 31))
    }
    assert list(found.values()) == [5, 3, 3]
    assert clocks.rule("mend", on=dt.date(2026, 9, 1)).days == 7
    assert DeadlineRule.objects.filter(clock="mend", effective_to=None).count() == 1


def test_the_nearest_region_wins_and_others_keep_the_general_rule(coordinator, draft, region, city):
    clocks.seed()
    county = Region.objects.create(name="某县", parent=city)
    elsewhere = Region.objects.create(name="别的市", parent=region)
    rules.add(draft("reply_conditional", days=7, region=region), by=coordinator)
    rules.add(draft("reply_conditional", days=5, region=city), by=coordinator)
    places = {
        place: clocks.rule("reply_conditional", region=place, on=ON).days
        for place in (county, city, elsewhere)
    }
    assert places == {county: 5, city: 5, elsewhere: 7}
    assert clocks.rule("reply_conditional", on=ON).days == 10


def test_a_local_rule_that_has_ended_gives_way_to_the_general_one(coordinator, draft, city):
    clocks.seed()
    ends = dt.date(2026, 6, 30)
    rules.add(draft("correction", days=5, region=city, effective_to=ends), by=coordinator)
    assert clocks.rule("correction", region=city, on=ends).days == 5
    assert clocks.rule("correction", region=city, on=dt.date(2026, 7, 1)).days == 10


@pytest.mark.parametrize(
    ("clock", "laxer"),
    [
        ("reply_conditional", {"days": 11}),
        ("reply_conditional", {"days": 5, "max_extension_days": 11}),
        ("delivery", {"days": 21}),
        ("delivery", {"days": 1, "unit": "years"}),
        ("keep_records", {"days": 2, "unit": "years"}),
    ],
)
def test_a_local_rule_may_not_be_laxer_than_the_law(clock, laxer, draft, city):
    clocks.seed()
    with pytest.raises(RuleViolation, match="809"):
        draft(clock, region=city, **laxer)


def test_records_may_be_kept_longer_by_a_local_rule(draft, city, coordinator):
    clocks.seed()
    rules.add(draft("keep_records", region=city, days=5, unit="years"), by=coordinator)
    assert clocks.rule("keep_records", region=city, on=ON).days == 5


@pytest.mark.parametrize(
    ("clock", "asked"),
    [
        ("delivery", {"days": 10}),
        ("verify", {"days": 0}),
        ("verify", {"days": 251}),
        ("verify", {"source": "  "}),
        ("verify", {"effective_from": dt.date(2000, 1, 1)}),
        ("verify", {"effective_from": dt.date(1999, 1, 1)}),
        ("verify", {"effective_to": dt.date(2027, 1, 1)}),
    ],
)
def test_a_version_that_cannot_be_is_refused_with_a_sentence(clock, asked, draft):
    clocks.seed()
    with pytest.raises(RuleViolation):
        draft(clock, **asked)


def test_the_notice_before_the_due_date_is_the_same_everywhere(draft, city):
    clocks.seed()
    with pytest.raises(RuleViolation):
        draft("due_soon", region=city)


def test_the_database_holds_one_open_version_of_a_clock():
    clocks.seed()
    known = DeadlineRule.objects.get(clock="verify")
    known.pk, known.effective_from = None, ON
    with pytest.raises(IntegrityError), transaction.atomic():
        known.save(force_insert=True)


def test_only_coordinators_of_the_province_keep_rules(draft, officer, make_user, city, bureau):
    clocks.seed()
    local = make_user("local", Role.COORDINATOR, department=bureau, region=city)
    for person in (officer, local):
        with pytest.raises(PermissionDenied):
            rules.add(draft("verify"), by=person)


def test_a_new_version_is_on_record_with_what_it_changed(coordinator, draft):
    clocks.seed()
    made = rules.add(draft("verify", days=3), by=coordinator, version=rules.version())
    entry = AuditEntry.objects.get(verb="add_rule")
    assert entry.object_id == str(made.pk)
    assert entry.detail["days"] == [5, 3]


def test_a_version_that_rests_on_rules_changed_meanwhile_is_stale(coordinator, draft):
    clocks.seed()
    seen, mine = rules.version(), draft("verify", days=3)
    rules.add(draft("mend", days=3), by=coordinator, version=seen)
    with pytest.raises(StaleVersion):
        rules.add(mine, by=coordinator, version=seen)


def test_asking_again_costs_one_query(django_assert_num_queries):
    clocks.seed()
    clocks.rule("verify", on=ON)
    with django_assert_num_queries(1):
        clocks.rule("verify", on=ON)


def test_a_rule_that_was_added_counts_at_once(coordinator, draft):
    clocks.seed()
    assert clocks.rule("verify", on=ON).days == 5
    rules.add(draft("verify", days=2), by=coordinator)
    assert clocks.rule("verify", on=ON).days == 2
