"""Another department's object does not exist; a verb that a role never has is refused."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from obligations.models import Evidence, Obligation
from obligations.today import today
from obligations.views.deeds import DEEDS

pytestmark = pytest.mark.django_db


def test_another_departments_obligation_is_not_found(signed_in, officer2, issued):
    assert signed_in(officer2).get(f"/obligations/{issued.pk}/").status_code == 404


def test_another_departments_item_is_not_found(signed_in, officer2, issued):
    assert signed_in(officer2).get(f"/items/{issued.item_id}/").status_code == 404


def test_a_list_without_a_row_of_ones_own_is_not_found(signed_in, officer2, issued):
    assert signed_in(officer2).get(f"/lists/{issued.item.list_id}/").status_code == 404
    assert signed_in(officer2).get("/lists/").context["lines"] == []


def test_a_draft_is_not_found_by_its_department(signed_in, officer, owe, police):
    assert signed_in(officer).get(f"/obligations/{owe(police).pk}/").status_code == 404


def test_another_departments_evidence_is_not_found(signed_in, officer2, claimed):
    piece = Evidence.objects.create(
        obligation=claimed,
        kind="file",
        name="a.pdf",
        path="evidence/x",
        sha256="0" * 64,
        added_on=today(),
    )

    assert signed_in(officer2).get(f"/evidence/{piece.pk}/file/").status_code == 404


def test_the_list_holds_own_rows_only_even_when_another_department_is_asked_for(
    signed_in, officer2, issued
):
    page = signed_in(officer2).get("/obligations/", {"department": issued.department_id})

    assert page.context["listing"].count == 0
    assert issued.item.title not in page.text


def test_a_city_coordinator_sees_the_own_city_only(
    signed_in, make_user, make_department, city, issued, owe
):
    theirs = owe(make_department("甲市数据局", at=city))
    user = make_user("city", "coordinator", region=city)

    page = signed_in(user).get("/obligations/")

    assert [row.pk for row in page.context["listing"].page.rows] == [theirs.pk]


@pytest.mark.parametrize("role", ["auditor", "secadmin", "sysadmin"])
@pytest.mark.parametrize("address", ["/obligations/", "/lists/", "/obligations/export.csv"])
def test_administrators_see_no_business_data(request, signed_in, role, address):
    assert signed_in(request.getfixturevalue(role)).get(address).status_code == 403


@pytest.mark.parametrize("role", ["officer", "reviewer", "leader"])
@pytest.mark.parametrize("address", ["/imports/", "/imports/new/"])
def test_only_coordinators_import(request, signed_in, role, address):
    assert signed_in(request.getfixturevalue(role)).get(address).status_code == 403


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.slug)
def test_a_leader_changes_nothing(signed_in, leader, issued, deed):
    address = reverse(f"obligations:{deed.slug}", args=[issued.pk])

    answer = signed_in(leader).post(address, {"version": issued.version, "reason": "x"})

    assert answer.status_code == 403
    issued.refresh_from_db()
    assert issued.status == "issued"


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.slug)
def test_another_departments_officer_finds_nothing_to_act_on(signed_in, officer2, issued, deed):
    address = reverse(f"obligations:{deed.slug}", args=[issued.pk])

    answer = signed_in(officer2).post(address, {"version": issued.version})

    assert answer.status_code in (403, 404)
    issued.refresh_from_db()
    assert issued.status == "issued"


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.slug)
def test_a_deed_is_never_done_by_following_a_link(signed_in, coordinator, issued, deed):
    address = reverse(f"obligations:{deed.slug}", args=[issued.pk])
    before = Obligation.objects.values().get(pk=issued.pk)
    written = AuditEntry.objects.count()

    assert signed_in(coordinator).get(address).status_code in (200, 403)

    assert Obligation.objects.values().get(pk=issued.pk) == before
    assert AuditEntry.objects.count() == written
