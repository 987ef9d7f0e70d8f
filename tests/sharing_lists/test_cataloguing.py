"""编目率 and 挂接率 count items: each once, and both sides from the same set."""

import datetime as dt

import pytest
import time_machine

from obligations import completion, dispatch, history, rates
from obligations.evidence import NewEvidence
from obligations.indicators import Figure
from obligations.models import Obligation
from sharing_lists import recording
from sharing_lists.models import SharingTerms

D = dt.date
ON, LATER = D(2025, 9, 3), D(2025, 9, 10)
CODE = NewEvidence(kind="catalogue", text="307001001/000001")
INTERFACE = NewEvidence(kind="interface", text="JK-2025-001")
pytestmark = pytest.mark.django_db


def figures(on=LATER, *, today=LATER, by="department"):
    """编目率 and 挂接率 of the whole, after the rows behind them were compared."""
    rows = Obligation.objects.all()
    summed = rates.summed(rates.by(rows, by, on=on, today=today))
    found = [summed.get(code, Figure(0, 0)) for code in ("catalogued", "attached")]
    for code, figure in zip(("catalogued", "attached"), found, strict=True):
        for part in (rates.NUMERATOR, rates.DENOMINATOR):
            behind = rates.rows_of(rows, code, part=part, on=on, today=today)
            assert behind.count() == getattr(figure, part)
            assert behind.values("item").distinct().count() == behind.count()
    return found


@pytest.fixture
def claim(officer, reviewer):
    def make(row, *pieces, on=ON):
        completion.claim(row, by=officer, on=on, with_evidence=pieces)
        completion.endorse(row, by=reviewer, on=on)

    return make


def test_an_entry_is_known_by_the_lists_code_or_by_the_code_under_a_claim_that_stands(
    supplied, claim, coordinator
):
    supplied(code="307001001/000009")
    row = supplied()
    assert figures() == [Figure(1, 2), Figure(0, 1)]
    claim(row, CODE)
    assert figures() == [Figure(2, 2), Figure(0, 2)]
    assert figures(on=ON - dt.timedelta(days=1)) == [Figure(1, 2), Figure(0, 1)]
    completion.send_back(row, reason="示例：编码不符", by=coordinator, on=LATER)
    assert figures() == [Figure(1, 2), Figure(0, 1)]
    assert figures(on=ON) == [Figure(2, 2), Figure(0, 2)]


def test_a_code_that_nobody_claimed_with_yet_is_no_published_entry(supplied, officer, reviewer):
    row = supplied()
    completion.claim(row, by=officer, on=ON, with_evidence=[CODE])
    assert figures() == [Figure(0, 1), Figure(0, 0)]
    completion.endorse(row, by=reviewer, on=ON)
    assert figures() == [Figure(1, 1), Figure(0, 1)]


def test_attached_is_what_has_an_interface_under_a_claim_or_a_delivery(
    supplied, claim, arrive, coordinator
):
    row, other = supplied(code="307001001/000001"), supplied(code="307001001/000002")
    supplied(code="307001001/000003")
    supplied()
    claim(row, INTERFACE)
    arrive(other, D(2025, 9, 5), rows=3)
    assert figures() == [Figure(3, 4), Figure(2, 3)]
    assert figures(on=D(2025, 9, 4)) == [Figure(3, 4), Figure(1, 3)]
    recording.take_back(other.deliveries.get(), why="示例", by=coordinator, on=LATER)
    assert figures() == [Figure(3, 4), Figure(1, 3)]


@pytest.mark.parametrize("by", ["department", "list", "batch", "region"])
def test_an_item_of_several_bodies_and_duties_counts_once_under_the_one_that_leads(
    by, supplied, owe, police, health, coordinator
):
    row = supplied(code="307001001/000001")
    more = [
        owe(health, item=row.item),
        owe(health, item=row.item, duty="use"),
        owe(police, item=row.item, duty="catalogue"),
        owe(police, role_in_item="supporting"),
        owe(health, duty="connect"),
    ]
    for one in more:
        dispatch.issue(one, by=coordinator, on=ON)
    assert figures(by=by) == [Figure(1, 1), Figure(0, 1)]
    found = rates.by(Obligation.objects.all(), "department", on=LATER, today=LATER)
    assert found[police.pk]["catalogued"] == Figure(1, 1)
    assert "catalogued" not in found[health.pk]
    only_theirs = Obligation.objects.filter(department=health)
    theirs = rates.by(only_theirs, "department", on=LATER, today=LATER)
    assert "catalogued" not in theirs[health.pk]


def test_a_duty_to_catalogue_alone_counts_for_cataloguing_and_not_for_attaching(
    owe, police, coordinator
):
    row = owe(police, duty="catalogue")
    dispatch.issue(row, by=coordinator, on=ON)
    SharingTerms.objects.filter(item=row.item).update(catalogue_code="307001001/000001")
    assert figures() == [Figure(1, 1), Figure(0, 0)]


def test_what_is_not_shared_exempt_or_owed_by_a_central_body_is_not_attached(
    supplied, owe, ministry
):
    exempt, refused = supplied(code="307001001/000001"), supplied(code="307001001/000002")
    central = owe(ministry, external=True)
    SharingTerms.objects.filter(item=central.item).update(catalogue_code="307001001/000003")
    SharingTerms.objects.filter(item=refused.item).update(share_type="refused")
    assert figures() == [Figure(2, 2), Figure(0, 1)]
    Obligation.objects.filter(pk=exempt.pk).update(exempt=True)
    history.record(exempt, on=LATER)
    assert figures() == [Figure(1, 1), Figure(0, 0)]
    assert figures(on=ON) == [Figure(2, 2), Figure(0, 1)]


def test_the_page_and_the_api_name_both_in_chinese_with_their_rows(supplied, client, coordinator):
    row = supplied(code="307001001/000001")
    client.force_login(coordinator)
    with time_machine.travel(dt.datetime(2025, 9, 10, 4, tzinfo=dt.UTC)):
        page = client.get("/indicators/")
        [cell] = [one for one in page.context["table"].total.cells if one.code == "catalogued"]
        rows = client.get(cell.numerator_url)
        told = client.get("/api/v1/indicators/").json()["rates"]
        asked = {"indicator": "attached", "part": "denominator"}
        found = client.get("/api/v1/obligations/", asked).json()["results"]
    assert "编目率" in page.content.decode()
    assert "挂接率" in page.content.decode()
    assert rows.context["listing"].total == cell.figure.numerator == 1
    assert {one["code"]: one["denominator"] for one in told}["attached"] == 1
    assert [one["id"] for one in found] == [row.pk]
