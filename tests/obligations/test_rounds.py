"""The monthly round: who is asked, what counts as an answer, who is silent, who is late."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry
from jobs import queue
from jobs.models import Job
from obligations import completion, dispatch, progress, round_rules, rounds
from obligations.models import Obligation, ProgressReport, Round, RoundAnswer

pytestmark = pytest.mark.django_db
D = dt.date
OPENED, CUT_OFF = D(2025, 9, 1), D(2025, 9, 26)


@pytest.fixture
def ask(coordinator):
    """ask(month, …): the round of a month, opened on its first day."""

    def make(month=9, **more):
        days = {"month": D(2025, month, 1), "cut_off_on": D(2025, month, 26)}
        return rounds.open_round(by=coordinator, on=D(2025, month, 1), **days, **more)

    return make


@pytest.fixture
def asked(in_progress, ask):
    return ask().answers.get()


@pytest.fixture
def say(officer):
    """say(row, kind, …): an answer with the version just seen."""

    def answer(row, kind="changed", on=OPENED, **texts):
        row.refresh_from_db()
        rounds.answer(row, kind=kind, by=officer, on=on, version=row.version, **texts)

    return answer


def test_what_is_open_is_asked_and_nothing_else(
    ask, owe, police, health, coordinator, in_progress, endorsed
):
    owe(police)  # a draft
    issued = owe(health)
    dispatch.issue(issued, by=coordinator, on=OPENED)
    external = owe(police, external=True)

    found = ask()

    keys = set(found.answers.values_list("obligation_id", flat=True))
    assert keys == {endorsed.pk, issued.pk}
    assert external.pk not in keys


def test_a_verified_or_exempt_obligation_is_not_asked(ask, verified):
    with pytest.raises(RuleViolation):
        ask()
    assert not Round.objects.exists()


def test_a_month_is_asked_once_in_each_scope_and_each_obligation_once_a_month(
    ask, in_progress, owe, police, coordinator, sharing_list
):
    ask()
    later = owe(police)
    dispatch.issue(later, by=coordinator, on=OPENED)

    with pytest.raises(RuleViolation):
        ask()
    of_the_list = ask(on_list=sharing_list)

    assert [row.obligation_id for row in of_the_list.answers.all()] == [later.pk]
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.create(month=D(2025, 9, 1), cut_off_on=CUT_OFF, opened_on=OPENED)


def test_the_next_round_is_prefilled_with_the_last_answer_and_closes_the_last_round(
    ask, asked, say, in_progress
):
    say(asked, progress="已完成编目", problems="接口未通", next_steps="联调")

    following = ask(10)

    row = following.answers.get()
    assert (row.progress, row.problems, row.next_steps) == ("已完成编目", "接口未通", "联调")
    assert row.kind == ""
    assert not Round.objects.get(pk=asked.round_id).is_open


def test_the_first_round_is_prefilled_with_the_progress_on_record(ask, in_progress, officer):
    dispatch.plan(in_progress, by=officer, on=OPENED, progress_note="正在编目")

    assert ask().answers.get().progress == "正在编目"


def test_no_change_keeps_the_words_and_nothing_empties_them(ask, asked, say):
    say(asked, progress="已完成编目")
    following = ask(10).answers.get()

    say(following, "no_change", on=D(2025, 10, 9))
    following.refresh_from_db()
    assert (following.kind, following.progress) == ("no_change", "已完成编目")

    say(following, "nothing", on=D(2025, 10, 9))
    following.refresh_from_db()
    assert (following.kind, following.progress) == ("nothing", "")


def test_new_words_are_not_lost_by_the_wrong_button(asked, say):
    with pytest.raises(RuleViolation):
        say(asked, "no_change", progress="新写的进展")
    with pytest.raises(RuleViolation):
        say(asked, "changed", problems="只写了问题")
    with pytest.raises(RuleViolation):
        say(asked, "else")
    asked.refresh_from_db()
    assert asked.kind == ""


def test_a_late_answer_is_marked_and_not_refused(asked, say):
    say(asked, progress="补报", on=D(2025, 9, 27))

    asked.refresh_from_db()
    assert asked.is_late


def test_an_answer_in_time_stays_in_time_when_it_is_mended_later(asked, say):
    say(asked, progress="按时", on=CUT_OFF)
    say(asked, progress="更正", on=D(2025, 9, 28))

    asked.refresh_from_db()
    assert (asked.progress, asked.is_late) == ("更正", False)


def test_a_stale_answer_is_told_who_was_quicker(asked, say, second_officer):
    say(asked, progress="先填的")

    with pytest.raises(StaleVersion, match="officer"):
        rounds.answer(
            asked, kind="changed", by=second_officer, on=OPENED, version=1, progress="后填的"
        )
    asked.refresh_from_db()
    assert asked.progress == "先填的"


def test_another_department_and_other_roles_do_not_answer(asked, officer2, reviewer, coordinator):
    for person in (officer2, reviewer, coordinator):
        with pytest.raises(PermissionDenied):
            rounds.answer(asked, kind="no_change", by=person, on=OPENED, version=1)


def test_all_the_rest_is_answered_at_once_with_one_audit_row_each(
    ask, owe, police, health, coordinator, officer, say
):
    rows = [owe(police) for _number in range(5)] + [owe(health)]
    for row in rows:
        dispatch.issue(row, by=coordinator, on=OPENED)
    held = ask()
    first = held.answers.filter(department=police).first()
    say(first, progress="有进展")

    count = rounds.answer_rest(held, kind="no_change", by=officer, on=D(2025, 9, 27))

    assert count == 4
    first.refresh_from_db()
    assert first.kind == "changed"
    others = held.answers.filter(department=police).exclude(pk=first.pk)
    assert set(others.values_list("kind", "is_late", "version")) == {("no_change", True, 2)}
    assert held.answers.get(department=health).kind == ""
    assert AuditEntry.objects.filter(verb="answer_round").count() == 5
    with pytest.raises(RuleViolation):
        rounds.answer_rest(held, kind="changed", by=officer, on=OPENED)


def test_silence_about_what_was_closed_meanwhile_is_not_chased(ask, endorsed, coordinator):
    held = ask()
    assert rounds.unanswered(on=OPENED).count() == 1
    assert rounds.unanswered(on=D(2025, 8, 31)).count() == 0

    completion.verify(endorsed, by=coordinator, on=CUT_OFF)

    assert rounds.unanswered(on=CUT_OFF).count() == 0
    assert held.answers.unanswered().count() == 1


def test_a_closed_round_keeps_what_was_said_and_takes_no_more(asked, say, coordinator):
    say(asked, progress="已报")
    held = asked.round

    rounds.close(held, by=coordinator, on=CUT_OFF, version=held.version)

    with pytest.raises(RuleViolation):
        say(asked, progress="再改")
    asked.refresh_from_db()
    assert asked.progress == "已报"
    assert rounds.unanswered(on=CUT_OFF).count() == 0


def test_a_citys_coordinator_asks_the_own_city_only(
    make_user, make_department, city, owe, in_progress, region
):
    bureau = make_department("甲市数据局", at=city)
    person = make_user("city", "coordinator", department=bureau, region=city)
    own = owe(bureau, status="issued")
    days = {"month": OPENED, "cut_off_on": CUT_OFF, "on": OPENED}

    with pytest.raises(PermissionDenied):
        rounds.open_round(by=person, region=region, **days)
    held = rounds.open_round(by=person, **days)

    assert [row.obligation_id for row in held.answers.all()] == [own.pk]


def test_a_report_of_ones_own_accord_answers_the_round(asked, in_progress, officer):
    made = progress.report(in_progress, kind="no_change", by=officer, on=D(2025, 9, 5))

    asked.refresh_from_db()
    assert asked.kind == "no_change"
    assert (made.period_from, made.period_to) == (OPENED, D(2025, 9, 5))


@pytest.mark.parametrize("kind", ["no_change", "nothing"])
def test_an_answer_in_one_click_is_no_silence_and_no_evidence(in_progress, officer, kind):
    progress.report(in_progress, kind=kind, by=officer, on=D(2025, 9, 5))
    spoke = progress.spoke(since=OPENED, until=D(2025, 9, 5))

    assert Obligation.objects.filter(spoke).count() == 1
    later = progress.spoke(since=OPENED, until=D(2025, 9, 6))
    assert Obligation.objects.filter(later).count() == 0
    assert not in_progress.evidence.exists()
    assert AuditEntry.objects.get(verb="report_progress").detail["said"] == kind


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "changed"},
        {"kind": "else"},
        {"kind": "nothing", "period_to": D(2025, 9, 6)},
        {"kind": "nothing", "period_from": D(2025, 9, 5), "period_to": D(2025, 9, 4)},
    ],
)
def test_a_report_without_sense_is_refused(in_progress, officer, said):
    with pytest.raises(RuleViolation):
        progress.report(in_progress, by=officer, on=D(2025, 9, 5), **said)
    assert not ProgressReport.objects.exists()


def test_a_report_is_based_on_what_its_writer_saw(in_progress, officer):
    with pytest.raises(StaleVersion):
        progress.report(in_progress, kind="no_change", by=officer, on=OPENED, version=1)


def figures(**more):
    shipped = {"opens_number": 1, "opens_from_end": False, "cut_off_number": 3}
    return {"enabled": True, **shipped, "cut_off_from_end": True, **more}


def test_the_rule_opens_the_round_once_a_month_within_its_days(in_progress, coordinator):
    round_rules.change(None, by=coordinator, on=OPENED, version=1, **figures(opens_number=3))

    opened = {
        day: [str(one) for one in round_rules.open_due(on=D(2025, 9, day))] for day in (2, 3, 4, 30)
    }

    assert opened == {2: [], 3: ["2025-09"], 4: [], 30: []}
    held = Round.objects.get()
    # 2025-09-28 is a working Sunday, so the third last working day.
    assert (held.cut_off_on, held.opened_by) == (D(2025, 9, 28), None)


@pytest.mark.django_db(transaction=True)
def test_the_daily_job_opens_the_round_on_its_day(in_progress, coordinator):
    round_rules.change(None, by=coordinator, on=OPENED, version=1, **figures())
    for day in ("2025-09-01", "2025-09-02"):
        queue.enqueue("obligations.rounds", period=day, args={"on": day, "every": "day"})

    call_command("run_jobs", "--until-empty", verbosity=0)

    assert [held.opened_on for held in Round.objects.all()] == [OPENED]
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_a_rule_that_is_off_or_cuts_off_before_it_opens_does_nothing(in_progress, coordinator):
    about = {"by": coordinator, "on": OPENED, "version": 1}
    with pytest.raises(RuleViolation):
        round_rules.change(None, **about, **figures(opens_number=15, cut_off_number=10))
    with pytest.raises(RuleViolation):
        round_rules.change(None, **about, **figures(opens_number=16))
    round_rules.change(None, **about, **figures(enabled=False))

    assert round_rules.open_due(on=D(2025, 9, 5)) == []
    with pytest.raises(StaleVersion):
        round_rules.change(None, **about, **figures())


def test_an_unanswered_row_says_no_more_than_that(asked):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundAnswer.objects.filter(pk=asked.pk).update(kind="no_change")
