"""What the further rates of a report count: frozen with it, row by row, whatever happens later."""

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts import tokens
from obligations.models import Obligation
from reports import counted, excerpts, fingerprints, kind_rates, snapshots
from reports.models import CountedLine, FigureLine
from reports.scopes import Scope
from sharing_lists.models import DataRequest, Delivery, SharingTerms

AS_OF = dt.date(2025, 11, 21)
D = dt.date
PARTS = ("numerator", "denominator")
NOW = dt.datetime(2025, 11, 21, 4, tzinfo=dt.UTC)
pytestmark = pytest.mark.settled("busy", at=NOW)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def busy(province, health, coordinator):
    """Requests that were and were not answered in time, and calls of an interface."""
    row = province["in time"]
    answered = {"kind": "share", "clock": "reply_conditional", "answer": "agreed"}
    for number, replied_on in enumerate((D(2025, 10, 20), D(2025, 10, 30)), 1):
        DataRequest.objects.create(
            **answered,
            obligation=row,
            department=health,
            number=f"示例函〔2025〕{number}号",
            subject="【示例】核验户籍",
            asked_on=D(2025, 10, 13),
            reply_by=D(2025, 10, 27),
            reply_by_originally=D(2025, 10, 27),
            replied_on=replied_on,
            deliver_by=D(2025, 12, 1),
            recorded_by=coordinator,
        )
    SharingTerms.objects.filter(item=row.item).update(share_mode="interface")
    Delivery.objects.create(
        obligation=row,
        source="log",
        outcome="kept",
        arrived_at=dt.datetime(2025, 11, 20, 1, tzinfo=dt.UTC),
        arrived_on=D(2025, 11, 20),
        counts_from=D(2025, 11, 20),
        counts_to=D(2025, 11, 20),
        calls=1_000,
        failures=40,
    )
    return row


@pytest.fixture
def report(busy, coordinator, filed):
    return filed(snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator))


def go(user, address):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user, backend="accounts.signin.Backend")
    return client.get(address)


def program(user):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(user, by=None)}")
    return client


def sums(snapshot, code, **narrowed):
    rows = CountedLine.objects.filter(snapshot=snapshot, code=code, **narrowed)
    pairs = list(rows.values_list("numerator", "denominator"))
    return [sum(n for n, _d in pairs), sum(d for _n, d in pairs)]


def test_the_rows_add_up_to_every_figure_of_the_whole_and_of_each_department(report):
    snapshot = report.snapshot
    whole = snapshot.figures.get(grouping=FigureLine.Grouping.WHOLE)

    assert whole.rates["reply"] == [1, 2]
    assert whole.rates["availability"] == [960, 1_000]
    assert whole.rates["catalogued"][1] > 0
    for code in counted.codes():
        assert sums(snapshot, code) == whole.rates[code], code
        for line in snapshot.figures.filter(grouping=FigureLine.Grouping.DEPARTMENT):
            expected = line.rates.get(code, [0, 0])
            assert sums(snapshot, code, department_id=int(line.key)) == expected, (line.name, code)


def test_each_number_on_the_page_leads_to_rows_that_add_up_to_it(report, coordinator):
    page = go(coordinator, reverse("reports:detail", args=[report.pk])).content.decode()
    links = re.findall(r'<a href="([^"]*/counted/\?[^"]*)">([\d,]+)</a>', page)

    assert len(links) == 2 * sum(1 for one in ("reply", "original_reply", "availability",
                                               "catalogued", "attached")
                                 if sums(report.snapshot, one)[1])  # fmt: skip
    for address, shown in links:
        answer = go(coordinator, unescape(address))
        part = "numerator" if "part=numerator" in address else "denominator"
        assert answer.status_code == 200
        found = [getattr(one.counted, part) for one in answer.context["lines"]]
        assert sum(found) == int(shown.replace(",", "")), address
        assert all(found), address
    assert "第 1 版" in answer.content.decode()  # the rule of lights


def test_requests_are_named_with_their_days_on_the_page_and_in_the_api(report, coordinator):
    told = program(coordinator).get(f"/api/v1/reports/{report.pk}/").json()["further_rates"]
    [reply] = [one for one in told if one["code"] == "reply"]
    assert reply["rows_frozen"]
    page = go(coordinator, reply["denominator_rows"])
    # What was not fulfilled comes first.
    assert [one.counted.numerator for one in page.context["lines"]] == [0, 1]
    text = page.content.decode()
    assert "示例函〔2025〕2号" in text
    assert "2025-10-27" in text

    lines = program(coordinator).get(reply["denominator_lines"]).json()["results"]
    assert sorted((one["done_on"], one["numerator"]) for one in lines) == [
        ("2025-10-20", 1),
        ("2025-10-30", 0),
    ]
    [in_time] = program(coordinator).get(reply["numerator_lines"]).json()["results"]
    assert in_time["done_on"] == "2025-10-20"


def test_what_was_frozen_stays_whatever_is_recorded_later(report, coordinator):
    before = fingerprints.of_snapshot(report.snapshot)

    DataRequest.objects.update(taken_back_on=AS_OF, taken_back_why="误登")
    Delivery.objects.update(calls=5, failures=5)

    assert sums(report.snapshot, "reply") == [1, 2]
    assert fingerprints.of_snapshot(report.snapshot) == before
    CountedLine.objects.filter(snapshot=report.snapshot, code="reply").update(numerator=1)
    assert fingerprints.of_snapshot(report.snapshot) != before


