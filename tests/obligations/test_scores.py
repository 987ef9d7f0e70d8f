"""Scores: weights, parts and lines that add up; statements that freeze, hear and publish."""

import datetime as dt
import io
from decimal import Decimal
from fractions import Fraction

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry, Role
from jobs import running
from jobs.models import Job
from obligations import (
    completion,
    dispatch,
    rounds,
    score_book,
    score_rules,
    score_statements,
    scores,
    scoring,
)
from obligations.indicators import Figure
from obligations.kinds import Indicator, kinds
from obligations.models import (
    Obligation,
    Part,
    RoundAnswer,
    ScoreLine,
    ScoreObjection,
    ScoreRule,
    ScoreSheet,
    ScoreStatement,
)

pytestmark = pytest.mark.settled("mixture")
D = dt.date
WEIGHTS = {"completion": 40, "on_time": 30, "upkeep": 20, "response": 10}
NOW = dt.datetime(2026, 1, 12, 4, tzinfo=dt.UTC)  # a Monday
TODAY = NOW.date()
AFTER = D(2026, 1, 20)
PART = st.integers(0, 8).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))


def score(**counted):
    return scores.score({part: (Fraction(n), d) for part, (n, d) in counted.items()}, WEIGHTS)


@pytest.mark.parametrize(
    ("counted", "shown"),
    [
        ({}, None),
        ({"completion": (1, 2), "on_time": (1, 1), "upkeep": (3, 4), "response": (0, 2)}, "65.0"),
        ({"completion": (1, 3)}, "33.3"),
        ({"completion": (2, 3)}, "66.7"),
        ({"completion": (1, 2), "response": (1, 1)}, "60.0"),
        ({"completion": (1, 16)}, "6.3"),
    ],
)
def test_parts_without_a_denominator_give_their_weight_to_the_others(counted, shown):
    assert score(**counted).shown == (None if shown is None else Decimal(shown))


@given(st.fixed_dictionaries(dict.fromkeys(WEIGHTS, PART)))
def test_weights_add_up_to_a_hundred_and_a_score_lies_between_nothing_and_all(counted):
    found = score(**counted)
    if found.exact is None:
        assert not any(d for _n, d in counted.values())
        return
    assert sum(one.weight for one in found.parts) == 100
    assert 0 <= found.exact <= 100
    if all(n == d for n, d in counted.values()):
        assert found.exact == 100


def test_equal_scores_share_a_place_and_too_few_obligations_have_none():
    found = {"a": Decimal("90.0"), "b": Decimal("80.0"), "c": Decimal("80.0"), "d": None}
    more = {**found, "e": Decimal("10.0"), "f": Decimal("99.0")}
    assert scores.ranks(more, ranked=set("abcde")) == {"a": 1, "b": 2, "c": 2, "e": 4}


@pytest.fixture
def mixture(owe, police, health, coordinator, officer, reviewer, paper):
    """Three obligations of one department (one verified, one late), one of another."""

    def issued(department, **more):
        row = owe(department, **more)
        dispatch.issue(row, by=coordinator, on=D(2025, 8, 4))
        return row

    done, late, far = issued(police), issued(police), issued(police, due_on=D(2026, 6, 30))
    for row in (done, late, far):
        dispatch.accept(row, by=officer, on=D(2025, 8, 5))
    completion.claim(done, by=officer, on=D(2025, 9, 1), with_evidence=[paper])
    completion.endorse(done, by=reviewer, on=D(2025, 9, 1))
    completion.verify(done, by=coordinator, on=D(2025, 9, 2))
    Obligation.objects.filter(pk=done.pk).update(
        delivery_due_on=D(2026, 1, 5), delivery_grace_on=D(2026, 1, 6)
    )
    issued(health)
    rounds.open_round(month=TODAY, cut_off_on=D(2026, 1, 9), by=coordinator, on=D(2026, 1, 5))
    asked = RoundAnswer.objects.get(obligation=late)
    rounds.answer(asked, kind="no_change", by=officer, on=D(2026, 1, 6), version=asked.version)
    return done, late, far


def standing(department, on=TODAY):
    rows = Obligation.objects.filter(external=False)
    found = scoring.standings(rows, rule=score_rules.on(on), on=on, today=TODAY)
    return {one.department: one for one in found}[department]


