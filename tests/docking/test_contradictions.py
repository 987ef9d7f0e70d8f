"""Said to be live, and not answering; stages that pass: the checks of docking and its 疑点."""

import datetime as dt

import pytest
from django.utils import translation

from accounts.models import Level
from docking.fulfilment import ENDPOINT_ANSWERS
from docking.models import DockingTerms, Endpoint, Milestone, StateChange
from obligations import completion, contradicting, dispatch, fulfilment
from obligations.evidence import NewEvidence
from obligations.models import CheckResult, ContradictionCase, ListItem, ResponsibilityList
from obligations.today import SHANGHAI

D = dt.date
pytestmark = pytest.mark.django_db


@pytest.fixture
def accepted(owe, police, coordinator, officer):
    listed = ResponsibilityList.objects.create(
        kind="docking", level=Level.PROVINCE, batch=5, title="【示例】对接责任清单"
    )
    item = ListItem.objects.create(
        list=listed,
        serial="1",
        position=1,
        title="【示例】业务系统",
        body=police,
        deadline_text="2025-12-31",
        deadline_kind="date",
        deadline_on=D(2025, 12, 31),
        identity_hash="docking",
        row_hash="docking",
    )
    DockingTerms.objects.create(item=item)
    row = owe(police, item=item, duty="connect")
    dispatch.issue(row, by=coordinator, on=D(2025, 8, 4))
    dispatch.accept(row, by=officer, on=D(2025, 8, 5))
    return row


@pytest.fixture
def verified(accepted, officer, reviewer, coordinator):
    paper = NewEvidence(kind="interface", text="JK-2025-0117")
    completion.claim(accepted, by=officer, on=D(2025, 9, 1), with_evidence=[paper])
    completion.endorse(accepted, by=reviewer, on=D(2025, 9, 2))
    completion.verify(accepted, by=coordinator, on=D(2025, 9, 3))
    return accepted


@pytest.fixture
def endpoint(accepted, officer):
    made = Endpoint.objects.create(
        obligation=accepted,
        name="办件接口",
        url="http://127.0.0.1:9/",
        host="127.0.0.1",
        port=9,
        added_by=officer,
    )
    at = dt.datetime(2025, 8, 6, 9, tzinfo=SHANGHAI)
    Endpoint.objects.filter(pk=made.pk).update(added_at=at)
    return made


def turn(endpoint, state, day, why=""):
    """As a probe does it."""
    at = dt.datetime.combine(day, dt.time(9), tzinfo=SHANGHAI)
    Endpoint.objects.filter(pk=endpoint.pk).update(state=state, state_since=at)
    StateChange.objects.create(endpoint=endpoint, state=state, at=at, why=why)


def look(day):
    fulfilment.check(as_of=day, today=day)
    return list(ContradictionCase.objects.open().values_list("code", flat=True))


def finding(row, code, day):
    found = CheckResult.objects.at(day).filter(obligation=row, check_code=code)
    return [one.outcome for one in found]


def test_live_but_down_until_it_is_up_again(verified, endpoint):
    turn(endpoint, "up", D(2025, 9, 4))
    assert look(D(2025, 9, 4)) == []
    assert finding(verified, "endpoint_answers", D(2025, 9, 4)) == ["pass"]
    turn(endpoint, "down", D(2025, 9, 8), why="timeout")
    assert look(D(2025, 9, 8)) == ["live_but_down"]
    facts = ContradictionCase.objects.get().facts
    assert (facts["endpoint"], facts["since"]) == ("办件接口", "2025-09-08 09:00")
    assert facts["why"] == "timeout"
    turn(endpoint, "up", D(2025, 9, 9))
    assert look(D(2025, 9, 9)) == []
    fulfilment.check(as_of=D(2025, 9, 8), today=D(2025, 9, 9))
    assert finding(verified, "endpoint_answers", D(2025, 9, 8)) == ["fail"]


def test_a_case_remembers_codes_and_each_reader_reads_their_own_language(verified, endpoint):
    turn(endpoint, "down", D(2025, 9, 8), why="timeout")
    with translation.override("en"):
        look(D(2025, 9, 8))
    case = ContradictionCase.objects.get()

    told = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            told[language] = contradicting.sides(case.code, case.facts)[1]

    assert told["zh-hans"].endswith("：5 秒内未完整应答")
    assert told["en"].endswith(": no complete answer within 5 seconds")


