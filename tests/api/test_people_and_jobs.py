"""Who is asking, departments, regions and jobs."""

import pytest

from accounts import tokens
from accounts.models import Role
from jobs import queue
from jobs.models import Job, database_time


def names(answer):
    return [row["name"] for row in answer.json()["results"]]


def test_me_says_who_the_token_belongs_to(filling, police):
    me = filling.get("/api/v1/me/").json()

    assert (me["username"], me["role"]) == ("officer", "officer")
    assert me["department"] == {"id": police.pk, "name": "省公安厅"}
    assert me["region"] is None
    assert "claim" in me["verbs"]
    assert "verify" not in me["verbs"]


def test_departments_are_those_in_scope(filling, coordinating, police, health, ministry):
    assert names(filling.get("/api/v1/departments/")) == ["省公安厅"]
    assert {"省公安厅", "省卫生健康委员会", "公安部"} <= set(
        names(coordinating.get("/api/v1/departments/"))
    )
    assert filling.get(f"/api/v1/departments/{health.pk}/").status_code == 404
    detail = filling.get(f"/api/v1/departments/{police.pk}/").json()
    assert detail["names"][0]["name"] == "省公安厅"
    assert detail["counterpart_id"] == ministry.pk


def test_departments_are_found_by_any_of_their_names(coordinating, police, health):
    police.names.create(name="公安厅旧名", matching="公安厅旧名", kind="former")

    assert names(coordinating.get("/api/v1/departments/?q=旧名")) == ["省公安厅"]
    assert names(coordinating.get("/api/v1/departments/?level=central")) == ["公安部"]


def test_regions_are_for_everybody_signed_in(program_of, make_user, city):
    nobody = program_of(make_user("nobody", ""))

    assert "甲市" in names(nobody.get("/api/v1/regions/"))


def test_jobs_are_ones_own_and_all_for_the_system_administrator(
    filling, program_of, officer, sysadmin, coordinator
):
    own, other = queue.enqueue("noop", by=officer), queue.enqueue("noop", by=coordinator)

    def seen(program):
        return [row["id"] for row in program.get("/api/v1/jobs/").json()["results"]]

    assert seen(filling) == [own.pk]
    assert seen(program_of(sysadmin)) == [other.pk, own.pk]
    assert filling.get(f"/api/v1/jobs/{other.pk}/").status_code == 404
    assert filling.get(f"/api/v1/jobs/{own.pk}/").json()["state"] == "queued"


def test_a_failed_job_is_started_again_by_the_system_administrator_alone(
    filling, program_of, officer, sysadmin
):
    job = queue.enqueue("noop", by=officer)
    address = f"/api/v1/jobs/{job.pk}/requeue/"
    administering = program_of(sysadmin)
    assert administering.post(address).status_code == 409
    Job.objects.filter(pk=job.pk).update(state="failed", finished_at=database_time())

    assert filling.post(address).status_code == 403
    answer = administering.post(address)
    assert (answer.status_code, answer.json()["state"]) == (200, "queued")


@pytest.mark.parametrize(
    "header", ["", "Token", "Bearer nonsense", "Basic b2ZmaWNlcjp4", "Token a b", "Bearer \xff"]
)
def test_without_a_standing_token_it_is_401_with_a_challenge(anonymous, db, header):
    answer = anonymous.get("/api/v1/me/", headers={"Authorization": header} if header else {})

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"]
    assert answer["Content-Type"] == "application/problem+json"


def test_a_session_reads_and_writes_only_with_its_csrf_token(client, claimed, reviewer):
    client.force_login(reviewer)
    assert client.get("/api/v1/me/").json()["username"] == "reviewer"

    client.handler.enforce_csrf_checks = True
    answer = client.post(
        f"/api/v1/obligations/{claimed.pk}/endorse/",
        {"version": claimed.version},
        content_type="application/json",
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SECURITY_ADMINISTRATOR, "", "sysadmin"])
def test_administrators_have_no_business_data(program_of, make_user, role, in_progress):
    program = program_of(make_user("administrator", role))

    for path in ("obligations/", "lists/", "items/", "findings/", "checks/", "indicators/"):
        assert program.get(f"/api/v1/{path}").status_code == 403, path


def test_an_inactive_users_token_is_refused(anonymous, officer):
    token = tokens.issue(officer, by=None)
    officer.is_active = False
    officer.save()

    answer = anonymous.get("/api/v1/me/", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
