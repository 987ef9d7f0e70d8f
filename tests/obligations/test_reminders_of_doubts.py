"""Contradictions, consumers' words and scores in the digest; nobody reads what is not theirs."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Role, User
from obligations import (
    cases,
    confirmation_rules,
    confirmations,
    contradicting,
    dispatch,
    score_statements,
)
from obligations.models import (
    ContradictionCase,
    Digest,
    Obligation,
    ScoreLine,
    ScoreSheet,
)
from obligations.reminding import digests, wording
from obligations.reminding.people import People, Row
from tests.obligations.mornings import remind, told

pytestmark = pytest.mark.django_db

D = dt.date
DAY = D(2025, 9, 10)
NEXT = D(2025, 9, 11)


@pytest.fixture
def using(verified, owe, health, coordinator):
    """The health commission applies for what the police supplies since 3 September."""
    row = owe(health, item=verified.item, duty="apply")
    dispatch.issue(row, by=coordinator, on=D(2025, 8, 4))
    return row


@pytest.fixture
def case(verified, using, officer2):
    """It says that it is not usable: a contradiction."""
    said = {"word": "unusable", "reason": "接口超时", "by": officer2, "on": DAY, "version": 0}
    confirmations.say(verified, **said)
    contradicting.look_at([verified.pk], on=DAY)
    return ContradictionCase.objects.get(code="consumer_says_unusable")


@pytest.fixture
def colleague(make_user, bureau):
    return make_user("colleague", Role.COORDINATOR, department=bureau)


@pytest.fixture
def townsman(make_user, city):
    return make_user("townsman", Role.COORDINATOR, region=city)


@pytest.fixture
def statement(verified, coordinator):
    """Scores of 8 September, open for objections until the 16th."""
    made = score_statements.draft(as_of=D(2025, 9, 8), by=coordinator, today=D(2025, 9, 9))
    score_statements.open_objections(made, by=coordinator, on=D(2025, 9, 9))
    assert made.objections_until == D(2025, 9, 16)
    return made


def line(user, day, source):
    return Digest.objects.get(user=user, day=day).line(source)


# --- contradictions -----------------------------------------------------------------------------


def test_a_contradiction_is_told_to_coordinators_and_to_the_department_that_has_to_act(
    case, coordinator, colleague, townsman, officer, officer2, reviewer
):
    remind(DAY)

    assert told(coordinator, DAY)["contradictions"] == [case.pk]
    assert told(colleague, DAY)["contradictions"] == [case.pk]
    assert told(officer, DAY)["contradicted"] == [case.pk]
    assert told(reviewer, DAY) is None
    assert told(townsman, DAY) is None
    assert "contradicted" not in (told(officer2, DAY) or {})
    [row] = line(officer, DAY, "contradicted")["rows"]
    assert (row["id"], row["title"]) == (case.obligation_id, case.obligation.item.title)


def test_one_that_was_handed_over_is_its_owners_alone_as_long_as_they_can_decide(
    case, coordinator, colleague, officer
):
    cases.hand_over(case, to=colleague, by=coordinator, on=DAY, version=case.version)
    remind(DAY)
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    remind(NEXT)

    assert told(colleague, DAY)["contradictions_owned"] == [case.pk]
    assert "contradictions" not in told(colleague, DAY)
    assert "contradictions" not in (told(coordinator, DAY) or {})
    assert told(officer, DAY)["contradicted"] == [case.pk]
    assert told(coordinator, NEXT)["contradictions"] == [case.pk]
    owned = Digest.objects.get(user=colleague, day=DAY)
    address = wording.address_of(owned, owned.line("contradictions_owned"))
    assert address == "/contradictions/?owner=me"


def test_what_was_decided_or_withdrawn_is_told_to_nobody(case, coordinator, officer):
    accepted = {"reason": "已与使用部门说明", "until_on": D(2025, 12, 1), "version": case.version}
    cases.accept(case, by=coordinator, on=DAY, **accepted)
    remind(DAY)
    ContradictionCase.objects.update(
        outcome="", reason="", accepted_until=None, closed_by=None, closed_on=None, closed_at=None
    )
    Obligation.objects.filter(pk=case.obligation_id).update(status="withdrawn")
    remind(NEXT)

    for digest in Digest.objects.all():
        assert not [one for one in digest.lines if one["source"].startswith("contradict")]


# --- consumers' words ---------------------------------------------------------------------------


def test_a_consumer_is_told_by_when_to_answer_and_that_it_is_late(
    verified, using, officer, officer2
):
    for day in (D(2025, 10, 10), D(2025, 10, 22)):
        remind(day)
    before, after = (line(officer2, day, "voices") for day in (D(2025, 10, 10), D(2025, 10, 22)))

    assert (before["ids"], before["until"], before["late"]) == ([verified.pk], "2025-10-21", 0)
    assert (after["ids"], after["until"], after["late"]) == ([verified.pk], None, 1)
    # Title and provider, and no way to the page of another department's obligation.
    title = verified.item.title
    assert before["rows"] == [{"id": None, "title": title, "department": "省公安厅", "due_on": ""}]
    assert "voices" not in (told(officer, D(2025, 10, 10)) or {})


def test_an_answer_ends_it_for_the_period_and_a_new_verification_asks_anew(
    verified, using, officer2
):
    confirmations.say(verified, word="usable", by=officer2, on=DAY, version=0)
    remind(NEXT)
    Obligation.objects.filter(pk=verified.pk).update(verified_on=D(2025, 9, 12))
    remind(D(2025, 9, 15))

    assert "voices" not in (told(officer2, NEXT) or {})
    assert told(officer2, D(2025, 9, 15))["voices"] == [verified.pk]
    # Verified when this period's answers were due already: it is not late.
    assert line(officer2, D(2025, 9, 15), "voices")["late"] == 0


def test_the_last_day_stands_in_the_words_of_every_way(verified, using, officer2):
    remind(D(2025, 10, 10))
    digest = Digest.objects.get(user=officer2)
    with translation.override("zh-hans"):
        subject = wording.subject_of(digest)
        [count] = [one for one in wording.counts_of(digest) if one.source == "voices"]

    assert "待反馈是否可用的事项（截至 2025-10-21） 1" in subject
    assert count.label == "待反馈是否可用的事项（截至 2025-10-21）"


# --- scores -------------------------------------------------------------------------------------


def test_a_department_is_told_of_the_window_until_its_last_day(statement, officer, officer2):
    sheet = ScoreSheet.objects.get(statement=statement, department=officer.department)
    for day in (DAY, D(2025, 9, 16), D(2025, 9, 17)):
        remind(day)

    for day in (DAY, D(2025, 9, 16)):
        assert told(officer, day)["score_window"] == [sheet.pk]
        assert line(officer, day, "score_window")["until"] == "2025-09-16"
    assert told(officer, D(2025, 9, 17)) is None
    assert told(officer2, DAY) is None


def test_objections_wait_for_coordinators_who_may_rule_on_them(
    verified, coordinator, townsman, make_department, make_user, city, owe
):
    station = make_department("甲市公安局", at=city)
    person = make_user("station", Role.OFFICER, department=station)
    row = owe(station, due_on=D(2025, 8, 29))
    dispatch.issue(row, by=coordinator, on=D(2025, 8, 4))
    made = score_statements.draft(as_of=D(2025, 9, 8), by=coordinator, today=D(2025, 9, 9))
    score_statements.open_objections(made, by=coordinator, on=D(2025, 9, 9))
    contested = ScoreLine.objects.filter(sheet__department=station).first()
    said = {"reason": "数据有误", "version": contested.sheet.version}
    score_statements.object_to(contested, by=person, on=DAY, **said)
    objection = contested.objections.get()

    remind(NEXT)
    ruling = {"outcome": "refused", "note": "无误", "version": contested.sheet.version + 1}
    score_statements.rule_on(objection, by=coordinator, on=NEXT, **ruling)
    remind(D(2025, 9, 12))

    # The department lies in the city; the statement is the province's.
    assert told(coordinator, NEXT)["score_objections"] == [objection.pk]
    assert "score_objections" not in told(townsman, NEXT)
    [named] = line(coordinator, NEXT, "score_objections")["rows"]
    assert (named["title"], named["department"]) == (contested.title, "甲市公安局")
    assert "score_objections" not in told(coordinator, D(2025, 9, 12))


# --- nobody is told of what is not theirs -------------------------------------------------------

_REGIONS = st.sampled_from([None, 1, 2])
_ROLES = st.sampled_from([Role.OFFICER, Role.REVIEWER, Role.COORDINATOR, Role.SYSTEM_ADMINISTRATOR])


def _person(pk, role, place):
    if role in User.OF_A_DEPARTMENT:
        return User(pk=pk, role=role, department_id=place)
    return User(pk=pk, role=role, region_id=None if place > 2 else place)


@given(
    st.lists(st.tuples(_ROLES, st.integers(1, 4)), max_size=6),
    st.lists(st.tuples(st.integers(1, 4), _REGIONS), max_size=12),
    st.dictionaries(st.integers(1, 4), _REGIONS),
)
def test_rows_reach_their_department_and_their_scope_and_nobody_else(users, rows, regions):
    present = tuple(_person(pk, role, place) for pk, (role, place) in enumerate(users, 1))
    everybody = People(present, regions)
    among = {Role.OFFICER, Role.COORDINATOR}
    found = [Row(number, department) for number, (department, _region) in enumerate(rows)]
    scoped = list(zip((region for _department, region in rows), found, strict=True))
    handed = [(1 + row.pk % 6, row) for row in found]

    shared = everybody.share(found, among=among)
    by_scope = everybody.in_scope(scoped, among={Role.COORDINATOR})
    in_hand = everybody.hand(handed)

    for user in present:
        is_told = user.role in among
        if user.role in User.OF_A_DEPARTMENT:
            own = [row.pk for row in found if row.department_id == user.department_id]
            assert user.pk not in by_scope
        else:
            place = user.region_id
            inside = [place in (None, regions.get(row.department_id)) for row in found]
            own = [row.pk for row, is_inside in zip(found, inside, strict=True) if is_inside]
            if user.role == Role.COORDINATOR:
                theirs = [row.pk for region, row in scoped if place in (None, region)]
                assert _ids(by_scope, user) == theirs
        assert _ids(shared, user) == (own if is_told else [])
        assert _ids(in_hand, user) == [row.pk for who, row in handed if who == user.pk]


def _ids(told_to, user):
    return told_to[user.pk].ids if user.pk in told_to else []


def _theirs(user, source):
    """The keys of what the person may see on the page that the heading leads to."""
    if source.startswith("contradict"):
        return ContradictionCase.objects.visible_to(user)
    if source == "voices":
        return confirmations.unanswered(user, on=DAY)
    if source == "score_window":
        return ScoreSheet.objects.visible_to(user)
    return Obligation.objects.visible_to(user)


def test_every_line_of_everybody_names_only_what_they_may_see(
    case, statement, using, owe, health, make_user, make_department, city, townsman, bureau
):
    home = make_department("甲市卫生健康委", at=city)
    for number, place in enumerate([health, home, bureau]):
        make_user(f"officer-{number}", Role.OFFICER, department=place)
        make_user(f"reviewer-{number}", Role.REVIEWER, department=place)
        owe(place, item=using.item, duty="use", status="issued", issued_at="2025-08-04T00:00Z")
    make_user("administrator", Role.SYSTEM_ADMINISTRATOR)
    make_user("leader", Role.LEADER, department=bureau)

    remind(DAY)

    assert Digest.objects.count() > 8
    for digest in Digest.objects.select_related("user__department"):
        assert digest.user.role not in (Role.LEADER, Role.SYSTEM_ADMINISTRATOR)
        for one in digest.lines:
            seen = set(_theirs(digest.user, one["source"]).values_list("pk", flat=True))
            assert set(one["ids"]) <= seen, (digest.user.username, one["source"])


def test_all_questions_at_once_are_those_that_each_department_has_to_answer(
    case, using, owe, health, bureau, officer, officer2, make_user, verified
):
    clerk = make_user("clerk", Role.OFFICER, department=bureau)
    owe(bureau, item=using.item, duty="use", status="issued", issued_at="2025-08-04T00:00Z")

    found = confirmations.open_questions(confirmation_rules.hearing(DAY))

    for user in (clerk, officer, officer2):
        mine = [one.obligation_id for one in found if one.department_id == user.department_id]
        asked = confirmations.unanswered(user, on=DAY)
        assert sorted(mine) == sorted(asked.values_list("pk", flat=True))
    assert {one.department_id for one in found} == {bureau.pk}


def test_the_digests_of_a_day_take_as_many_queries_for_many_rows_as_for_few(
    case, statement, using, owe, police, health, officer
):
    def count():
        with CaptureQueriesContext(connection) as captured:
            content = digests.gather(DAY)
        return len(captured), sum(one["count"] for one in content.lines[officer.pk])

    def add():
        facts = {"status": "verified", "completed_on": DAY, "verified_on": DAY}
        row = owe(police, issued_at="2025-08-04T00:00Z", **facts)
        owe(health, item=row.item, duty="apply", status="issued", issued_at="2025-08-04T00:00Z")
        about = {"code": "consumer_says_unusable", "weight": 90, "found_on": DAY}
        ContradictionCase.objects.create(obligation=row, found_at="2025-09-10T00:00Z", **about)

    add()
    count()  # caches
    few, rows_before = count()
    for _number in range(20):
        add()

    many, rows_after = count()

    assert rows_after == rows_before + 20
    assert many == few
