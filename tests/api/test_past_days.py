"""?on= in the API: facts, lights and names of a past day."""

import datetime as dt

import pytest

from accounts import departments

API = "/api/v1"
THEN = "2025-08-20"


@pytest.fixture
def listed(verified, coordinating):
    def ask(**asked):
        return coordinating.get(f"{API}/obligations/", asked)

    return ask


def test_the_list_is_that_of_the_day(verified, listed):
    [row] = listed(on=THEN).json()["results"]

    assert (row["id"], row["status"], row["completed_on"]) == (verified.pk, "claimed", None)
    assert listed().json()["results"][0]["status"] == "verified"


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"status": "claimed"}, 1),
        ({"status": "verified"}, 0),
        ({"light_reason": "on_course"}, 1),
        ({"external": "true"}, 0),
        ({"due_on_after": "2025-12-31"}, 1),
        ({"due_on_before": "2025-12-30"}, 0),
    ],
)
def test_filters_ask_for_the_facts_of_the_day(listed, asked, count):
    assert len(listed(on=THEN, **asked).json()["results"]) == count


@pytest.mark.parametrize("order", ["due_on", "-due_on", "completed_on", "decide_by", "id"])
def test_cursors_go_on_by_the_values_of_the_day(owe, police, listed, coordinating, order):
    for number in range(4):
        owe(police, due_on=dt.date(2025, 9, 20) + dt.timedelta(number) if number else None)
    answer = listed(on=THEN, order=order, page_size=2).json()
    seen = [row["id"] for row in answer["results"]]
    while answer["next"]:
        answer = coordinating.get(answer["next"]).json()
        seen += [row["id"] for row in answer["results"]]
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("day", ["2025-09-02", "1999-12-31", "moon"])
def test_a_day_to_come_is_refused(listed, coordinating, verified, day):
    assert listed(on=day).status_code == 400
    assert coordinating.get(f"{API}/obligations/{verified.pk}/", {"on": day}).status_code == 400


def test_one_obligation_is_shown_without_what_came_after(verified, coordinating):
    answer = coordinating.get(f"{API}/obligations/{verified.pk}/", {"on": THEN})
    found = answer.json()

    assert (found["status"], found["verbs"], found["contested"]) == ("claimed", [], None)
    [claim] = found["claims"]
    assert (claim["outcome"], claim["endorsed_on"], claim["decided_by"]) == ("", None, None)
    assert (found["claimed_by"]["username"], found["endorsed_by"]) == ("officer", None)
    assert found["verified_by"] is None
    assert "ETag" not in answer


def test_one_obligation_of_today_has_its_verbs_and_version(verified, coordinating):
    answer = coordinating.get(f"{API}/obligations/{verified.pk}/", {"on": "2025-09-01"})

    assert answer["ETag"]
    assert "reopen" in answer.json()["verbs"]


def test_before_it_was_on_record_it_is_not_found(verified, coordinating, filling):
    address = f"{API}/obligations/{verified.pk}/"

    assert coordinating.get(address, {"on": "2025-07-31"}).status_code == 404
    assert filling.get(address, {"on": "2025-08-02"}).status_code == 404  # a draft then


def test_names_are_those_of_the_day(verified, police, listed, coordinating):
    departments.rename(police, name="省公安总队", on=dt.date(2025, 8, 25), by=None)

    [row] = listed(on=THEN).json()["results"]
    assert row["department"]["name"] == row["item"]["body"]["name"] == "省公安厅"
    figures = coordinating.get(f"{API}/indicators/", {"on": THEN, "by": "department"}).json()
    assert [group["name"] for group in figures["groups"]] == ["省公安厅"]


def test_the_figures_say_what_was_recorded_since(verified, coordinating):
    """The whole life was written down today."""
    figures = coordinating.get(f"{API}/indicators/", {"on": "2025-08-21"}).json()

    assert figures["recorded_later_count"] == 4
    assert figures["whole"]["counts"]["applicable"] == 1
    assert figures["whole"]["counts"]["verified"] == 0


@pytest.mark.parametrize(("day", "code"), [("1999-12-31", "range"), ("2999-01-01", "range")])
def test_a_day_beyond_every_calendar_is_not_called_one_to_come(coordinating, day, code):
    for address in ("obligations", "indicators"):
        answer = coordinating.get(f"{API}/{address}/", {"on": day})
        assert answer.status_code == 400
        [error] = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("#/on", code)
        assert "2000" in error["detail"]