def test_a_score_counts_what_the_indicators_count(mixture, police):
    parts = {one.part: (one.numerator, one.denominator) for one in standing(police).score.parts}
    assert parts == {
        "completion": (1, 3),
        "on_time": (1, 2),
        "upkeep": (0, 1),
        "response": (1, 2),
    }
    # 40/3 + 15 + 0 + 5
    assert standing(police).score.shown == Decimal("33.3")
    assert standing(police).rank == 1


def test_the_lines_add_up_to_the_score_also_of_a_past_day(mixture, police, health):
    for on in (D(2025, 8, 20), D(2025, 12, 31), TODAY):
        for department in (police, health):
            rows = Obligation.objects.filter(department=department)
            lines = list(scoring.lines(rows, on=on, today=TODAY))
            added = scoring.of_lines(lines, WEIGHTS)
            assert added == standing(department, on).score
            assert all(line.evidence for line in lines)


def test_what_a_kind_knows_of_each_obligation_counts_as_its_share(mixture, police):
    available = Indicator(
        code="available",
        label="接口可用率",
        source="示例",
        figures=lambda rows, on, path: {},
        of_each=lambda rows, on: {mixture[1].pk: Figure(99, 100), mixture[2].pk: Figure(0, 0)},
    )
    kind = kinds()["docking"]
    held = kind.indicators
    object.__setattr__(kind, "indicators", (available,))
    try:
        upkeep = standing(police).score.part(Part.UPKEEP)
    finally:
        object.__setattr__(kind, "indicators", held)
    assert (upkeep.numerator, upkeep.denominator) == (Fraction(99, 100), 2)


@pytest.fixture
def second(make_user, bureau):
    return make_user("second", Role.COORDINATOR, department=bureau)


@pytest.fixture
def drafted(mixture, coordinator):
    return score_statements.draft(as_of=TODAY, by=coordinator, today=TODAY)


@pytest.fixture
def opened(drafted, coordinator):
    score_statements.open_objections(drafted, by=coordinator, on=TODAY)
    return drafted


@pytest.fixture
def late_line(opened, police, mixture):
    return ScoreLine.objects.get(sheet__statement=opened, obligation=mixture[1], part=Part.ON_TIME)


def contest(line, by, on=TODAY):
    version = ScoreSheet.objects.get(pk=line.sheet_id).version
    score_statements.object_to(line, by=by, on=on, reason="已报送", version=version)
    return ScoreObjection.objects.get(line=line)


def decide(objection, by, outcome, on=TODAY):
    version = ScoreSheet.objects.get(lines=objection.line).version
    score_statements.rule_on(
        objection, outcome=outcome, by=by, on=on, note="情况属实", version=version
    )


def test_a_draft_freezes_what_later_facts_do_not_move(drafted, police, mixture, coordinator):
    sheet = ScoreSheet.objects.get(statement=drafted, department=police)
    before = (sheet.score, sheet.rank, sheet.parts)
    assert sheet.lines.count() == 3 + 2 + 1 + 2
    Obligation.objects.filter(pk=mixture[2].pk).update(exempt=True)
    score_rules.add(
        {"completion": 100, "on_time": 0, "upkeep": 0, "response": 0},
        least=3,
        effective_from=TODAY,
        note="示例",
        by=coordinator,
        today=TODAY,
    )
    sheet.refresh_from_db()
    assert (sheet.score, sheet.rank, sheet.parts) == before
    assert score_book.exact_score(sheet).shown == sheet.score
    assert "核验销号" in sheet.lines.get(obligation=mixture[0], part="completion").evidence


def test_a_day_has_one_statement_until_a_draft_is_discarded(drafted, coordinator, second):
    with pytest.raises(RuleViolation, match="已有"):
        score_statements.draft(as_of=drafted.as_of, by=second, today=TODAY)
    score_statements.discard(drafted, by=second, on=TODAY, version=1)
    assert score_statements.draft(as_of=drafted.as_of, by=second, today=TODAY).state == "drafted"


def test_the_days_for_objections_are_the_clocks_five(opened):
    assert opened.objections_until == D(2026, 1, 19)
    assert opened.takes_objections(D(2026, 1, 19))
    assert not opened.takes_objections(D(2026, 1, 20))


