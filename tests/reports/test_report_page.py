"""The page of one report: who sees it in which state, and every number with exactly its rows."""

import datetime as dt
import re
from decimal import Decimal
from html import unescape
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import tokens
from obligations import completion, rates, score_statements
from obligations.evidence import NewEvidence
from obligations.models import Obligation
from reports import excerpts, form_making, headlines, making, publishing, snapshots, totalling
from reports.models import FigureLine, Report
from reports.scopes import Batch, Scope

AS_OF = dt.date(2025, 11, 21)
D = dt.date
NOON = dt.datetime(2025, 11, 21, 4, tzinfo=dt.UTC)
pytestmark = pytest.mark.settled("snapshot", at=NOON)
LINK = re.compile(r'<a\b[^>]*?href="([^"]*number=[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
STATES = ("draft", "reviewed", "published", "withdrawn")


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def report(snapshot, filed):
    return filed(snapshot)


def go(user, address):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user, backend="accounts.signin.Backend")
    return client.get(address)


def page_of(user, report):
    return go(user, reverse("reports:detail", args=[report.pk]))


def post(user, report, act, **said):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user, backend="accounts.signin.Backend")
    return client.post(reverse(f"reports:{act}", args=[report.pk]), said)


@pytest.mark.parametrize("state", STATES)
def test_who_sees_the_provinces_report_in_which_state(
    report, bring, coordinator, second, leader, officer, reviewer, auditor, state
):
    bring(report.snapshot, state)
    seen = state in ("published", "withdrawn")
    expected = {coordinator: 200, second: 200, leader: 200 if seen else 404}
    expected |= {officer: 404, reviewer: 404, auditor: 403}
    assert {user: page_of(user, report).status_code for user in expected} == expected
    listed = go(leader, reverse("reports:list")).content.decode()
    assert (report.name in listed) is seen
    newest = Client()
    newest.force_login(leader, backend="accounts.signin.Backend")
    panel = newest.get(reverse("reports:list"), headers={"hx-request": "true"}).text
    assert (report.name in panel) is seen
    download = go(leader, reverse("reports:download", args=[report.pk]))
    # The file of this report is only named: who may have it is told that it is missing.
    assert download.status_code == (409 if seen else 404)


def test_a_department_sees_its_own_at_once_and_others_about_it_once_published(
    province, filed, bring, officer, reviewer, officer2, coordinator, leader, police
):
    scope = Scope(department=police)
    own = filed(snapshots.take(as_of=AS_OF, today=AS_OF, by=officer, scope=scope))
    about = filed(snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator, scope=scope))

    def seen(user):
        return [page_of(user, one).status_code == 200 for one in (own, about)]

    assert [seen(user) for user in (officer, reviewer, officer2, leader, coordinator)] == [
        [True, False],
        [True, False],
        [False, False],
        [False, False],
        [True, True],
    ]
    bring(about.snapshot, "published")
    assert [seen(user) for user in (officer, leader)] == [[True, True], [False, True]]


def test_the_page_says_where_it_stands_and_by_whom(report, bring, coordinator, second, leader):
    bring(report.snapshot, "withdrawn")
    text = page_of(leader, report).content.decode()
    for said in ("已撤回", "有误", "请勿引用", "coordinator2", "2025-11-21 12:00"):
        assert said in text
    assert "本人可办" not in text
    for snapshot_says in (report.snapshot.rules_version, report.snapshot.program_version):
        assert snapshot_says in text


def test_each_button_is_there_for_who_may_press_it(report, bring, coordinator, second, leader):
    def buttons(user):
        text = page_of(user, report).content.decode()
        found = re.findall(rf'action="/reports/{report.pk}/([a-z-]+)"', text)
        return set(found)

    assert buttons(coordinator) == buttons(second) == {"review", "tie-scores"}
    bring(report.snapshot, "reviewed")
    assert buttons(coordinator) == {"send-back"}
    assert "须由另一名统筹人员发布" in page_of(coordinator, report).content.decode()
    assert buttons(second) == {"publish", "send-back"}
    bring(report.snapshot, "published")
    assert (buttons(second), buttons(leader)) == ({"withdraw"}, set())
    bring(report.snapshot, "withdrawn")
    assert buttons(second) == set()


