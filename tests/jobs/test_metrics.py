"""/metrics: what it tells, and to whom."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts import tokens
from jobs import claiming, health, queue, running, schedule
from jobs.models import Job, WorkerSeen, database_time
from sharing_lists import receipts

pytestmark = pytest.mark.django_db
ELSEWHERE = {"REMOTE_ADDR": "10.0.0.7"}


@pytest.fixture
def told(client):
    """told(name, **labels): the value in the answer, as Prometheus' own parser reads it."""

    def value(name, **labels):
        answer = client.get("/metrics")
        assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
        samples = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(answer.content.decode())
            for sample in family.samples
        }
        return samples.get((name, frozenset(labels.items())))

    return value


def test_jobs_by_kind_and_state(told, noop):
    assert told("qingdan_jobs", kind="noop", state="queued") == 1
    running.perform(noop.pk)
    assert told("qingdan_jobs", kind="noop", state="done") == 1
    assert told("qingdan_jobs", kind="noop", state="queued") is None


def test_the_age_of_each_queue(told, noop):
    Job.objects.update(created_at=database_time(plus_seconds=-600))
    assert 600 <= told("qingdan_queue_age_seconds", queue="celery") < 660
    assert told("qingdan_queue_waiting", queue="celery") == 1
    assert told("qingdan_queue_age_seconds", queue="probes") == 0


def test_failures_of_the_last_24_hours(told, noop):
    claiming.fail(claiming.claim(noop.pk), reason="no")
    assert told("qingdan_job_failures_24h", kind="noop") == 1
    Job.objects.update(finished_at=database_time(plus_seconds=-86401))
    assert told("qingdan_job_failures_24h", kind="noop") == 0


def test_the_schedule_and_the_canary(told, settings, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(schedule._Installation, "at", now - dt.timedelta(minutes=30))
    settings.JOB_SCHEDULE = {"canary": settings.JOB_SCHEDULE["canary"]}
    assert told("qingdan_schedule_late", line="canary") == 1
    assert told("qingdan_canary_seconds") is None
    for job in schedule.tick():
        running.perform(job.pk)
    assert told("qingdan_schedule_late", line="canary") == 0
    assert told("qingdan_canary_seconds") >= 0
    done_at = told("qingdan_schedule_last_success_timestamp_seconds", line="canary")
    assert abs(done_at - now.timestamp()) < 60


def test_parts_and_workers(told):
    assert told("qingdan_up", part="database") == 1
    assert told("qingdan_up", part="worker") == 0
    health.record_seen("worker@here")
    assert told("qingdan_up", part="worker") == 1
    seen = WorkerSeen.objects.get().seen_at.timestamp()
    assert told("qingdan_worker_last_seen_timestamp_seconds", worker="worker@here") == seen


def test_refused_receipts_by_reason(told):
    refused = receipts.ReceiptRefused("expired", 401, "…")
    for _time in range(2):
        receipts.count(refused, at=timezone.now())
    receipts.count(refused, at=timezone.now() - dt.timedelta(days=2))
    assert told("qingdan_receipts_refused_today", reason="expired") == 2
    assert told("qingdan_receipts_refused_today", reason="replayed") == 0
    assert told("qingdan_receipts_kept_today", outcome="kept") == 0


def test_probes_of_today(told):
    assert told("qingdan_endpoints", state="down") == 0
    assert told("qingdan_probes_today", outcome="up") == 0


def test_it_takes_few_queries_however_many_jobs(client):
    def taken():
        with CaptureQueriesContext(connection) as captured:
            client.get("/metrics")
        return len(captured)

    taken()
    few = taken()
    for _number in range(30):
        queue.enqueue("noop")
    assert taken() == few <= 21


# To whom


def test_this_machine_is_told_without_more(client):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="::1").status_code == 200


def test_somebody_elsewhere_is_not(client):
    answer = client.get("/metrics", **ELSEWHERE)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
    assert b"qingdan" not in answer.content


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded"])
def test_what_a_proxy_on_this_machine_passes_on_comes_from_elsewhere(client, header):
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 401


def test_the_system_administrator_is_told_elsewhere_too(client, sysadmin):
    token = tokens.issue(sysadmin, by=None)
    by_token = {"authorization": f"Bearer {token}"}
    assert client.get("/metrics", headers=by_token, **ELSEWHERE).status_code == 200
    client.force_login(sysadmin)
    assert client.get("/metrics", **ELSEWHERE).status_code == 200


def test_nobody_else_is(client, leader):
    token = tokens.issue(leader, by=None)
    by_token = {"authorization": f"Bearer {token}"}
    assert client.get("/metrics", headers=by_token, **ELSEWHERE).status_code == 403
    nonsense = {"authorization": "Bearer nonsense"}
    assert client.get("/metrics", headers=nonsense, **ELSEWHERE).status_code == 401
    client.force_login(leader)
    assert client.get("/metrics", **ELSEWHERE).status_code == 403
