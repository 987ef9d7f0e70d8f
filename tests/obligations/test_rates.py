"""Indicators by name: what the page counts are exactly the rows behind each number."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
import time_machine
from django.http import QueryDict
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from obligations import completion, dispatch, fulfilment, history, rate_table, rates
from obligations.indicators import Figure
from obligations.kinds import Indicator, kinds
from obligations.listing import narrow
from obligations.models import Claim, Obligation, ObligationState, ResponsibilityList
from obligations.rate_table import GROUPINGS
from obligations.today import today
from tests.thorough import sampled

D = dt.date
NOW = dt.datetime(2026, 1, 12, 4, tzinfo=dt.UTC)
FACT = st.fixed_dictionaries(
    {
        "where": st.integers(0, 2),
        "on_list": st.integers(0, 1),
        "duty": st.sampled_from(["supply", "connect"]),
        "due": st.integers(-40, 20),
        "done": st.sampled_from(["", "waiting", "verified"]),
        "late": st.integers(-5, 5),
        "delivery": st.sampled_from([None, -20, 3]),
        "exempt": st.booleans(),
        "blocked": st.booleans(),
    }
)


def counted(table, *, user, rf):
    """(what the page says, how many rows its link asks for) of every figure with a link."""
    for line in (*table.lines, table.total):
        for cell in line.cells:
            for url, said in (
                (cell.numerator_url, cell.figure.numerator),
                (cell.denominator_url, cell.figure.denominator),
            ):
                if url:
                    yield (line.name, cell.code, said), behind(url, user=user, rf=rf)


def behind(url, *, user, rf):
    request = rf.get(url)
    request.user = user
    if not url.startswith(reverse("obligations:indicator-claims")):
        return narrow(request.GET, user=user, request=request).count()
    rows = rate_table.narrowed(request.GET, user=user, request=request)
    on = D.fromisoformat(request.GET["on"])
    return rates.claims_of(rows, part=request.GET["part"], on=on, today=today()).count()


def write(row, fact, on):
    due = on + dt.timedelta(days=fact["due"])
    facts = {"status": "in_progress", "due_on": due, "original_due_on": due}
    if fact["done"]:
        done_on = min(on, due + dt.timedelta(days=fact["late"]))
        facts |= {"completed_on": done_on, "status": "endorsed"}
    if fact["done"] == "verified":
        facts |= {"status": "verified", "verified_on": on}
        if fact["delivery"] is not None:
            grace = on + dt.timedelta(days=fact["delivery"])
            facts |= {"delivery_due_on": grace - dt.timedelta(days=2), "delivery_grace_on": grace}
    if facts["status"] == "in_progress":
        facts["blocked"] = fact["blocked"]
    Obligation.objects.filter(pk=row.pk).update(**facts, exempt=fact["exempt"])
    if fact["done"]:
        decided = fact["done"] == "verified"
        Claim.objects.create(
            obligation=row,
            claimed_on=done_on,
            endorsed_on=done_on,
            decide_by=done_on + dt.timedelta(days=7),
            outcome="verified" if decided else "",
            decided_on=on if decided else None,
            decided_by=fact["by"] if decided else None,
        )


@sampled(8, quick=2)
@given(data=st.lists(FACT, min_size=1, max_size=6), by=st.sampled_from(list(GROUPINGS)))
@pytest.mark.django_db(transaction=True)
def test_every_number_of_the_page_equals_the_rows_behind_its_link(
    client, rf, coordinator, owe, make_item, police, health, data, by
):
    for model in (ObligationState, Claim, Obligation):
        model.objects.all().delete()
    far = ResponsibilityList.objects.get_or_create(
        kind="docking", level="city", batch=2, title="【示例】对接清单"
    )[0]
    places = [police, health, police]
    then, now = D(2026, 1, 5), NOW.date()
    for fact in data:
        body = places[fact["where"]]
        item = make_item(body, on_list=far if fact["on_list"] else None)
        row = owe(body, item=item, duty=fact["duty"], on=D(2025, 8, 1))
        write(row, {**fact, "by": coordinator}, then)
        history.record(row, on=then)
    client.force_login(coordinator)
    with time_machine.travel(NOW):
        assert today() == now
        for on in (then, now):
            page = client.get(reverse("obligations:indicators"), {"by": by, "on": on.isoformat()})
            table = page.context["table"]
            shown = list(counted(table, user=coordinator, rf=rf))
            assert [said for said, found in shown if said[2] != found] == []
            summed = [sum(line.cells[0].figure.denominator for line in table.lines)]
            assert summed == [table.total.cells[0].figure.denominator]


def test_the_links_of_the_page_lead_to_pages_that_say_what_they_show(verified, client, coordinator):
    client.force_login(coordinator)
    table = client.get(reverse("obligations:indicators")).context["table"]
    for cell in table.total.cells:
        if not cell.denominator_url:
            assert cell.code == "availability"  # counts probes: no rows of the list are behind it
            continue
        page = client.get(cell.denominator_url)
        found = page.context.get("listing")
        count = found.total if found else page.context["page"].paginator.count
        assert count == cell.figure.denominator
    rows = client.get(table.total.cells[0].numerator_url)
    assert "完成率" in rows.content.decode()


@pytest.mark.parametrize("said", ["2099-01-01", "31.12.2025", "2025-02-30", ""])
@pytest.mark.parametrize("page", ["indicators", "scores"])
def test_a_day_to_come_or_one_that_cannot_be_read_is_today(
    page, said, in_progress, client, coordinator
):
    client.force_login(coordinator)
    shown = client.get(reverse(f"obligations:{page}"), {"on": said}).context
    assert (shown["table"].on if page == "indicators" else shown["on"]) == today()


@pytest.fixture
def verified(endorsed, coordinator):
    completion.verify(endorsed, by=coordinator, on=D(2025, 9, 3))
    return endorsed


def of(rows, on):
    return rates.by(rows, "department", on=on, today=on)


def test_a_promise_that_is_broken_beyond_its_grace_is_no_timely_update(verified, police):
    rows = Obligation.objects.filter(pk=verified.pk)
    rows.update(delivery_due_on=None, delivery_grace_on=None)
    assert of(rows, D(2025, 10, 1))[police.pk]["updating"] == Figure(0, 0)
    rows.update(delivery_due_on=D(2025, 9, 30), delivery_grace_on=D(2025, 10, 9))
    assert of(rows, D(2025, 10, 9))[police.pk]["updating"] == Figure(1, 1)
    assert of(rows, D(2025, 10, 10))[police.pk]["updating"] == Figure(0, 1)


def test_a_claim_is_judged_once_it_is_decided_or_its_days_have_run_out(
    endorsed, police, coordinator
):
    rows = Obligation.objects.all()
    decide_by = Claim.objects.get().decide_by
    assert "verifying" not in of(rows, decide_by)[police.pk]
    after = decide_by + dt.timedelta(days=1)
    assert of(rows, after)[police.pk]["verifying"] == Figure(0, 1)
    completion.verify(endorsed, by=coordinator, on=decide_by)
    assert of(rows, after)[police.pk]["verifying"] == Figure(1, 1)


def test_a_withdrawal_does_not_undo_what_a_claim_had_waited_before(endorsed, police, coordinator):
    rows = Obligation.objects.all()
    after = Claim.objects.get().decide_by + dt.timedelta(days=1)
    assert of(rows, after)[police.pk]["verifying"] == Figure(0, 1)
    later = after + dt.timedelta(days=5)
    dispatch.withdraw(endorsed, by=coordinator, on=later, reason="清单调整")
    assert Claim.objects.get().outcome == Claim.Outcome.TAKEN_BACK
    then = rates.by(rows, "department", on=after, today=later)
    assert then[police.pk]["verifying"] == Figure(0, 1)
    assert "verifying" not in of(rows, later)[police.pk]


def test_docking_duties_alone_count_for_docking(owe, police, coordinator):
    for duty in ("supply", "connect"):
        dispatch.issue(owe(police, duty=duty), by=coordinator, on=D(2025, 8, 4))
    figures = of(Obligation.objects.all(), D(2025, 9, 1))[police.pk]
    assert figures["docking"] == Figure(0, 1)
    assert figures["completion"] == Figure(0, 2)


def test_the_total_is_sums_over_sums():
    groups = {1: {"a": Figure(1, 1)}, 2: {"a": Figure(0, 9)}}
    assert rates.summed(groups) == {"a": Figure(1, 10)}


def test_a_place_needs_a_denominator_of_three_and_equal_rates_share_one():
    figures = {
        "a": Figure(3, 3),
        "b": Figure(1, 3),
        "c": Figure(2, 6),
        "d": Figure(2, 2),
        "e": Figure(0, 5),
        "f": Figure(0, 0),
    }
    assert rates.ranks(figures) == {"a": 1, "b": 2, "c": 2, "e": 4}


def test_rates_that_look_alike_are_compared_exactly():
    figures = {"a": Figure(1, 3), "b": Figure(333_334, 1_000_000)}
    assert rates.ranks(figures) == {"a": 2, "b": 1}


def test_a_kind_adds_an_indicator_with_its_rows(in_progress, police, client, coordinator):
    added = Indicator(
        code="available",
        label="接口可用率",
        source="示例",
        figures=lambda rows, on, path: {
            key: Figure(1, rows.count()) for key in rows.values_list(path, flat=True)
        },
        rows=lambda rows, on, part: rows.filter(pk=in_progress.pk),
    )
    kind = kinds()["docking"]
    held = kind.indicators
    object.__setattr__(kind, "indicators", (added,))
    try:
        client.force_login(coordinator)
        table = client.get(reverse("obligations:indicators")).context["table"]
        cell = table.lines[0].cells[-1]
        assert cell.figure == Figure(1, 1)
        found = QueryDict(urlsplit(cell.numerator_url).query)
        assert found["indicator"] == "available"
        assert client.get(cell.numerator_url).context["listing"].total == 1
        by_list = client.get(reverse("obligations:indicators"), {"by": "list"}).context["table"]
        assert by_list.lines[0].cells[-1].figure == Figure(1, 1)
    finally:
        object.__setattr__(kind, "indicators", held)


@pytest.mark.parametrize(
    "asked",
    [
        {"indicator": "moon", "part": "numerator"},
        {"indicator": "completion", "part": "half"},
        {"indicator": "completion", "part": "numerator", "on": "2025-02-31"},
        {"indicator": "completion", "part": "numerator", "on": "2999-01-01"},
    ],
)
def test_an_address_that_names_no_part_of_an_indicator_finds_nothing(
    in_progress, client, coordinator, asked
):
    client.force_login(coordinator)
    assert client.get(reverse("obligations:list"), asked).context["listing"].total == 0


def test_a_department_sees_its_own_figures_only(in_progress, owe, health, officer, client):
    owe(health)
    client.force_login(officer)
    table = client.get(reverse("obligations:indicators")).context["table"]
    assert [line.name for line in table.lines] == ["省公安厅"]


def test_trends_show_each_day_that_was_checked(in_progress, client, coordinator):
    for day in (D(2026, 1, 9), D(2026, 1, 12)):
        fulfilment.check(as_of=day, today=D(2026, 1, 12))
    client.force_login(coordinator)
    with time_machine.travel(NOW):
        page = client.get(reverse("obligations:trends"), {"span": "30"})
        none = client.get(reverse("obligations:trends"), {"department": "999"})
    assert [row["day"] for row in page.context["newest_first"]] == [D(2026, 1, 12), D(2026, 1, 9)]
    assert page.context["days"][0]["completion"] == Figure(0, 1)
    assert none.status_code == 200


def test_the_api_names_every_indicator_by_batch_and_region(in_progress, client, coordinator):
    client.force_login(coordinator)
    for by in ("batch", "region", "department"):
        body = client.get("/api/v1/indicators/", {"by": by}).json()
        assert [one["code"] for one in body["rates"]][:2] == ["completion", "on_time"]
        assert body["groups"][0]["rates"][0]["denominator"] == 1