def test_the_buttons_do_it_with_the_version_that_was_seen(report, coordinator, second, leader):
    snapshot = report.snapshot
    assert post(coordinator, report, "review").status_code == 428
    assert post(leader, report, "review", version=1).status_code == 403
    assert post(coordinator, report, "review", version=1).status_code == 302
    stale = post(second, report, "publish", version=1)
    assert stale.status_code == 409
    assert "coordinator" in stale.content.decode()
    assert post(second, report, "publish", version=2).status_code == 302
    assert post(second, report, "withdraw", version=3, reason=" ").status_code == 409
    assert post(second, report, "withdraw", version=3, reason="口径有误").status_code == 302
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.withdraw_reason) == ("withdrawn", "口径有误")


def test_every_number_is_a_link_to_exactly_its_rows(report, coordinator):
    found = LINK.findall(page_of(coordinator, report).content.decode())
    assert len(found) > 20
    for address, shown in set(found):
        number = int(re.findall(r">([\d,]+)<", f">{shown.strip()}<")[-1].replace(",", ""))
        rows = go(coordinator, unescape(address))
        assert rows.status_code == 200
        counted = rows.context["page"].paginator.count
        if "number=decided" in address:
            name = "decided_in_time_count" if "decided_in_time" in address else "decided_count"
            counted = sum(getattr(row, name) for row in rows.context["page"])
        assert counted == number, address


def test_further_rates_stand_on_the_page_with_their_numbers_where_anything_was_counted(
    report, snapshot, coordinator
):
    whole = snapshot.figures.get(grouping=FigureLine.Grouping.WHOLE)
    whole.rates |= {"reply": [1_234, 2_468], "delivering": [0, 0]}
    whole.save()

    text = page_of(coordinator, report).content.decode()

    shown = re.sub(r"<[^>]+>", "", text[text.index("further-title") :])
    shown = re.sub(r"\s+", " ", shown)
    assert re.search(r"需求响应率.*?50\.0%.*?1,?234/2,?468", shown, re.DOTALL)
    assert "编目率" in shown
    assert "交付及时率" not in text
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(coordinator, by=None)}")
    told = program.get(f"/api/v1/reports/{report.pk}/").json()["further_rates"]
    [reply] = [one for one in told if one["code"] == "reply"]
    assert (reply["numerator"], reply["denominator"], reply["percent"]) == (1_234, 2_468, "50.0")


def test_every_number_of_a_figure_line_counts_the_rows_that_it_names(snapshot):
    summed = {"decided": "decided_count", "decided_in_time": "decided_in_time_count"}
    groups = [FigureLine.Grouping.WHOLE, FigureLine.Grouping.DEPARTMENT]
    wrong = []
    for line in snapshot.figures.filter(grouping__in=groups):
        department = int(line.key) if line.key else None
        updating = dict(zip(headlines.UPDATING, line.rates.get("updating", [0, 0]), strict=True))
        for name in headlines.NUMBERS.keys() - {"own", "superior"}:
            rows = headlines.rows_of(snapshot, name, department=department)
            one = sum(rows.values_list(summed[name], flat=True)) if name in summed else rows.count()
            told = updating.get(name, getattr(line, name, None))
            if one != told:
                wrong.append((line.name, name, one, told))
    assert wrong == []


def test_a_number_counts_neither_what_does_not_count_nor_central_bodies(
    snapshot, province, ministry
):
    draft = snapshot.lines.filter(obligation_id=province["draft"].pk)
    assert draft.update(decided_count=1, decided_in_time_count=1)
    for number in ("decided", "decided_in_time"):
        assert not headlines.rows_of(snapshot, number).filter(pk__in=draft).exists()
    snapshot.figures.all().delete()
    totalling.total(snapshot, scope=Scope())
    whole = snapshot.figures.get(grouping=FigureLine.Grouping.WHOLE)
    assert (whole.decided, whole.decided_in_time) == (3, 2)
    assert headlines.rows_of(snapshot, "total").filter(external=True).exists()
    assert not headlines.rows_of(snapshot, "total", department=ministry.pk).exists()