@pytest.mark.parametrize(
    ("outcome", "part", "shown"),
    [("counted", (2, 2), "48.3"), ("left_out", (1, 1), "48.3"), ("refused", (1, 2), "33.3")],
)
def test_a_ruling_corrects_the_line_and_the_score(
    late_line, officer, coordinator, outcome, part, shown
):
    objection = contest(late_line, officer)
    decide(objection, coordinator, outcome)
    sheet = ScoreSheet.objects.get(lines=late_line)
    found = score_book.exact_score(sheet).part(Part.ON_TIME)
    assert (found.numerator, found.denominator) == part
    assert str(sheet.score) == shown
    assert (objection.numerator, objection.denominator) == (0, 1)
    assert AuditEntry.objects.filter(verb="rule_on_score").count() == 1


def test_a_line_is_contested_once_in_time_by_its_own_department(late_line, officer, officer2):
    with pytest.raises(PermissionDenied):
        contest(late_line, officer2)
    with pytest.raises(RuleViolation, match="异议期"):
        contest(late_line, officer, on=AFTER)
    with pytest.raises(StaleVersion):
        score_statements.object_to(late_line, by=officer, on=TODAY, reason="x", version=9)
    contest(late_line, officer)
    with pytest.raises(RuleViolation, match="已对该条"):
        contest(late_line, officer)


def test_a_statement_is_published_after_its_window_by_another_person(
    opened, late_line, officer, coordinator, second
):
    objection = contest(late_line, officer)
    with pytest.raises(PermissionDenied, match="起草人"):
        score_statements.publish(opened, by=coordinator, on=AFTER)
    with pytest.raises(RuleViolation, match="之后发布"):
        score_statements.publish(opened, by=second, on=D(2026, 1, 19))
    with pytest.raises(RuleViolation, match="1 件异议"):
        score_statements.publish(opened, by=second, on=AFTER)
    decide(objection, coordinator, "refused", on=AFTER)
    with pytest.raises(StaleVersion):
        score_statements.publish(opened, by=second, on=AFTER, version=1)
    score_statements.publish(opened, by=second, on=AFTER, version=opened.version)
    assert opened.state == "published"


def test_what_is_published_stays(opened, late_line, officer, coordinator, second):
    objection = contest(late_line, officer)
    decide(objection, coordinator, "refused")
    score_statements.publish(opened, by=second, on=AFTER)
    other = ScoreLine.objects.exclude(pk=late_line.pk).filter(sheet=late_line.sheet_id).first()
    for act in (
        lambda: decide(objection, coordinator, "counted", on=AFTER),
        lambda: contest(other, officer, on=D(2026, 1, 13)),
        lambda: score_statements.discard(opened, by=second, on=AFTER),
        lambda: score_statements.open_objections(opened, by=second, on=AFTER),
    ):
        with pytest.raises(RuleViolation):
            act()
    with pytest.raises(IntegrityError), transaction.atomic():
        ScoreStatement.objects.filter(pk=opened.pk).update(published_by=coordinator)


def test_a_city_scores_its_own_departments_only(mixture, make_user, make_department, city, owe):
    local = make_user("local", Role.COORDINATOR, region=city)
    owe(make_department("甲市公安局", at=city), status="issued")
    made = score_statements.draft(as_of=TODAY, by=local, today=TODAY)
    assert [one.department_name for one in made.sheets.all()] == ["甲市公安局"]


def test_who_sees_a_statement_when(drafted, coordinator, leader, officer, officer2, auditor):
    def seen_by(user):
        return ScoreSheet.objects.visible_to(user).count()

    assert [seen_by(one) for one in (coordinator, leader, officer, auditor)] == [2, 0, 0, 0]
    score_statements.open_objections(drafted, by=coordinator, on=TODAY)
    assert [seen_by(one) for one in (coordinator, leader, officer, officer2)] == [2, 2, 1, 1]
    assert ScoreSheet.objects.visible_to(officer).get().department == officer.department


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"weights": {**WEIGHTS, "response": 11}}, "101"),
        ({"weights": {"completion": 100}}, "四个计分项"),
        ({"least": 0}, "1 至"),
        ({"effective_from": D(2026, 1, 9)}, "已过日期"),
        ({"note": " "}, "原因"),
    ],
)
def test_weights_that_may_not_be_are_refused(coordinator, more, said):
    asked = {"weights": WEIGHTS, "least": 3, "effective_from": TODAY, "note": "示例", **more}
    with pytest.raises(RuleViolation, match=said):
        score_rules.add(asked.pop("weights"), **asked, by=coordinator, today=TODAY)


