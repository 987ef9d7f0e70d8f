"""The monthly round, the desk and progress reports over the API."""

import pytest

from obligations.models import ProgressReport, RoundAnswer, RoundRule

pytestmark = pytest.mark.django_db
ROUNDS, ANSWERS = "/api/v1/rounds/", "/api/v1/round-answers/"


@pytest.fixture
def asked(coordinating, in_progress):
    made = coordinating.post(ROUNDS, {"month": "2025-09-15"})
    assert made.status_code == 201, made.content
    return made.json()


def test_a_round_is_opened_with_the_cut_off_of_the_rule_and_once_only(coordinating, asked):
    assert (asked["month"], asked["cut_off_on"]) == ("2025-09-01", "2025-09-28")
    assert asked["answers"]["owed"] == 1
    assert coordinating.post(ROUNDS, {"month": "2025-09-01"}).status_code == 409
    assert coordinating.post(ROUNDS, {"month": "2025-09-01", "list": 99}).status_code == 400


def test_a_department_answers_with_the_version_that_it_read(filling, asked):
    [row] = filling.get(f"{ANSWERS}?owed=true&round={asked['id']}").json()["results"]
    one = f"{ANSWERS}{row['id']}/"
    body = {"kind": "changed", "progress": "已挂接"}

    assert filling.post(one, body).status_code == 428
    done = filling.post(one, body, headers={"If-Match": filling.get(one)["ETag"]})
    assert done.status_code == 200
    assert (done.json()["kind"], done.json()["answered_by"]) == ("changed", "officer")
    assert filling.post(one, {**body, "version": 1}).status_code == 409
    assert filling.get(f"{ANSWERS}?owed=true").json()["results"] == []


def test_the_rest_is_answered_and_the_round_closed(filling, coordinating, asked):
    one = f"{ROUNDS}{asked['id']}/"

    assert filling.post(f"{one}rest/", {"kind": "nothing"}).json() == {"changed": 1}
    assert filling.post(f"{one}rest/", {"kind": "changed"}).status_code == 400
    [line] = coordinating.get(f"{one}departments/").json()
    assert (line["department"], line["nothing"], line["owed"]) == ("省公安厅", 1, 0)
    closed = coordinating.post(f"{one}close/", {"version": asked["version"]})
    assert closed.json()["closed_on"] == "2025-09-01"
    assert coordinating.post(f"{one}close/", {"version": 1}).status_code == 409


def test_another_departments_rows_are_not_found(program_of, officer2, asked):
    stranger, key = program_of(officer2), RoundAnswer.objects.get().pk

    assert stranger.get(f"{ROUNDS}{asked['id']}/").status_code == 404
    assert stranger.get(f"{ANSWERS}{key}/").status_code == 404
    body = {"kind": "no_change", "version": 1}
    assert stranger.post(f"{ANSWERS}{key}/", body).status_code == 404


def test_the_rule_is_read_and_set(coordinating):
    rule = coordinating.get(f"{ROUNDS}rule/").json()
    assert rule["enabled"] is False

    done = coordinating.post(f"{ROUNDS}rule/", {**rule, "enabled": True})

    assert done.json() == {**rule, "enabled": True, "version": 2}
    assert RoundRule.objects.get().enabled
    assert coordinating.post(f"{ROUNDS}rule/", rule).status_code == 409


def test_the_desk_says_what_is_expected_and_what_is_asked(filling, asked, in_progress):
    found = filling.get("/api/v1/desk/").json()

    [line] = found["results"]
    assert (line["section"], line["obligation"]["id"]) == ("asked", in_progress.pk)
    assert line["round_answer_id"] == RoundAnswer.objects.get().pk
    assert line["expected"]
    assert "307001001/000001" in line["example"]
    assert found["sections"][0]["count"] == 1


def test_no_change_is_reported_with_its_period(filling, asked, in_progress):
    address = f"/api/v1/obligations/{in_progress.pk}/report_progress/"
    body = {"kind": "no_change", "version": in_progress.version}

    assert filling.post(address, {"kind": "no_change"}).status_code == 428
    assert filling.post(address, body).status_code == 200

    made = ProgressReport.objects.get()
    assert (str(made.period_from), str(made.period_to)) == ("2025-09-01", "2025-09-01")
    assert RoundAnswer.objects.get().kind == "no_change"
