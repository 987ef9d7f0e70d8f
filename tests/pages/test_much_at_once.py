"""New members and rounds of very many rows are made by a worker: with progress, all or nothing."""

import datetime as dt

import pytest
from rest_framework.test import APIClient

from accounts.errors import RuleViolation
from accounts.models import DepartmentGroup
from jobs import running
from jobs.models import Job
from obligations import dispatch, fanning_out, round_requests
from obligations.fanning_out import Choice, DutyChoice, Named, accepting, acting, joining
from obligations.models import Dispatch, ListItem, Obligation, Round
from obligations.today import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(make_item, make_department, police, coordinator, monkeypatch):
    """offer(): what a department that joined the group would owe, four obligations."""
    monkeypatch.setattr(accepting, "AT_ONCE", 3)
    group = DepartmentGroup.objects.create(name="省直相关部门")
    group.memberships.create(department=police)
    for _number in range(4):
        make_item(police)
    choice = Choice(
        (DutyChoice("catalogue"),), (Named(f"group:{group.pk}", "supporting"),), members_on=today()
    )
    row = fanning_out.prepare(ListItem.objects.all(), choice, by=coordinator, on=today())
    digest = acting.look(row, by=coordinator, on=today()).digest()
    fanning_out.confirm(row, by=coordinator, on=today(), digest=digest)
    group.memberships.create(department=make_department("新成员"), valid_from=today())

    def make():
        [one] = joining.offers(by=coordinator, on=today())
        return one

    return make


def fields(one):
    return {"digest": one.digest(), "department": list(one.joined)}


def test_what_new_members_owe_is_made_by_a_worker_where_it_is_much(offer, coordinator, signed_in):
    one, client, before = offer(), signed_in(coordinator), Obligation.objects.count()

    answer = client.post(f"/new-members/{one.group}/accept/", fields(one))

    job = Job.objects.get(kind=accepting.JOB)
    assert (answer.url, Obligation.objects.count()) == ("/new-members/", before)
    page = client.get("/new-members/").text
    assert f"job-{job.pk}-progress" in page
    assert 'name="digest"' not in page

    running.perform(job.pk)

    job.refresh_from_db()
    done = Dispatch.objects.latest("pk")
    assert (job.state, job.progress_done, job.progress_total) == ("done", 4, 4)
    assert job.result["url"] == f"/dispatches/{done.pk}/"
    assert (done.made, Obligation.objects.count()) == (4, before + 4)
    assert joining.offers(by=coordinator, on=today()) == []


def test_asked_twice_it_is_made_once(offer, coordinator):
    one = offer()
    said = {"by": coordinator, "on": today(), "digest": one.digest()}
    first, second = [accepting.accept(one.group, list(one.joined), **said) for _time in (1, 2)]
    assert first == second


def test_what_another_person_wants_of_the_group_meanwhile_is_refused(
    offer, coordinator, make_department
):
    one = offer()
    said = {"by": coordinator, "on": today(), "digest": one.digest()}
    accepting.accept(one.group, list(one.joined), **said)

    with pytest.raises(RuleViolation, match="正在生成"):
        accepting.accept(one.group, list(one.joined), issue=True, **said)


def test_what_changed_before_the_worker_came_is_said_on_the_page(offer, coordinator, signed_in):
    one, before = offer(), Obligation.objects.count()
    said = {"by": coordinator, "on": today(), "digest": one.digest()}
    job = accepting.accept(one.group, list(one.joined), **said)
    gone = ListItem.objects.first()
    ListItem.objects.filter(pk=gone.pk).update(withdrawn_on=today())

    running.perform(job.pk)

    assert Obligation.objects.count() == before
    page = signed_in(coordinator).get("/new-members/").text
    assert "未能生成" in page
    assert 'name="digest"' in page


def test_programs_are_told_the_job(offer, coordinator, owe, police, monkeypatch):
    monkeypatch.setattr(round_requests, "AT_ONCE", 0)
    dispatch.issue(owe(police), by=coordinator, on=today())
    program = APIClient()
    program.force_authenticate(coordinator)
    one = offer()

    body = {"digest": one.digest(), "departments": list(one.joined), "issue": False}
    members = program.post(f"/api/v1/new_members/{one.group}/accept/", body, format="json")
    opening = {"month": str(today()), "cut_off_on": str(today())}
    held = program.post("/api/v1/rounds/", opening, format="json")

    assert [members.status_code, held.status_code] == [202, 202]
    kinds = Job.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [accepting.JOB, round_requests.JOB]


@pytest.fixture
def open_much(owe, police, coordinator, monkeypatch):
    """open_much(): a round that asks more than is asked at once."""
    monkeypatch.setattr(round_requests, "AT_ONCE", 2)
    for _number in range(3):
        dispatch.issue(owe(police), by=coordinator, on=today())

    def opened(**more):
        days = {"month": today(), "cut_off_on": today() + dt.timedelta(days=3), "on": today()}
        return round_requests.open_round(by=coordinator, **days | more)

    return opened


def test_a_round_of_very_many_is_opened_by_a_worker(open_much, coordinator, signed_in):
    client = signed_in(coordinator)
    proposed = client.get("/rounds/").context["form"].initial
    said = {"month": proposed["month"].strftime("%Y-%m"), "cut_off_on": proposed["cut_off_on"]}

    answer = client.post("/rounds/", said)

    job = Job.objects.get(kind=round_requests.JOB)
    assert (answer.url, Round.objects.count()) == ("/rounds/", 0)
    assert f"job-{job.pk}-progress" in client.get("/rounds/").text

    running.perform(job.pk)

    held = Round.objects.get()
    job.refresh_from_db()
    assert (job.state, job.progress_done, job.progress_total) == ("done", 3, 3)
    assert job.result["url"] == f"/rounds/{held.pk}/"
    assert (held.answers.count(), held.opened_by) == (3, coordinator)
    assert f"job-{job.pk}-progress" not in client.get("/rounds/").text


def test_what_cannot_be_opened_is_refused_before_a_job_is_made(open_much):
    job = open_much()
    assert open_much() == job
    with pytest.raises(RuleViolation, match="正在发起"):
        open_much(cut_off_on=today() + dt.timedelta(days=4))
    running.perform(job.pk)

    with pytest.raises(RuleViolation, match="已经发起"):
        open_much()
    with pytest.raises(RuleViolation):
        open_much(cut_off_on=today() - dt.timedelta(days=1))
    assert Job.objects.filter(kind=round_requests.JOB).count() == 1


def test_few_are_asked_at_once(open_much, monkeypatch):
    monkeypatch.setattr(round_requests, "AT_ONCE", 3)
    assert isinstance(open_much(), Round)
    assert not Job.objects.exists()