def test_rows_of_another_report_or_department_are_not_among_them(
    report, coordinator, police, health, filed
):
    filed(snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator))
    asked = "?rate=catalogued&part=denominator"
    page = reverse("reports:counted", args=[report.pk]) + asked
    api = f"/api/v1/reports/{report.pk}/counted/{asked}"

    shown = go(coordinator, page).context["lines"]
    assert {one.line.snapshot_id for one in shown} == {report.snapshot_id}
    figures = report.snapshot.figures
    for department, grouping, key in (
        ("", FigureLine.Grouping.WHOLE, ""),
        *((one.pk, FigureLine.Grouping.DEPARTMENT, str(one.pk)) for one in (police, health)),
    ):
        figure = figures.get(grouping=grouping, key=key).rates["catalogued"]
        narrowed = f"&department={department}" if department else ""
        total = go(coordinator, page + narrowed).context["total"]
        assert [total.numerator, total.denominator] == figure
        lines = program(coordinator).get(api + narrowed).json()["results"]
        assert [sum(one[part] for one in lines) for part in PARTS] == figure


def test_a_past_day_counts_what_had_fallen_due_and_was_done_by_it(busy, coordinator):
    days = (D(2025, 10, 20), D(2025, 10, 27))
    before, after = (snapshots.take(as_of=one, today=AS_OF, by=coordinator) for one in days)

    for taken, expected in ((before, [0, 0]), (after, [1, 2])):
        whole = taken.figures.get(grouping=FigureLine.Grouping.WHOLE)
        assert sums(taken, "reply") == whole.rates["reply"] == expected
        assert sums(taken, "availability") == whole.rates["availability"] == [0, 0]
    replies = CountedLine.objects.filter(snapshot=after, code="reply").order_by("-numerator")
    # The second was replied to three days after that day.
    assert [one.done_on for one in replies] == [days[0], None]
    assert {one.due_on for one in replies} == {D(2025, 10, 27)}


def test_a_report_of_one_department_counts_its_rows_alone(
    busy, coordinator, police, health, monkeypatch
):
    monkeypatch.setattr(kind_rates, "_BATCH", 1)
    own, others = (
        snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator, scope=Scope(department=one))
        for one in (police, health)
    )
    assert (sums(own, "reply"), sums(others, "reply")) == ([1, 2], [0, 0])
    for taken, department in ((own, police), (others, health)):
        whole = taken.figures.get(grouping=FigureLine.Grouping.WHOLE)
        assert sums(taken, "catalogued", department_id=department.pk) == whole.rates["catalogued"]
        assert sums(taken, "catalogued") == whole.rates["catalogued"]


def test_a_departments_part_has_its_own_rows_alone(report, coordinator, police, health):
    snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    part = excerpts.take(report.snapshot, police, by=coordinator)

    of_kind = part.figures.get(grouping=FigureLine.Grouping.KIND, key="sharing").rates
    assert of_kind["reply"] == [1, 2]
    assert "availability" not in of_kind  # of two kinds, and not known apart
    own = CountedLine.objects.filter(snapshot=part)
    assert sums(part, "reply") == [1, 2]
    assert set(own.values_list("department_id", flat=True)) == {police.pk}
    assert own.count() < CountedLine.objects.filter(snapshot=report.snapshot).count()


def test_a_report_from_before_leads_to_its_day_in_the_list_and_says_so(report, coordinator):
    snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)  # one that has them
    CountedLine.objects.filter(snapshot=report.snapshot).delete()

    page = unescape(go(coordinator, reverse("reports:detail", args=[report.pk])).content.decode())
    assert "生成时未冻结明细" in page
    [address] = re.findall(r'href="([^"]*indicator=catalogued&part=denominator)"', page)
    assert "on=2025-11-21" in address
    answer = go(coordinator, address)
    whole = report.snapshot.figures.get(grouping=FigureLine.Grouping.WHOLE)
    assert answer.context["listing"].total == whole.rates["catalogued"][1]
    [calls] = re.findall(r'href="([^"]*indicator=availability&part=denominator)"', page)
    assert go(coordinator, calls).context["total"].denominator == 1_000
    told = program(coordinator).get(f"/api/v1/reports/{report.pk}/").json()["further_rates"]
    assert {one["rows_frozen"] for one in told if one["code"] != "updating"} == {False}


@pytest.mark.parametrize("query", ["", "?rate=reply", "?rate=none&part=numerator",
                                   "?rate=updating&part=numerator",
                                   "?rate=reply&part=both",
                                   "?rate=reply&part=numerator&department=x"])  # fmt: skip
def test_what_is_no_number_of_the_report_is_not_found(report, coordinator, query):
    address = reverse("reports:counted", args=[report.pk])
    assert go(coordinator, address + query).status_code == 404


def test_the_rows_are_seen_by_those_who_see_the_report(report, leader, officer):
    address = reverse("reports:counted", args=[report.pk]) + "?rate=reply&part=numerator"
    assert go(leader, address).status_code == 404
    assert go(officer, address).status_code == 404


@pytest.mark.parametrize("part", PARTS)
def test_timely_updates_have_their_rows_among_the_lines(province, coordinator, filed, part):
    Obligation.objects.filter(pk=province["in time"].pk).update(
        delivery_due_on=D(2025, 11, 19), delivery_grace_on=AS_OF
    )
    with time_machine.travel(dt.datetime(2025, 12, 5, 4, tzinfo=dt.UTC)):  # its clock is no matter
        report = filed(snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator))

    told = program(coordinator).get(f"/api/v1/reports/{report.pk}/").json()["further_rates"]
    [updating] = [one for one in told if one["code"] == "updating"]
    assert updating[part] == 1
    assert len(go(coordinator, updating[f"{part}_rows"]).context["page"]) == 1
    [line] = program(coordinator).get(updating[f"{part}_lines"]).json()["results"]
    assert line["obligation_id"] == province["in time"].pk
