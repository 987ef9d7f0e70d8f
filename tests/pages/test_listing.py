"""The list: filters, order, pages by key, and doing one thing to many."""

import datetime as dt

import pytest
from django.http import QueryDict

from obligations.models import Obligation
from obligations.paging import ORDERS, page
from obligations.today import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(signed_in, coordinator):
    """ask(**filters): the rows that the coordinator is shown."""

    def get(**filters):
        return signed_in(coordinator).get("/obligations/", filters).context["listing"]

    return get


def pks(listing):
    return [row.pk for row in listing.page.rows]


def carried(row):
    """A row as the form of the list carries it."""
    return f"{row.pk}:{row.version}"


def test_filters_narrow_by_department_status_and_words(ask, issued, owe, health):
    other = owe(health)

    assert pks(ask(department=health.pk)) == [other.pk]
    assert pks(ask(status="issued")) == [issued.pk]
    assert pks(ask(q="公安")) == [issued.pk]
    assert pks(ask(q=other.item.title)) == [other.pk]
    assert pks(ask(q="没有这个词")) == []


def test_a_scene_is_found_by_its_name(ask, make_item, owe, police):
    born = owe(police, item=make_item(police, scenes="、新生儿出生一件事、"))
    owe(police)

    assert pks(ask(scene="新生儿出生一件事")) == [born.pk]


def test_the_due_range_includes_both_ends(ask, owe, police):
    early, late = (owe(police, due_on=dt.date(2030, month, 1)) for month in (3, 9))

    assert pks(ask(due_from="2030-03-01", due_to="2030-03-01")) == [early.pk]
    assert pks(ask(due_from="2030-03-02")) == [late.pk]


def test_external_obligations_can_be_shown_apart(ask, owe, police, ministry):
    own, external = owe(police), owe(ministry, external=True)

    assert pks(ask(scope="own")) == [own.pk]
    assert pks(ask(scope="external")) == [external.pk]


def test_what_a_central_body_owes_is_opened_or_not_and_never_a_draft(
    ask, signed_in, coordinator, owe, police, ministry
):
    own = owe(police)
    waiting = owe(ministry, external=True, item=own.item)

    assert pks(ask(status="draft")) == [own.pk]
    for path in ("/obligations/?scope=external", f"/obligations/{own.pk}/"):
        assert "未开放" in signed_in(coordinator).get(path).text
    Obligation.objects.filter(pk=own.pk).update(status="issued")
    page = signed_in(coordinator).get(f"/obligations/{waiting.pk}/")
    assert "未开放" in page.text
    assert "待下达" not in page.text

    Obligation.objects.filter(pk=waiting.pk).update(opened_on=today())
    assert "已开放" in signed_in(coordinator).get("/obligations/?scope=external").text


def test_the_bar_for_many_stands_only_over_rows_that_can_be_issued(
    signed_in, coordinator, owe, police, ministry
):
    owe(ministry, external=True)
    address = "/obligations/?status=draft"
    assert "selection-bar" not in signed_in(coordinator).get(address).text

    owe(police)
    assert "selection-bar" in signed_in(coordinator).get(address).text


def test_issuing_many_says_how_many_or_that_there_was_nothing(signed_in, coordinator, owe, police):
    owe(police)
    address = "/obligations/issue/?status=draft"

    look = signed_in(coordinator).post(address, {"all": "yes"})
    done = signed_in(coordinator).post(address, {"rows": look.context["carried"]}, follow=True)
    assert "已下达: 1" in done.text or "已下达 1 项" in done.text
    again = signed_in(coordinator).post(address, {"all": "yes"}, follow=True)
    assert "没有可办理的事项" in again.text


def test_the_lights_above_the_list_count_what_the_other_filters_let_through(ask, many):
    many(200)

    listing = ask(light="red")

    assert sum(count for _light, count in listing.by_light) == listing.total == 200
    assert listing.count == dict(listing.by_light)["red"]
    assert {row.light for row in listing.page.rows} == {"red"}