def test_a_number_leads_to_its_own_part_of_the_indicator():
    names = [name for parts in headlines.RATES.values() for name in parts]
    line = FigureLine(**{name: number for number, name in enumerate(names)})
    pairs = [(rate.figure.numerator, rate.figure.denominator) for rate in headlines.of(line)]
    assert len(set(names)) == len(names)
    assert pairs == [(number, number + 1) for number in range(0, len(names), 2)]
    assert headlines.RATES["original_on_time"].denominator == "originally_fell_due"
    assert headlines.asked_by("on_time") == ("on_time", rates.NUMERATOR)
    assert headlines.asked_by("fell_due") == ("on_time", rates.DENOMINATOR)


@pytest.mark.parametrize("query", ["", "?number=x", "?number=red&department=x"])
def test_a_number_that_is_none_is_not_found(report, coordinator, query):
    assert go(coordinator, f"/reports/{report.pk}/rows/{query}").status_code == 404


def test_the_rows_stay_as_they_were_frozen(report, province, coordinator, police):
    Obligation.objects.update(light="grey", due_on=dt.date(2026, 6, 30))
    address = f"/reports/{report.pk}/rows/?number=verified&department={police.pk}"
    shown = go(coordinator, address)
    assert {row.due_on for row in shown.context["page"]} == {D(2025, 9, 30), D(2025, 8, 15)}
    assert "省公安厅" in shown.content.decode()


@pytest.mark.parametrize(
    "scope",
    [
        lambda one: Scope(),
        lambda one: Scope(department=one.department),
        lambda one: Scope(on_list=one.item.list),
        lambda one: Scope(batch=Batch("sharing", "province", 7)),
        lambda one: Scope(scene="新生儿出生"),
    ],
)
def test_the_list_of_obligations_is_asked_for_the_same(
    province, filed, coordinator, ministry, make_item, owe, scope
):
    for name in ("企业开办", "新生儿出生指引"):
        owe(
            province["late"].department,
            status="issued",
            item=make_item(ministry, scenes=f"、{name}、"),
        )
    asked = scope(province["late"])
    report = filed(snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator, scope=asked))
    for number in ("applicable", "fell_due", "docking"):
        rows = go(coordinator, f"/reports/{report.pk}/rows/?number={number}")
        there = go(coordinator, rows.context["today_url"])
        assert there.context["listing"].total == rows.context["page"].paginator.count


def test_a_refusal_says_why_and_leads_back_to_the_report(report, bring, coordinator):
    bring(report.snapshot, "reviewed")
    address = reverse("reports:detail", args=[report.pk])
    client = Client(
        headers={"accept-language": "zh-hans", "referer": f"http://testserver{address}"}
    )
    client.force_login(coordinator, backend="accounts.signin.Backend")

    said = {"version": report.snapshot.version}
    same = client.post(reverse("reports:publish", args=[report.pk]), said)
    silent = client.post(reverse("reports:send-back", args=[report.pk]), said)

    assert (same.status_code, silent.status_code) == (403, 409)
    assert "审核报告的人员不得发布该报告" in same.content.decode()
    assert "请填写理由" in silent.content.decode()
    for page in (same, silent):
        assert f'href="http://testserver{address}"' in page.content.decode()
    elsewhere = {"referer": "https://example.invalid/"}
    page = client.post(reverse("reports:publish", args=[report.pk]), said, headers=elsewhere)
    assert "example.invalid" not in page.content.decode()


def test_a_departments_part_says_of_which_report_it_is(
    report, bring, police, coordinator, reviewer
):
    part = excerpts.take(report.snapshot, police, by=coordinator)
    bring(report.snapshot, "published")
    shown = Report.objects.create(
        snapshot=part, name="部分.xlsx", path="reports/part", sha256="0" * 64, size=1
    )

    text = page_of(coordinator, shown).content.decode()
    assert f'href="{reverse("reports:detail", args=[report.pk])}"' in text
    seen = page_of(reviewer, shown).content.decode()
    assert "中的部门内容" in seen
    assert f'href="{reverse("reports:detail", args=[report.pk])}"' not in seen
    assert "发布报告" in seen