def test_no_fact_of_any_contradiction_depends_on_the_language(verified, endpoint):
    turn(endpoint, "down", D(2025, 9, 8), why="certificate")
    for _kind, one in contradicting.listed():
        seen = []
        for language in ("zh-hans", "en"):
            with translation.override(language):
                seen.append(one.facts([verified.pk], D(2025, 9, 8)))
        assert seen[0] == seen[1], one.code


def test_a_case_of_an_earlier_version_keeps_the_words_that_it_has(verified, endpoint):
    turn(endpoint, "down", D(2025, 9, 8), why="timeout")
    look(D(2025, 9, 8))
    case = ContradictionCase.objects.get()

    assert "连接被拒绝" in contradicting.sides(case.code, case.facts | {"why": "连接被拒绝"})[1]


def test_since_when_an_endpoint_stands_so_is_a_day_of_shanghai(verified, endpoint):
    early = dt.datetime(2025, 9, 4, 1, tzinfo=SHANGHAI)
    Endpoint.objects.filter(pk=endpoint.pk).update(state="up", state_since=early)
    [said] = ENDPOINT_ANSWERS.evidence(verified, D(2025, 9, 4))
    assert said.endswith("2025-09-04")


def test_what_was_never_probed_could_not_be_told_and_is_no_contradiction(verified, endpoint):
    assert look(D(2025, 9, 4)) == []
    assert finding(verified, "endpoint_answers", D(2025, 9, 4)) == ["cannot_tell"]


def test_of_two_endpoints_one_unknown_is_watched(verified, endpoint, officer):
    other = Endpoint.objects.get(pk=endpoint.pk)
    other.pk, other.name = None, "证照接口"
    other.save()
    Endpoint.objects.filter(pk=other.pk).update(added_at=endpoint.added_at)
    Endpoint.objects.update(added_at=dt.datetime(2025, 8, 6, 9, tzinfo=SHANGHAI))
    turn(endpoint, "up", D(2025, 9, 4))
    look(D(2025, 9, 4))
    assert finding(verified, "endpoint_answers", D(2025, 9, 4)) == ["warn"]


def test_what_is_not_live_yet_may_be_down(accepted, endpoint):
    turn(endpoint, "down", D(2025, 8, 8), why="refused")
    assert look(D(2025, 8, 8)) == []
    live = {"planned_on": D(2025, 8, 20), "reached_on": D(2025, 8, 11)}
    Milestone.objects.create(obligation=accepted, stage="live", **live)
    assert look(D(2025, 8, 11)) == ["live_but_down"]
    assert ContradictionCase.objects.get().facts["live_on"] == "2025-08-11"


def test_a_retired_endpoint_says_nothing(verified, endpoint):
    turn(endpoint, "down", D(2025, 9, 8), why="refused")
    assert look(D(2025, 9, 8)) == ["live_but_down"]
    Endpoint.objects.update(retired_at=dt.datetime(2025, 9, 9, 8, tzinfo=SHANGHAI))
    assert look(D(2025, 9, 9)) == []
    assert finding(verified, "endpoint_answers", D(2025, 9, 9)) == []


@pytest.mark.parametrize(
    ("reached_on", "day", "outcome"),
    [
        (None, D(2025, 8, 20), "not_yet_due"),
        (None, D(2025, 8, 21), "fail"),
        (D(2025, 8, 22), D(2025, 8, 21), "fail"),
        (D(2025, 8, 22), D(2025, 8, 22), "pass"),
    ],
)
def test_stages_are_reached_as_planned(accepted, reached_on, day, outcome):
    Milestone.objects.create(
        obligation=accepted, stage="open", planned_on=D(2025, 8, 20), reached_on=reached_on
    )
    Milestone.objects.create(
        obligation=accepted, stage="joint", planned_on=D(2025, 8, 1), not_needed="不需联调"
    )
    look(day)
    assert finding(accepted, "milestones_reached", day) == [outcome]


def test_without_a_plan_no_stage_is_checked(accepted):
    look(D(2025, 8, 21))
    assert finding(accepted, "milestones_reached", D(2025, 8, 21)) == []
