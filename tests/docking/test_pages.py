"""The docking pages: who sees what, what is refused, and what stays filled in."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from docking import milestones
from docking.models import AllowedHost, Endpoint, MaintenanceWindow, Milestone
from docking.steps import of
from obligations.today import today
from tests.docking.test_rounds import DOWN, UP, see

pytestmark = pytest.mark.django_db
AT_MOST = 21


@pytest.fixture
def page(row):
    return f"/docking/obligations/{row.pk}/"


def planned(row, **days):
    said = {"version": row.version}
    for stage in of(row):
        said[f"planned_on_{stage}"] = days.get(stage, "")
        said[f"weight_{stage}"] = "1"
        said[f"not_needed_{stage}"] = ""
    return said


def endpoint_form(**more):
    return {
        "name": "健康检查",
        "url": "http://10.1.2.3:8080/health",
        "method": "GET",
        "expected_status": "200",
        **more,
    }


def test_an_officer_plans_and_records_in_the_page(signed_in, officer, row, page):
    client = signed_in(officer)
    day = today().isoformat()

    assert client.post(f"{page}plan/", planned(row, open=day, joint=day)).status_code == 302
    row.refresh_from_db()
    done = client.post(
        f"{page}reach/", {"version": row.version, "stage": "open", "reached_on": day}
    )
    assert done.status_code == 302

    text = client.get(page).content.decode()
    assert "接口开放" in text
    assert f"✓ {day}" in " ".join(text.split())
    assert "应达 40.0%，已达 20.0%" in text
    shown = client.get(f"/obligations/{row.pk}/").content.decode()
    assert "对接阶段与探测" in shown
    assert "编排里程碑" in shown
    panel = f"{page}panel/"
    assert f'hx-get="{panel}"' in shown
    assert "应达 40.0%" in client.get(panel).content.decode()


def test_a_refusal_shows_the_present_state_and_keeps_what_was_written(
    signed_in, officer, row, page
):
    client, late = signed_in(officer), (today() + dt.timedelta(days=9)).isoformat()
    wrong = planned(row, open=late, joint=today().isoformat())

    answer = client.post(f"{page}plan/", wrong)

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "“联调”的计划日期早于“接口开放”" in text
    assert f'value="{late}"' in text
    assert not Milestone.objects.exists()
    stale = client.post(f"{page}reach/", {"version": row.version + 1, "stage": "open"})
    assert stale.status_code == 422
    body = {"version": row.version + 1, "stage": "open", "reached_on": today().isoformat()}
    assert client.post(f"{page}reach/", body).status_code == 409
    del body["version"]
    assert client.post(f"{page}reach/", body).status_code == 428


def test_one_click_plans_one_and_all(signed_in, coordinator, connect, police, row, page):
    client = signed_in(coordinator)
    connect(police)
    assert client.post(f"{page}plan-default/", {"version": row.version}).status_code == 302
    assert "按时限排定 1 项" in client.get("/docking/").content.decode()
    assert client.post("/docking/plan-default/").status_code == 302
    assert client.get("/docking/").context["counts"]["unplanned"] == 0
    assert Milestone.objects.count() == 10


def test_another_departments_system_is_not_found(signed_in, officer2, row, name, page):
    client, endpoint = signed_in(officer2), name(row)
    for address in (page, f"{page}panel/", f"/docking/endpoints/{endpoint.pk}/"):
        assert client.get(address).status_code == 404
    for path in ("plan/", "plan-default/", "reach/", "take-back/", "endpoints/", "maintenance/"):
        assert client.post(f"{page}{path}", {"version": 1}).status_code == 404
    assert client.post(f"/docking/endpoints/{endpoint.pk}/retire/").status_code == 404
    assert "健康检查" not in client.get("/docking/").content.decode()


def test_another_duty_has_no_docking_page(signed_in, officer, owe, police):
    other = owe(police, status="in_progress")
    client = signed_in(officer)
    assert client.get(f"/docking/obligations/{other.pk}/").status_code == 404
    assert "对接阶段与探测" not in client.get(f"/obligations/{other.pk}/").content.decode()


def test_an_endpoint_is_not_probed_before_the_system_administrator_allows_its_host(
    signed_in, officer, sysadmin, row, page
):
    filling, allowing = signed_in(officer), signed_in(sysadmin)
    assert filling.post(f"{page}endpoints/", endpoint_form()).status_code == 302
    endpoint = Endpoint.objects.get()
    assert "未授权，不探测" in filling.get(page).content.decode()

    asked = allowing.get("/docking/hosts/").content.decode()
    assert "10.1.2.3:8080" in asked
    assert "健康检查" not in asked
    without = {"host": "10.1.2.3", "port": "8080"}
    assert allowing.post("/docking/hosts/", without).status_code == 422
    said = {**without, "document_number": "示例政数〔2026〕1号"}
    assert allowing.post("/docking/hosts/", said).status_code == 302
    assert allowing.post("/docking/hosts/", said).status_code == 422

    assert "状态未知" in filling.get(page).content.decode()
    see(endpoint, UP, UP)
    assert "可达" in filling.get(page).content.decode()
    listed = AllowedHost.objects.get()
    withdraw = f"/docking/hosts/{listed.pk}/withdraw/"
    assert allowing.post(withdraw).status_code == 428
    assert allowing.post(withdraw, {"version": 9}).status_code == 409
    assert allowing.post(withdraw, {"version": 1}).status_code == 302
    assert "未授权，不探测" in filling.get(page).content.decode()
    acts = AuditEntry.objects.filter(user_id=sysadmin.pk).order_by("pk")
    assert [one.verb for one in acts] == ["allow_probing", "forbid_probing"]
    assert acts[0].detail["document_number"] == "示例政数〔2026〕1号"


@pytest.mark.parametrize(
    "said",
    [
        {"url": "http://user:key@10.1.2.3/"},
        {"url": "gopher://10.1.2.3/"},
        {"method": "HEAD", "text": "ok"},
        {"json_value": "UP"},
        {"expected_status": "99"},
        {"latency_limit_ms": "6000"},
    ],
)
def test_an_endpoint_that_cannot_be_probed_is_refused(signed_in, officer, page, said):
    answer = signed_in(officer).post(f"{page}endpoints/", endpoint_form(**said))
    assert answer.status_code in (409, 422)
    assert not Endpoint.objects.exists()


def test_an_obligation_has_at_most_ten_endpoints(signed_in, officer, row, name, page):
    for _number in range(10):
        name(row)
    assert signed_in(officer).post(f"{page}endpoints/", endpoint_form()).status_code == 409


def test_an_endpoint_is_changed_and_retired_with_its_version(signed_in, officer, row, name):
    client, endpoint = signed_in(officer), name(row)
    see(endpoint, UP, UP, DOWN)
    page = f"/docking/endpoints/{endpoint.pk}/"
    assert "5 秒内未完整应答" in client.get(page).content.decode()

    other = endpoint_form(url="http://10.1.2.3:8080/other")
    assert client.post(page, other).status_code == 428
    assert client.post(page, {**other, "version": 7}).status_code == 409
    assert client.post(page, {**other, "version": 1}).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.version) == ("unknown", 2)
    assert endpoint.changes.latest("pk").why == "changed"

    # A name alone leaves what is known.
    see(endpoint, UP, UP)
    client.post(page, {**other, "name": "另一个名称", "version": 2})
    endpoint.refresh_from_db()
    assert endpoint.state == "up"
    assert client.post(f"{page}retire/", {"version": 3}).status_code == 302
    assert "已停用" in client.get(page).content.decode()
    assert client.post(page, {**other, "version": 4}).status_code == 409


def test_maintenance_is_announced_ahead_and_ended(signed_in, officer, leader, row, page):
    client = signed_in(officer)
    begin = timezone.localtime() + dt.timedelta(hours=1)

    def said(start, hours, reason="升级"):
        end = start + dt.timedelta(hours=hours)
        form = "%Y-%m-%dT%H:%M"
        times = {"starts_at": start.strftime(form), "ends_at": end.strftime(form)}
        return {**times, "reason": reason}

    address = f"{page}maintenance/"
    assert client.post(address, said(begin, -1)).status_code == 409
    assert client.post(address, said(begin, 24 * 8)).status_code == 409
    assert client.post(address, said(begin - dt.timedelta(hours=2), 1)).status_code == 409
    assert client.post(address, said(begin, 2, reason="")).status_code == 422
    assert client.post(address, said(begin, 2)).status_code == 302
    window = MaintenanceWindow.objects.get()
    assert "升级" in signed_in(leader).get("/docking/maintenance/").content.decode()

    end = f"/docking/maintenance/{window.pk}/end/"
    assert client.post(end, {"version": 1}).status_code == 302
    window.refresh_from_db()
    assert window.cancelled_at is not None
    assert client.post(end, {"version": 2}).status_code == 409


def test_all_probing_is_stopped_by_the_system_administrator_alone(signed_in, officer, sysadmin):
    begin = timezone.localtime()
    said = {
        "starts_at": begin.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (begin + dt.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "reason": "网络检修",
    }
    assert signed_in(officer).post("/docking/hosts/maintenance/", said).status_code == 403
    assert signed_in(sysadmin).post("/docking/hosts/maintenance/", said).status_code == 302
    window = MaintenanceWindow.objects.get()
    end = f"/docking/maintenance/{window.pk}/end/"
    assert signed_in(officer).post(end, {"version": 1}).status_code == 403
    assert signed_in(sysadmin).post(end, {"version": 1}).status_code == 302
    window.refresh_from_db()
    assert window.ends_at <= timezone.now()


@pytest.mark.parametrize("show", ["", "behind", "down", "unplanned"])
def test_the_overview_narrows_down_to_what_its_counts_say(
    signed_in, coordinator, officer, connect, police, health, name, show
):
    down, behind, _plain = connect(police), connect(police), connect(health)
    see(name(down), DOWN, DOWN, DOWN)
    yesterday = today() - dt.timedelta(days=1)
    plan = {"open": milestones.Planned(yesterday)}
    milestones.plan(behind, by=officer, on=today(), plan=plan)

    answer = signed_in(coordinator).get(f"/docking/?show={show}")

    context = answer.context
    assert context["counts"] == {"behind": 1, "down": 1, "unplanned": 2}
    count = context["counts"].get(show, context["count"])
    assert len(context["lines"]) == count == {"": 3, "unplanned": 2}.get(show, 1)


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("coordinator", "/docking/"),
        ("officer", "/docking/"),
        ("officer", "/docking/obligations/{row}/"),
        ("officer", "/docking/endpoints/{endpoint}/"),
        ("officer", "/docking/obligations/{row}/panel/"),
        ("officer", "/obligations/{row}/"),
        ("coordinator", "/obligations/{row}/"),
        ("officer", "/docking/maintenance/"),
        ("sysadmin", "/docking/hosts/"),
    ],
)
def test_no_page_asks_more_often_because_it_holds_more(
    request, signed_in, connect, police, row, name, allow, officer, role, address
):
    client = signed_in(request.getfixturevalue(role))
    endpoint = see(name(row), UP, UP, DOWN)
    address = address.format(row=row.pk, endpoint=endpoint.pk)

    def queries():
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    few = queries()
    for number in range(5):
        other = connect(police)
        see(name(other), DOWN, DOWN, DOWN)
        see(name(row, f"http://10.1.2.{number}/"), UP)
        milestones.plan_by_default(other, by=officer, on=today())
        allow(f"10.1.2.{number + 20}")

    assert queries() == few
    assert few <= AT_MOST