def test_each_report_that_is_being_made_is_named_and_can_be_cancelled(province, coordinator):
    job = making.ask(on=AS_OF, today=AS_OF, by=coordinator, scope=Scope())

    text = go(coordinator, reverse("reports:list")).content.decode()

    assert f"全省 {AS_OF}" in text
    assert reverse("jobs:cancel", args=[job.pk]) in text


def test_a_form_that_is_wrong_says_so_at_its_field_and_keeps_what_was_chosen(
    province, police, coordinator
):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(coordinator, backend="accounts.signin.Backend")
    chosen = {"on": "", "department": police.pk}
    page = client.post(reverse("reports:make"), chosen)
    text = page.content.decode()
    assert page.status_code == 422
    assert re.search(r'name="on"[^>]*aria-invalid="true".*?该字段是必填项', text, re.DOTALL)
    assert f'<option value="{police.pk}" selected>' in text
    assert f'href="{reverse("reports:list")}"' in text


def test_what_was_recorded_since_is_said(report, province, officer, coordinator):
    assert "没有补录" in page_of(coordinator, report).content.decode()
    paper = NewEvidence(kind="document", text="示例〔2025〕9号")
    with time_machine.travel(NOON + dt.timedelta(days=3), tick=False):
        completion.claim(province["overdue"], by=officer, on=AS_OF, with_evidence=[paper])
        text = page_of(coordinator, report).content.decode()
    assert "冻结后补录的操作 1 条" in text


def test_what_changed_since_the_report_before_leads_to_its_rows(
    province, filed, bring, coordinator
):
    earlier = snapshots.take(as_of=D(2025, 11, 1), today=AS_OF, by=coordinator)
    first = filed(earlier)
    assert "没有" in page_of(coordinator, first).content.decode()
    bring(earlier, "published")
    report = filed(snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator))
    shown = page_of(coordinator, report)
    assert f'href="/reports/{first.pk}/"' in shown.content.decode()
    changes = shown.context["one"].changes
    assert any(one.count for one in changes)
    for one in changes:
        rows = go(coordinator, f"/reports/{report.pk}/rows/?change={one.code}")
        assert rows.context["page"].paginator.count == one.count
    assert go(coordinator, f"/reports/{first.pk}/rows/?change=added").status_code == 404
    compared = re.compile(r'id="changes-title".*?</div>', re.DOTALL)
    assert "已撤回" not in compared.search(page_of(coordinator, report).text)[0]
    bring(earlier, "withdrawn")
    assert "已撤回" in compared.search(page_of(coordinator, report).text)[0]


def test_cleaned_cells_are_listed(report, coordinator):
    report.cleanings = [{"sheet": "明细台账", "cell": "C7", "removed": 2, "cut": 0}]
    report.cleaned_count = 5_001
    report.save()
    text = page_of(coordinator, report).content.decode()
    assert "C7" in text
    assert "明细台账" in text
    assert "5001 处" in text
    assert "前 200 个" in text


def test_the_list_is_narrowed_by_state_scope_and_day(
    province, filed, bring, coordinator, police, sharing_list
):
    scopes = {
        "whole": Scope(),
        "department": Scope(department=police),
        "list": Scope(on_list=sharing_list),
        "batch": Scope(batch=Batch("sharing", "province", 7)),
        "scene": Scope(scene="新生儿出生"),
    }
    made = {
        sort: filed(snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator, scope=scope))
        for sort, scope in scopes.items()
    }
    earlier = AS_OF - dt.timedelta(days=30)
    old = filed(snapshots.take(as_of=earlier, today=AS_OF, by=coordinator))
    bring(made["list"].snapshot, "reviewed")

    def found(query):
        return {one.pk for one in go(coordinator, f"/reports/?{query}").context["page"]}

    for sort, one in made.items():
        assert found(f"about={sort}&since=2025-11-21") == {one.pk}
    assert found("about=region") == set()
    assert found("state=reviewed") == {made["list"].pk}
    assert found("until=2025-11-20") == {old.pk}
    assert found("q=公安") == {made["department"].pk}
    assert "没有符合条件的报告" in go(coordinator, "/reports/?state=published").content.decode()


