"""疑点 on pages: the queue, both sides, decisions; what a department sees of its own."""

import datetime as dt

import pytest

from obligations.models import ContradictionCase, Status
from obligations.today import today

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def coordinating(signed_in, coordinator):
    return signed_in(coordinator)


def said(case, **more):
    versions = {"version": case.version, "row_version": case.obligation.version}
    return {"reason": "已与需求部门核实", **versions, **more}


def test_the_first_pages_say_how_many_there_are(coordinating, signed_in, officer, doubted):
    assert 'hx-get="/contradictions/"' in coordinating.get("/").text
    assert "1项待处置" in coordinating.get("/contradictions/", headers=HTMX).text
    assert "1项待处置" in signed_in(officer).get("/").text


def test_the_queue_shows_both_sides_and_is_narrowed_down(coordinating, doubted):
    page = coordinating.get("/contradictions/").text
    assert "接口超时" in page
    assert "使用部门反馈不可用" in page
    for nothing in ("code=verified_but_stale", "state=closed", "owner=me", "outcome=accepted"):
        assert coordinating.get(f"/contradictions/?{nothing}").context["lines"] == []
    assert len(coordinating.get("/contradictions/?owner=nobody").context["lines"]) == 1


def test_a_department_sees_its_own_with_what_is_expected_and_decides_nothing(
    signed_in, officer, officer2, doubted
):
    page = signed_in(officer).get("/contradictions/").text
    assert "与使用部门对接解决问题" in page
    assert 'name="chosen"' not in page
    assert signed_in(officer).get(f"/contradictions/{doubted.pk}/").status_code == 200
    # The consumer is another department: what the provider owes is none of its business.
    assert signed_in(officer2).get("/contradictions/").context["lines"] == []
    assert signed_in(officer2).get(f"/contradictions/{doubted.pk}/").status_code == 404


def test_reopening_from_the_case_needs_both_versions(coordinating, doubted, supplied):
    address = f"/contradictions/{doubted.pk}/reopen/"
    for missing in ("version", "row_version"):
        form = said(doubted)
        del form[missing]
        assert coordinating.post(address, form).status_code == 428
    stale = coordinating.post(address, said(doubted, row_version=1, reason="保留这句话"))
    assert stale.status_code == 409
    assert "保留这句话" in stale.text
    assert coordinating.post(address, said(doubted, reason="")).status_code == 422

    answer = coordinating.post(address, said(doubted), follow=True)

    supplied.refresh_from_db()
    assert supplied.status == Status.IN_PROGRESS
    assert "已复开" in answer.text
    assert "已与需求部门核实" in answer.text


def test_what_does_not_fit_the_status_is_not_offered(coordinating, doubted):
    page = coordinating.get(f"/contradictions/{doubted.pk}/")
    assert [act for act, _label, _form in page.context["acts"]] == [
        "reopen",
        "accept",
        "hand-over",
    ]


def test_accepting_and_handing_over(coordinating, coordinator, doubted):
    answer = coordinating.post(
        f"/contradictions/{doubted.pk}/hand-over/", said(doubted, owner=coordinator.pk)
    )
    assert answer.status_code == 302
    doubted.refresh_from_db()
    assert doubted.owner == coordinator
    until = today() + dt.timedelta(days=30)
    coordinating.post(
        f"/contradictions/{doubted.pk}/accept/", said(doubted, until_on=until.isoformat())
    )
    doubted.refresh_from_db()
    assert (doubted.outcome, doubted.accepted_until) == ("accepted", until)


def test_many_are_accepted_with_one_reason(coordinating, doubted):
    until = (today() + dt.timedelta(days=30)).isoformat()
    form = {"chosen": f"{doubted.pk}:{doubted.version}", "reason": "对方升级", "until_on": until}
    address = "/contradictions/accept/"
    assert coordinating.post(address, {**form, "chosen": str(doubted.pk)}).status_code == 428
    assert coordinating.post(address, {**form, "chosen": "999:1"}).status_code == 404
    assert coordinating.post(address, {**form, "reason": ""}).status_code == 422
    assert coordinating.post(address, {**form, "chosen": f"{doubted.pk}:9"}).status_code == 409
    assert ContradictionCase.objects.open().exists()
    assert coordinating.post(address, form).status_code == 302
    assert not ContradictionCase.objects.open().exists()


def test_the_page_of_the_obligation_names_its_contradiction(coordinating, doubted, supplied):
    part = coordinating.get(f"/obligations/{supplied.pk}/verification/", headers=HTMX).text
    assert f'href="/contradictions/{doubted.pk}/"' in part
    assert "<html" not in part