def test_each_day_is_scored_by_the_rule_of_that_day(mixture, police, coordinator):
    score_rules.add(
        {"completion": 100, "on_time": 0, "upkeep": 0, "response": 0},
        least=4,
        effective_from=TODAY,
        note="示例",
        by=coordinator,
        today=TODAY,
        version=1,
    )
    assert standing(police).score.shown == Decimal("33.3")
    assert standing(police).rank is None
    assert standing(police, D(2026, 1, 11)).rank == 1
    assert ScoreRule.objects.get(number=1).effective_to == D(2026, 1, 11)


def test_what_other_weights_would_change_is_shown_before_they_hold(
    mixture, client, coordinator, police, health
):
    client.force_login(coordinator)
    address = reverse("obligations:score-rule")
    said = {"completion": 100, "on_time": 0, "upkeep": 0, "response": 0, "least": 4}
    said |= {"effective_from": TODAY.isoformat(), "note": "示例", "version": 1}
    with time_machine.travel(NOW):
        look = client.post(address, said)
        same = client.post(address, {**said, **WEIGHTS, "least": 3})
        program = {key: value for key, value in said.items() if key != "version"}
        body = {**program, "dry_run": True}
        headers = {"if-match": '"1"'}
        kind = "application/json"
        told = client.post("/api/v1/score-rules/", body, content_type=kind, headers=headers)
        assert ScoreRule.objects.count() == 0
        now = standing(police)
        [(before, after)] = [one for one in look.context["moves"] if one[0].department == police]
        assert (before.score.shown, before.rank) == (now.score.shown, now.rank)
        assert client.post(address, {**said, "confirm": "yes"}).status_code == 302
        then = standing(police)
    assert (
        (after.score.shown, after.rank) == (then.score.shown, then.rank) == (Decimal("33.3"), None)
    )
    assert same.context["moves"] == []
    assert told.status_code == 200
    [line] = [one for one in told.json()["would_move"] if one["department"]["id"] == police.pk]
    assert (line["score"], line["rank"], line["would_rank"]) == ("33.3", 1, None)


def test_who_sees_one_department_alone_is_given_no_place(mixture, client, officer, leader):
    with time_machine.travel(NOW):
        for user, place in ((leader, 1), (officer, None)):
            client.force_login(user)
            api = client.get("/api/v1/scores/").json()["departments"][0]
            table = client.get(reverse("obligations:indicators")).context["table"]
            assert (api["rank"], table.lines[0].rank) == (place, place)
        assert "名次</th>" not in client.get(reverse("obligations:scores")).content.decode()


def test_the_pages_lead_from_the_draft_to_publication(
    mixture, client, coordinator, second, officer, police
):
    def go(user, name, *args, data=None, **query):
        client.force_login(user)
        address = reverse(f"obligations:{name}", args=args)
        return client.get(address, query) if data is None else client.post(address, data)

    with time_machine.travel(NOW):
        assert go(coordinator, "score-draft", data={"as_of": "2026-01-12"}).status_code == 302
        running.perform(Job.objects.get(kind=score_statements.JOB).pk)
        made = ScoreStatement.objects.get()
        assert go(officer, "score-statement", made.pk).status_code == 404
        assert go(coordinator, "score-open", made.pk, data={}).status_code == 428
        go(coordinator, "score-open", made.pk, data={"version": 1})
        assert "异议期至" in go(officer, "home").content.decode()
        sheet = ScoreSheet.objects.get(statement=made, department=police)
        line = sheet.lines.filter(part="on_time", numerator=0).get()
        said = {"version": sheet.version, "reason": "已报送"}
        assert go(officer, "score-object", line.pk, data=said).status_code == 302
        ruling = {"version": sheet.version + 1, "outcome": "counted", "note": "属实"}
        objection = ScoreObjection.objects.get()
        assert "1 件" in go(second, "home").content.decode()
        assert go(second, "score-ruling", objection.pk, data=ruling).status_code == 302
        text = go(officer, "score-sheet", sheet.pk).content.decode()
        assert "按满分计" in text
    made.refresh_from_db()
    with time_machine.travel(dt.datetime(2026, 1, 20, 4, tzinfo=dt.UTC)):
        go(second, "score-publish", made.pk, data={"version": made.version})
        book = go(officer, "score-sheet-xlsx", sheet.pk)
        rows = list(load_workbook(io.BytesIO(book.content)).active.values)
    made.refresh_from_db()
    assert made.state == "published"
    assert rows[0][0] == "计分项"
    total = sum(row[5] for row in rows[1:])
    sheet.refresh_from_db()
    assert abs(Decimal(str(total)) - sheet.score) < Decimal("0.06")


