"""Whatever is written into an address, the answer is a page and never a crash."""

import pytest
from django.template.loader import render_to_string

pytestmark = pytest.mark.django_db

HUGE = "9" * 40


@pytest.mark.parametrize(
    "address",
    [
        f"/obligations/{HUGE}/",
        f"/lists/{HUGE}/",
        f"/items/{HUGE}/",
        f"/imports/{HUGE}/",
        f"/evidence/{HUGE}/file/",
    ],
)
def test_a_number_beyond_all_rows_is_not_found(signed_in, coordinator, address):
    assert signed_in(coordinator).get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/indicators/?on=0001-01-01",
        "/indicators/scores/?on=0001-01-01",
        "/checks/?on=0001-01-01",
        "/obligations/?turning=green~red~2000-01-01~plan_passed-99.on_course",
        "/obligations/?turning=green~red~2099-12-31~due_close-99.on_course",
        "/obligations/?finding=any.fail&on=0001-01-01",
        "/obligations/?finding=moon&on=31.12.2025",
    ],
)
def test_a_day_before_or_after_every_calendar_still_gives_a_page(
    signed_in, coordinator, issued, address
):
    assert signed_in(coordinator).get(address).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        f"department={HUGE}",
        f"list={HUGE}",
        f"batch={HUGE}",
        "batch=1e999",
        "q=%00",
        "scene=%00",
        f"after=~{HUGE}",
        "after=0000-00-00~1",
        f"order=department&after={HUGE}~1",
        f"order=department&before=-{HUGE}~1",
        f"order=new&after={2**63}~1",
        "order=password",
        "light=pink",
        "due_from=99999-01-01",
        "%ff=%ff",
    ],
)
def test_a_filter_of_nonsense_still_gives_a_page(signed_in, coordinator, issued, query):
    client = signed_in(coordinator)

    assert client.get(f"/obligations/?{query}").status_code == 200
    assert client.get(f"/obligations/export.csv?{query}").status_code == 200


@pytest.mark.parametrize("query", ["q=%00", "page=abc", f"page={HUGE}", "page=-1"])
def test_a_list_asked_for_nonsense_still_gives_a_page(signed_in, coordinator, issued, query):
    answer = signed_in(coordinator).get(f"/lists/{issued.item.list_id}/?{query}")

    assert answer.status_code == 200


@pytest.mark.parametrize("on", ["", "x", "2026-13-45", "2026-02-30"])
def test_checks_of_no_day_are_those_of_today(signed_in, coordinator, on):
    assert signed_in(coordinator).get("/checks/", {"on": on}).status_code == 200


def test_choosing_an_impossible_row_changes_nothing(signed_in, coordinator, issued):
    answer = signed_in(coordinator).post("/obligations/issue/", {"chosen": [HUGE, "²", "-1"]})

    assert answer.status_code == 428


@pytest.mark.parametrize("template", ["400.html", "404.html", "500.html", "503.html"])
def test_error_pages_need_neither_request_nor_database(template, django_db_blocker):
    with django_db_blocker.block():
        page = render_to_string(template)

    assert "</html>" in page
