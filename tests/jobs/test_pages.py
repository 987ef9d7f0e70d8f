"""Who sees which jobs, and what machines are told."""

import pytest
from django.urls import reverse
from django.utils import timezone

from jobs import claiming, health, queue, running
from jobs.models import WorkerSeen, database_time

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(officer):
    return queue.enqueue("noop", by=officer)


def test_people_see_their_own_jobs(client, officer, own, noop):
    client.force_login(officer)
    page = client.get(reverse("jobs:list"))
    assert list(page.context["jobs"]) == [own]
    assert client.get(reverse("jobs:detail", args=[own.pk])).status_code == 200


@pytest.mark.parametrize("name", ["detail", "progress"])
def test_the_jobs_of_others_do_not_exist(client, officer2, own, name):
    client.force_login(officer2)
    assert client.get(reverse(f"jobs:{name}", args=[own.pk])).status_code == 404


@pytest.mark.parametrize("name", ["requeue", "cancel"])
def test_the_jobs_of_others_cannot_be_touched(client, officer2, own, name):
    client.force_login(officer2)
    assert client.post(reverse(f"jobs:{name}", args=[own.pk])).status_code == 404


def test_the_system_administrator_sees_all(client, sysadmin, own, noop):
    client.force_login(sysadmin)
    assert list(client.get(reverse("jobs:list")).context["jobs"]) == [noop, own]


def test_a_stranger_is_sent_to_sign_in(client):
    assert client.get(reverse("jobs:list")).status_code == 302


def test_the_page_follows_a_job_until_it_ends(client, officer, own):
    client.force_login(officer)
    address = reverse("jobs:progress", args=[own.pk])
    waiting = client.get(address)
    assert waiting.status_code == 200
    assert f'hx-get="{address}"' in waiting.content.decode()
    running.perform(own.pk)
    ended = client.get(address)
    assert ended.status_code == 286
    assert "hx-get" not in ended.content.decode()


def test_the_page_is_loaded_anew_once_when_its_job_ends(client, officer, own):
    client.force_login(officer)
    address, by_htmx = reverse("jobs:progress", args=[own.pk]), {"hx-request": "true"}
    assert "HX-Refresh" not in client.get(address, headers=by_htmx)
    running.perform(own.pk)
    assert client.get(address, headers=by_htmx)["HX-Refresh"] == "true"
    assert "HX-Refresh" not in client.get(address)
    assert "hx-get" not in client.get(reverse("jobs:detail", args=[own.pk])).content.decode()


def test_a_failed_job_says_why_and_is_started_again(client, sysadmin, noop):
    claiming.fail(claiming.claim(noop.pk), reason="内存不足")
    client.force_login(sysadmin)
    address = reverse("jobs:detail", args=[noop.pk])
    assert "内存不足" in client.get(address).content.decode()
    client.post(reverse("jobs:requeue", args=[noop.pk]))
    noop.refresh_from_db()
    assert noop.state == "queued"


def test_an_officer_may_not_start_jobs_again(client, officer, own):
    claiming.fail(claiming.claim(own.pk), reason="no")
    client.force_login(officer)
    assert client.post(reverse("jobs:requeue", args=[own.pk])).status_code == 403


def test_operations_are_for_the_system_administrator(client, sysadmin, officer, noop):
    client.force_login(officer)
    assert client.get(reverse("jobs:operations")).status_code == 403
    client.force_login(sysadmin)
    page = client.get(reverse("jobs:operations"))
    assert page.context["picture"].waiting_since == noop.created_at


def test_healthz_looks_at_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get(reverse("healthz"))
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_readyz_is_503_without_a_broker_and_names_it(client):
    health.record_seen("worker@here")
    seen = timezone.localtime(WorkerSeen.objects.get().seen_at)
    answer = client.get(reverse("readyz"))
    said = f"not ready\nbroker: down, last known to work {seen:%Y-%m-%d %H:%M:%S}\n"
    assert (answer.status_code, answer.content.decode()) == (503, said)


def test_readyz_names_every_part_that_is_down(client):
    answer = client.get(reverse("readyz"))
    assert answer.content == b"not ready\nbroker: down\nworker: down\n"


def test_readyz_is_cheap(client, django_assert_max_num_queries):
    health.record_seen("worker@here")
    with django_assert_max_num_queries(3):
        client.get(reverse("readyz"))


def test_a_worker_not_seen_for_a_minute_does_not_count():
    health.record_seen("worker@here")
    assert health.parts()["worker"]
    assert "worker" not in health.down()
    WorkerSeen.objects.update(seen_at=database_time(plus_seconds=-61))
    assert not health.parts()["worker"]
    assert health.down()["worker"] == WorkerSeen.objects.get().seen_at