def test_a_department_sees_its_own_score_of_a_day_only(mixture, client, officer, health, police):
    client.force_login(officer)
    with time_machine.travel(NOW):
        page = client.get(reverse("obligations:scores"))
        assert [one.department for one in page.context["standings"]] == [police]
        own = client.get(reverse("obligations:score-day", args=[police.pk]))
        assert own.context["score"] == Decimal("33.3")
        other = client.get(reverse("obligations:score-day", args=[health.pk]))
        assert other.status_code == 404 or not other.context["page"].object_list


def test_the_api_drafts_opens_hears_rules_and_publishes(
    mixture, client, coordinator, second, officer, police
):
    def post(user, path, **body):
        client.force_login(user)
        return client.post(f"/api/v1/{path}/", body, content_type="application/json")

    with time_machine.travel(NOW):
        client.force_login(coordinator)
        shown = client.get("/api/v1/scores/").json()
        assert {one["department"]["name"]: one["score"] for one in shown["departments"]} == {
            "省公安厅": "33.3",
            "省卫生健康委员会": "0.0",
        }
        assert post(coordinator, "score-statements", as_of="2026-01-12").status_code == 202
        running.perform(Job.objects.get(kind=score_statements.JOB).pk)
        client.force_login(coordinator)
        held = client.get("/api/v1/score-statements/").json()["results"][0]
        path = f"score-statements/{held['id']}"
        assert post(coordinator, f"{path}/open").status_code == 428
        whole = post(coordinator, f"{path}/open", version=1).json()
        sheet = next(one for one in whole["sheets"] if one["department"]["id"] == police.pk)
        client.force_login(officer)
        lines = client.get(f"/api/v1/score-sheets/{sheet['id']}/").json()["lines"]
        line = next(one for one in lines if one["part"] == "on_time" and one["lost"] != "0.0000")
        said = post(officer, f"score-lines/{line['id']}/object", reason="已报送", version=1)
        contested = next(one for one in said.json()["lines"] if one["id"] == line["id"])
        ruled = post(
            second,
            f"score-objections/{contested['objection']['id']}/rule",
            outcome="counted",
            note="属实",
            version=2,
        )
        assert ruled.json()["score"] == "48.3"
        assert post(second, f"{path}/publish", version=2).status_code == 409
    with time_machine.travel(dt.datetime(2026, 1, 20, 4, tzinfo=dt.UTC)):
        assert post(second, f"{path}/publish", version=2).json()["state"] == "published"


def test_the_page_of_the_rule_adds_a_version(client, coordinator):
    client.force_login(coordinator)
    with time_machine.travel(NOW):
        data = {**WEIGHTS, "least": 5, "effective_from": "2026-02-01", "note": "示例", "version": 1}
        address = reverse("obligations:score-rule")
        assert client.post(address, {**data, "response": 11}).status_code == 409
        assert client.post(address, {**data, "confirm": "yes"}).status_code == 302
        text = client.get(address).content.decode()
        body = {**WEIGHTS, "least": 5, "effective_from": "2026-03-01", "note": "示例"}
        answer = client.post(
            "/api/v1/score-rules/", {**body, "version": 2}, content_type="application/json"
        )
    assert "尚未施行" in text
    assert answer.json()["number"] == 3
