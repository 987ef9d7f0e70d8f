"""Doing one thing to many on the page: a look first, refusals in a table, openings, contacts."""

import datetime as dt

import pytest

from obligations import blocks, dispatch, extensions
from obligations.models import Extension, Obligation
from obligations.today import today

pytestmark = pytest.mark.django_db


def carried(*rows):
    found = Obligation.objects.filter(pk__in=[row.pk for row in rows])
    return [f"{pk}:{version}" for pk, version in found.values_list("pk", "version")]


def test_what_asks_for_words_shows_the_rows_and_the_form_first(signed_in, coordinator, endorsed):
    client, address = signed_in(coordinator), "/obligations/send-back/?status=endorsed"
    look = client.post(address, {"chosen": carried(endorsed)})
    assert look.status_code == 200
    assert endorsed.item.title in look.text

    empty = client.post(address, {"rows": look.context["carried"], "reason": " "})
    assert empty.status_code == 422
    done = client.post(address, {"rows": empty.context["carried"], "reason": "缺目录代码"})

    endorsed.refresh_from_db()
    assert done["Location"] == "/obligations/?status=endorsed"
    assert (endorsed.status, endorsed.return_reason) == ("in_progress", "缺目录代码")


def test_the_rows_that_refuse_stand_in_a_table_with_their_reasons(
    signed_in, coordinator, endorsed, officer, owe, police
):
    blocks.Block.objects.create(
        obligation=endorsed, cause="other", reason="等", asked_by=officer, asked_on=today()
    )
    answer = signed_in(coordinator).post(
        "/obligations/verify/?status=endorsed", {"chosen": carried(endorsed)}
    )

    assert answer.status_code == 409
    [refused] = answer.context["refusal"].facts["refused"]
    assert refused["why"] in answer.text
    assert endorsed.department.name in answer.text


def test_a_stale_choice_is_refused_and_names_who_changed_what(
    signed_in, coordinator, officer, reviewer, claimed
):
    look = signed_in(reviewer).post("/obligations/endorse/?status=claimed", {"all": "yes"})
    dispatch.plan(claimed, by=officer, on=today(), planned_on=today())

    answer = signed_in(reviewer).post(
        "/obligations/endorse/?status=claimed", {"rows": look.context["carried"]}
    )

    assert answer.status_code == 409
    assert "officer" in answer.text
    claimed.refresh_from_db()
    assert claimed.status == "claimed"


@pytest.mark.parametrize("rows", ["", "1", "1:x", "x:1", "1:1,"])
def test_a_choice_without_versions_is_428(signed_in, coordinator, rows):
    answer = signed_in(coordinator).post("/obligations/verify/", {"rows": rows})

    assert answer.status_code == 428


def test_extensions_are_decided_from_the_rows_that_wait(
    signed_in, coordinator, officer, in_progress
):
    extensions.ask(in_progress, by=officer, on=today(), days=3, reason="联调")
    client = signed_in(coordinator)
    page = client.get("/obligations/?waiting=extension")
    assert [one.verb for one in page.context["bulks"]] == ["approve_extension", "refuse_extension"]
    address = "/obligations/approve-extension/?waiting=extension"
    look = client.post(address, {"all": "yes"})
    client.post(address, {"rows": look.context["carried"], "note": "同意"})

    assert Extension.objects.get().outcome == "confirmed"


def test_one_filter_names_no_status_and_offers_nothing(signed_in, coordinator, endorsed):
    assert signed_in(coordinator).get("/obligations/").context["bulks"] == []


def test_an_officer_is_offered_what_the_table_gives(signed_in, officer, leader, issued):
    offered = signed_in(officer).get("/obligations/?status=issued").context["bulks"]
    assert [one.verb for one in offered] == ["accept", "plan"]
    assert signed_in(leader).get("/obligations/?status=issued").context["bulks"] == []


@pytest.fixture
def external(owe, ministry, make_item, police, officer, coordinator, day):
    item = make_item(police)
    opening = owe(ministry, external=True, item=item, on=day)
    due = today() + dt.timedelta(days=60)
    waiting = owe(police, item=item, duty="apply", depends_on=opening, due_on=due, on=day)
    dispatch.issue(waiting, by=coordinator, on=day)
    blocks.ask(waiting, by=officer, on=day, cause="not_opened", reason="未开放")
    blocks.confirm(waiting, by=coordinator, on=day)
    return opening


def test_an_opening_offers_to_lift_the_blocks_that_name_it(signed_in, coordinator, external):
    client, address = signed_in(coordinator), f"/obligations/{external.pk}/"
    page = client.get(address)
    [waiting] = page.context["dependants"]
    assert "lift-blocks" not in page.text
    form = {"version": external.version, "opened_on": today().isoformat(), "note": "函告"}
    client.post(f"{address}record-opening/", form)

    rows = client.get(address).context["blocked_by_it"]
    assert client.post(f"{address}lift-blocks/", {"rows": rows}).status_code == 302

    waiting.refresh_from_db()
    assert not waiting.blocked
    again = client.post(f"{address}lift-blocks/", {"rows": rows})
    assert again.status_code == 409


def test_what_depends_on_an_opening_can_be_listed(signed_in, coordinator, external, owe, police):
    owe(police)
    listing = signed_in(coordinator).get(f"/obligations/?depends_on={external.pk}")

    assert [row.depends_on_id for row in listing.context["listing"].page.rows] == [external.pk]


def test_an_overdue_acceptance_is_seen_at_home_in_the_list_and_on_the_notice(
    signed_in, coordinator, officer, issued
):
    Obligation.objects.filter(pk=issued.pk).update(accept_by=today() - dt.timedelta(days=1))

    assert signed_in(coordinator).get("/").context["not_accepted_count"] == 1
    listed = signed_in(coordinator).get("/obligations/?waiting=acceptance")
    assert [row.pk for row in listed.context["listing"].page.rows] == [issued.pk]
    assert "已逾期" in listed.text
    assert "已逾期" in signed_in(officer).get(f"/notices/{issued.notice_id}/").text


def test_a_notice_stands_on_the_desk_until_it_is_accepted(signed_in, officer, issued):
    assert [one.waiting_count for one in signed_in(officer).get("/").context["notices"]] == [1]

    dispatch.accept(issued, by=officer, on=today())

    assert list(signed_in(officer).get("/").context["notices"]) == []
    assert signed_in(officer).get("/notices/").context["notices"][0].row_count == 1


def test_anothers_notice_is_not_found(signed_in, officer2, issued):
    assert signed_in(officer2).get(f"/notices/{issued.notice_id}/").status_code == 404


def test_the_department_names_who_is_in_charge_and_obligations_follow(
    signed_in, reviewer, officer, in_progress
):
    client = signed_in(reviewer)
    form = {"office": "科信处", "name": "张三", "phone": "000"}
    assert client.post("/contact/", form).status_code == 428
    assert client.post("/contact/", {"version": 0, **form}).status_code == 302
    stale = client.post("/contact/", {"version": 0, **form, "name": "李四"})

    assert stale.status_code == 409
    assert "李四" in stale.text
    in_progress.refresh_from_db()
    assert in_progress.contact_name == "张三"


def test_a_request_that_waits_stands_above_everything(signed_in, coordinator, officer, in_progress):
    extensions.ask(in_progress, by=officer, on=today(), days=3, reason="等待对方平台改造")
    page = signed_in(coordinator).get(f"/obligations/{in_progress.pk}/")

    assert "延期 3 个工作日" in page.text
    assert page.context["proposed_due_on"] > in_progress.due_on
