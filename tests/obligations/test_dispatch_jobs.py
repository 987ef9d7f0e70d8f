"""A dispatch of many is made by a worker: with progress, all or nothing, exactly as shown."""

import pytest

from accounts.errors import StaleVersion
from jobs import queue, running
from jobs.models import Job
from obligations import dispatch_handler, fanning_out
from obligations.fanning_out import Choice, DutyChoice, Named, acting
from obligations.models import Dispatch, ListItem, Obligation
from obligations.today import today

pytestmark = pytest.mark.django_db
DUTIES = ("supply", "catalogue", "apply", "use", "return", "verify")


@pytest.fixture
def confirmed(make_item, make_department, coordinator):
    """240 obligations, to be made by a worker."""
    bodies = [make_department(f"部门{number}") for number in range(40)]
    item = make_item(bodies[0])
    named = tuple(Named(f"department:{one.pk}") for one in bodies)
    choice = Choice(tuple(map(DutyChoice, DUTIES)), named, members_on=today())
    items = ListItem.objects.filter(pk=item.pk)
    row = fanning_out.prepare(items, choice, by=coordinator, on=today())
    digest = acting.look(row, by=coordinator, on=today()).digest()
    return fanning_out.confirm(row, by=coordinator, on=today(), digest=digest)


def test_a_worker_makes_them_and_the_job_leads_to_the_page(confirmed):
    assert (confirmed.state, Obligation.objects.count()) == ("running", 0)

    running.perform(confirmed.job_id)

    confirmed.refresh_from_db()
    assert (confirmed.state, confirmed.made) == ("done", 240)
    job = Job.objects.get(pk=confirmed.job_id)
    assert (job.state, job.progress_done, job.progress_total) == ("done", 240, 240)
    assert job.result["url"] == f"/dispatches/{confirmed.pk}/"


def test_what_changed_before_the_worker_came_is_shown_again(confirmed, owe, police, coordinator):
    gone = ListItem.objects.get(dispatches=confirmed)
    ListItem.objects.filter(pk=gone.pk).update(withdrawn_on=today())

    running.perform(confirmed.job_id)

    confirmed.refresh_from_db()
    assert confirmed.state == "planned"
    assert "变化" in confirmed.failure
    assert Job.objects.get(pk=confirmed.job_id).state == "failed"
    assert not Obligation.objects.exists()


def test_a_cancelled_job_leaves_nothing_and_may_be_confirmed_again(confirmed, coordinator):
    with pytest.raises(StaleVersion):
        fanning_out.discard(confirmed, by=coordinator)
    queue.cancel(Job.objects.get(pk=confirmed.job_id), by=coordinator)

    running.perform(confirmed.job_id)
    assert not Obligation.objects.exists()
    digest = acting.look(confirmed, by=coordinator, on=today()).digest()
    fanning_out.confirm(confirmed, by=coordinator, on=today(), digest=digest)
    running.perform(Dispatch.objects.get().job_id)
    assert Obligation.objects.count() == 240


def late(run):
    """The lease ran out, and another worker holds the job now."""
    Job.objects.filter(pk=run.job.pk).update(token="another")
    dispatch_handler.carry_out(run)


def test_a_worker_that_lost_the_job_writes_nothing(confirmed, settings):
    settings.JOB_HANDLERS = {
        **settings.JOB_HANDLERS,
        "late": "tests.obligations.test_dispatch_jobs.late",
    }
    Job.objects.filter(pk=confirmed.job_id).update(kind="late")

    running.perform(confirmed.job_id)

    assert not Obligation.objects.exists()
    confirmed.refresh_from_db()
    assert confirmed.state == "running"


def test_two_thousand_take_few_statements(
    coordinator, make_item, make_department, django_assert_max_num_queries
):
    bodies = [make_department(f"部门{number}") for number in range(100)]
    items = [make_item(bodies[0]) for _number in range(20)]
    named = tuple(Named(f"department:{one.pk}") for one in bodies)
    choice = Choice((DutyChoice("use"),), named, members_on=today(), issue=True)
    row = fanning_out.prepare(ListItem.objects.all(), choice, by=coordinator, on=today())
    row.digest = acting.look(row, by=coordinator, on=today()).digest()
    row.state = "running"
    row.save()

    with django_assert_max_num_queries(400):
        done = fanning_out.perform(row, by=coordinator, on=today(), progress=lambda done, of: None)

    assert done.made == len(items) * 100