@pytest.mark.parametrize(
    "wrong", [{"due_from": "gestern"}, {"department": "x"}, {"batch": "七"}, {"status": "nie"}]
)
def test_a_filter_that_cannot_be_read_shows_nothing_and_says_why(signed_in, coordinator, wrong):
    answer = signed_in(coordinator).get("/obligations/", wrong)

    assert answer.status_code == 200
    assert answer.context["listing"].filter.form.errors


@pytest.mark.parametrize("order", ORDERS)
def test_pages_by_key_visit_every_row_once_forwards_and_backwards(order, many, owe, police):
    many(60)
    owe(police, due_on=None)
    rows = Obligation.objects.all()

    forwards, pages, after = [], [], ""
    while True:
        found = page(rows, order=order, after=after, size=7)
        pages.append([row.pk for row in found.rows])
        forwards += pages[-1]
        after = found.next
        if not after:
            break
    backwards, before = [], found.previous
    while before:
        found = page(rows, order=order, before=before, size=7)
        backwards.insert(0, [row.pk for row in found.rows])
        before = found.previous

    assert sorted(forwards) == sorted(rows.values_list("pk", flat=True))
    assert backwards == pages[:-1]


def test_rows_without_a_due_date_come_last(many, owe, police):
    many(3)
    ongoing = owe(police, due_on=None)

    for order in ("due", "-due"):
        assert page(Obligation.objects.all(), order=order).rows[-1].pk == ongoing.pk


@pytest.mark.parametrize("key", ["x", "~", "2030-99-99~1", "~" + "9" * 40, "nul\x00l~5"])
def test_an_unreadable_key_is_the_first_page(ask, issued, key):
    assert pks(ask(after=key)) == [issued.pk]


def test_htmx_gets_the_rows_alone(signed_in, coordinator, issued):
    answer = signed_in(coordinator).get("/obligations/", headers={"hx-request": "true"})

    assert issued.item.title in answer.text
    assert "<html" not in answer.text
    assert "HX-Request" in answer["Vary"]


def test_drafts_are_issued_at_once_and_nothing_else_is(signed_in, coordinator, owe, police, health):
    drafts = [owe(police), owe(police)]
    others = owe(health)

    address = f"/obligations/issue/?status=draft&department={police.pk}"
    look = signed_in(coordinator).post(address, {"all": "yes"})
    assert not Obligation.objects.filter(status="issued").exists()
    signed_in(coordinator).post(address, {"rows": look.context["carried"]})

    assert Obligation.objects.filter(status="issued").count() == len(drafts)
    others.refresh_from_db()
    assert others.status == "draft"


def test_only_the_chosen_rows_are_accepted(signed_in, officer, many, police):
    mine = [row for row in many(10) if row.department_id == police.pk]

    signed_in(officer).post("/obligations/accept/?status=issued", {"chosen": [carried(mine[0])]})

    accepted = Obligation.objects.filter(status="in_progress")
    assert [row.pk for row in accepted] == [mine[0].pk]


def test_choosing_anothers_row_by_hand_changes_nothing(signed_in, officer, many, health):
    theirs = next(row for row in many(4) if row.department_id == health.pk)

    answer = signed_in(officer).post("/obligations/accept/", {"chosen": [carried(theirs)]})

    assert answer.status_code == 404
    theirs.refresh_from_db()
    assert theirs.status == "issued"


def test_an_officer_cannot_issue_at_once(signed_in, officer, issued):
    assert signed_in(officer).post("/obligations/issue/", {"all": "yes"}).status_code == 403


def test_late_rows_say_by_how_many_working_days(signed_in, coordinator, owe, police):
    late = owe(police, due_on=today() - dt.timedelta(days=40), status="issued", on=today())

    listing = signed_in(coordinator).get("/obligations/", {"q": late.item.title})

    assert late.light == "red"
    assert "个工作日" in listing.text


def test_a_query_string_of_many_fields_keeps_its_filters_in_the_links(ask, many):
    many(120)

    listing = ask(status="issued", order="-due")

    assert listing.page.next
    assert QueryDict(f"after={listing.page.next}")["after"] == listing.page.next
