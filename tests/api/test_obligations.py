"""Reading obligations: the list with its filters and pages, and everything about one."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from obligations import blocks, dispatch

LIST = "/api/v1/obligations/"


def ids(answer):
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_a_row_says_what_is_owed_by_whom_until_when_and_how_it_stands(
    coordinating, in_progress, police
):
    [row] = coordinating.get(LIST).json()["results"]

    assert row["id"] == in_progress.pk
    assert row["department"] == {"id": police.pk, "name": "省公安厅"}
    assert row["item"]["title"] == in_progress.item.title
    assert row["list"]["kind"] == "sharing"
    assert row["status"] == "in_progress"
    assert (row["light"], row["light_reason"]) == ("green", "on_course")
    assert row["light_sentence"]
    assert row["due_on"] == "2025-12-31"


def test_a_department_sees_its_own_rows_and_no_drafts(filling, owe, in_progress, police, health):
    owe(police)
    owe(health, status="issued")

    assert ids(filling.get(LIST)) == [in_progress.pk]


def test_a_city_coordinator_sees_the_city_alone(
    program_of, city_coordinator, make_department, owe, police, city
):
    owe(police)
    own = owe(make_department("甲市公安局", at=city))

    assert ids(program_of(city_coordinator).get(LIST)) == [own.pk]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=draft", ["late", "soon", "ongoing"]),
        ("status=verified", []),
        ("light=grey&light_reason=not_issued", ["late", "soon", "ongoing"]),
        ("due_from=2025-10-01&due_to=2025-10-31", ["soon"]),
        ("due_on_after=2025-10-01&due_on_before=2025-10-31", ["soon"]),
        ("kind=sharing", ["late", "soon", "ongoing"]),
        ("kind=docking", []),
        ("batch=7", ["late", "soon", "ongoing"]),
        ("batch=8", []),
        ("q=婚姻", ["soon"]),
        ("scene=新生儿", ["late"]),
        ("external=true", []),
        ("external=false", ["late", "soon", "ongoing"]),
        ("duty=supply&role_in_item=lead", ["late", "soon", "ongoing"]),
        ("role_in_item=supporting", []),
        ("order=-due_on", ["soon", "late", "ongoing"]),
        ("order=id", ["late", "soon", "ongoing"]),
        ("order=-id", ["ongoing", "soon", "late"]),
    ],
)
def test_filters_and_orders_may_be_combined(coordinating, owe, make_item, police, query, found):
    on = dt.date
    rows = {
        "late": owe(police, item=make_item(police, scenes="、新生儿出生、"), due_on=on(2025, 8, 1)),
        "soon": owe(police, item=make_item(police, title="婚姻登记信息"), due_on=on(2025, 10, 9)),
        "ongoing": owe(police, due_on=None),
    }

    assert ids(coordinating.get(f"{LIST}?{query}")) == [rows[name].pk for name in found]


def test_pages_by_cursor_show_every_row_once_forwards_and_backwards(coordinating, owe, police):
    days = [dt.date(2025, 10, 1), None, dt.date(2025, 9, 30), None, dt.date(2025, 10, 1), None]
    made = [owe(police, due_on=day) for day in days]
    expected = sorted(
        made, key=lambda row: (row.due_on is None, row.due_on or row.raised_on, row.pk)
    )

    for order, rows in (("due_on", expected), ("-due_on", None)):
        whole = ids(coordinating.get(f"{LIST}?order={order}"))
        pages, url = [], f"{LIST}?order={order}&page_size=2"
        while url:
            answer = coordinating.get(url).json()
            pages.append(answer)
            url = answer["next"]
        assert [row["id"] for page in pages for row in page["results"]] == whole
        if rows:
            assert whole == [row.pk for row in rows]
        back = coordinating.get(pages[2]["previous"]).json()
        assert back["results"] == pages[1]["results"]
        first = coordinating.get(back["previous"]).json()
        assert first["results"] == pages[0]["results"]
        assert first["previous"] is None


def test_rows_are_counted_only_when_asked(coordinating, in_progress):
    assert "count" not in coordinating.get(LIST).json()
    assert coordinating.get(f"{LIST}?count=1").json()["count"] == 1


def test_the_number_of_queries_does_not_grow_with_the_rows(coordinating, owe, police):
    owe(police)
    with CaptureQueriesContext(connection) as one:
        coordinating.get(f"{LIST}?count=1")
    for _number in range(12):
        owe(police)
    with CaptureQueriesContext(connection) as many:
        coordinating.get(f"{LIST}?count=1")

    assert len(many) == len(one) <= 6


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("stauts=draft", "#/stauts"),
        ("status=finished", "#/status"),
        ("page_size=1000", "#/page_size"),
        ("page_size=0", "#/page_size"),
        ("order=title", "#/order"),
        ("cursor=nonsense", "#/cursor"),
        ("due_from=yesterday", "#/due_from"),
        ("department=999999", "#/department"),
    ],
)
def test_a_query_that_is_not_understood_is_refused_with_its_place(coordinating, query, pointer):
    answer = coordinating.get(f"{LIST}?{query}")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_cursor_of_another_order_is_refused(coordinating, owe, police):
    owe(police), owe(police)
    cursor = coordinating.get(f"{LIST}?page_size=1").json()["next"].split("cursor=")[1]
    cursor = cursor.split("&")[0]

    assert coordinating.get(f"{LIST}?order=id&cursor={cursor}").status_code == 400


def test_the_record_has_terms_dates_evidence_claims_and_verbs(coordinating, endorsed):
    answer = coordinating.get(f"{LIST}{endorsed.pk}/")
    record = answer.json()

    assert answer["ETag"] == f'"{endorsed.version}"'
    assert record["version"] == endorsed.version
    terms = {term["field"]: term for term in record["terms"]}
    assert terms["share_mode"] == {
        "field": "share_mode",
        "label": "共享方式",
        "text": "服务接口",
        "value": "interface",
    }
    dates = {date["name"]: date for date in record["dates"]}
    assert dates["completed_on"]["on"] == "2025-08-21"
    assert dates["decide_by"]["on"] == "2025-08-28"
    assert dates["due_on"]["meaning"]
    assert record["evidence"][0]["text"] == "示例政数〔2025〕7号"
    assert record["claims"][0]["endorsed_by"]["username"] == "reviewer"
    assert (record["light"], record["light_reason"]) == ("green", "waiting")
    assert {"verify", "send_back"} <= set(record["verbs"])
    assert "endorse" not in record["verbs"]


def test_the_record_offers_verbs_for_the_request_that_waits(
    coordinating, filling, in_progress, officer
):
    blocks.ask(
        in_progress, by=officer, on=dt.date(2025, 8, 25), cause="technical", reason="接口未通"
    )

    verbs = coordinating.get(f"{LIST}{in_progress.pk}/").json()["verbs"]
    assert {"confirm_block", "refuse_block"} <= set(verbs)
    assert "lift_block" not in verbs
    assert "ask_block" not in filling.get(f"{LIST}{in_progress.pk}/").json()["verbs"]


def test_a_record_takes_a_constant_number_of_queries(coordinating, claimed, verified):
    with CaptureQueriesContext(connection) as asked:
        coordinating.get(f"{LIST}{verified.pk}/")

    assert len(asked) <= 16


def test_anothers_obligation_is_not_found(program_of, officer2, in_progress):
    answer = program_of(officer2).get(f"{LIST}{in_progress.pk}/")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("pk", ["0", "999999", "99999999999999999999999", "abc", "-1"])
def test_an_id_that_is_none_is_not_found(coordinating, pk):
    answer = coordinating.get(f"{LIST}{pk}/")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_items_and_lists_show_what_the_user_may_see(
    filling, coordinating, coordinator, owe, police, health
):
    own, other = owe(police), owe(health)
    dispatch.issue(own, by=coordinator, on=dt.date(2025, 8, 4))

    assert ids(filling.get("/api/v1/items/")) == [own.item_id]
    assert ids(coordinating.get("/api/v1/items/")) == [own.item_id, other.item_id]
    assert ids(filling.get("/api/v1/lists/")) == [own.item.list_id]
    assert filling.get(f"/api/v1/items/{other.item_id}/").status_code == 404
    item = filling.get(f"/api/v1/items/{own.item_id}/").json()
    assert {term["label"] for term in item["terms"]} >= {"数据资源名称", "共享类型", "完成时限"}
    assert coordinating.get(f"/api/v1/lists/{own.item.list_id}/").json()["batch"] == 7