def test_several_files_of_one_snapshot_are_one_line_and_stand_on_its_page(
    report, snapshot, coordinator
):
    written = form_making.write(snapshot, Report.Form.UPWARD)
    again = making.record(snapshot, written, by=coordinator, job=None)
    assert [one.pk for one in go(coordinator, "/reports/").context["page"]] == [report.pk]
    text = page_of(coordinator, report).content.decode()
    assert again.sha256 in text


def test_the_rows_of_a_change_show_how_they_stood_before(province, filed, bring, coordinator):
    earlier = snapshots.take(as_of=D(2025, 11, 1), today=AS_OF, by=coordinator)
    filed(earlier)
    bring(earlier, "published")
    completion.verify(province["waiting"], by=coordinator, on=AS_OF)
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    taken.lines.filter(obligation_id=province["overdue"].pk).delete()
    report = filed(taken)

    def cells(change):
        shown = go(coordinator, f"/reports/{report.pk}/rows/?change={change}")
        [body] = re.findall(r"<tbody>(.*?)</tbody>", shown.text, re.DOTALL)
        [row] = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
        return [
            re.sub(r"<[^>]*>|\s", "", one) for one in re.findall(r"<td.*?</td>", row, re.DOTALL)
        ]

    light, _body, _duty, was, status, due_on, *now = cells("cleared")
    assert [light, was, status, due_on] == ["已办结", "正常", "待核验", "2025-09-30"]
    assert now == ["已核验销号", "2025-09-30", "2025-09-01"]
    light, _body, _duty, was, status, due_on, *now = cells("gone")
    assert [was, status, due_on] == ["逾期", "推进中", "2025-09-30"]
    assert [light, *now] == ["—"] * 4

    own = Client()
    own.force_login(coordinator, backend="accounts.signin.Backend")
    own.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "<dt>deadline moved</dt>" in own.get(f"/reports/{report.pk}/").text


def test_a_far_page_of_rows_sorts_keys_alone(report, coordinator):
    """Of 100,000 rows, whole ones took seconds to sort."""
    with CaptureQueriesContext(connection) as captured:
        shown = go(coordinator, f"/reports/{report.pk}/rows/?number=total")
    asked = [one["sql"] for one in captured if 'FROM "reports_obligationline"' in one["sql"]]
    [sorting] = [sql for sql in asked if "ORDER BY" in sql and "LIMIT" in sql]
    assert "progress_note" not in sorting
    keys = [(row.department_position, row.department_id) for row, _was in shown.context["lines"]]
    assert keys == sorted(keys)
    assert len(keys) == report.snapshot.lines.count()


def test_the_pages_take_no_more_queries_of_more_rows(
    report, filed, coordinator, leader, bring, owe, make_department
):
    bring(report.snapshot, "published")

    def taken(one, user):
        own = f"/reports/{one.pk}/"
        addresses = ("/reports/", own, f"{own}rows/?number=total", f"{own}forms/")
        counts = []
        client = Client()
        client.force_login(user, backend="accounts.signin.Backend")
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))
        return counts

    few = taken(report, coordinator)
    for number in range(12):
        owe(make_department(f"省第{number}局"), status="issued")
    before = snapshots.take(as_of=D(2025, 11, 1), today=AS_OF, by=coordinator)
    bring(before, "published")
    filed(before)
    more = filed(snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator))
    publishing.tie_scores(more.snapshot, by=coordinator, on=AS_OF)
    score_statements.draft(as_of=AS_OF, by=coordinator, today=AS_OF)
    assert max(taken(more, coordinator)) <= 21
    for user in (coordinator, leader):
        assert max(taken(report, user)) <= 21
    assert taken(report, coordinator) == few
    assert timezone.localdate() == AS_OF


def test_a_score_of_nought_is_shown_as_a_score():
    standing = SimpleNamespace(score=Decimal("0.0"), place=3)
    line = SimpleNamespace(name="省公安厅", standing=standing, figures=[], lights=[])
    one = {"one": SimpleNamespace(lines=[line], standings=[standing], lights=[])}
    table = "reports/partials/departments.html"
    assert re.search(r"<strong>\s*0\.0\s*</strong>", render_to_string(table, one))
    standing.score = None
    assert re.search(r"<strong>\s*—", render_to_string(table, one))
