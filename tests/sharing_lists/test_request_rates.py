"""需求响应率, 交付及时率, 校核及时率: what is counted, on any day, and the rows behind it."""

import datetime as dt
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from obligations import rates
from obligations.indicators import Figure
from obligations.models import Obligation
from sharing_lists import request_rates, requesting
from sharing_lists.models import DataRequest
from sharing_lists.requesting import Asked, Consent
from tests.thorough import sampled

D = dt.date
NOW = dt.datetime(2026, 3, 31, 2, 0, tzinfo=dt.UTC)
TODAY = D(2026, 3, 31)
CODES = ("reply", "original_reply", "delivering", "correcting")
DAYS = st.one_of(st.none(), st.integers(0, 40))
REQUEST = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["share", "share", "correct"]),
        "where": st.integers(0, 1),
        "asked": st.integers(0, 40),
        "extended": st.booleans(),
        "agreed": st.booleans(),
        "done": DAYS,
        "delivered": DAYS,
        "taken_back": st.booleans(),
    }
)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def places(supplied, health, officer2):
    """Supply duties of two departments."""
    return [supplied(), supplied(department=health, by=officer2)]


@pytest.fixture
def live(places, police, health, bureau, coordinator):
    """live(fact): a request as it went, by the real verbs."""

    def play(fact):
        row, said = places[fact["where"]], {"by": coordinator, "on": TODAY}
        asked_on = D(2026, 2, 2) + dt.timedelta(days=fact["asked"])
        asked = Asked(fact["kind"], bureau, asked_on, "示例")
        one = requesting.record(row, asked, **said)
        if fact["extended"] and one.kind == "share":
            consent = Consent(5, "示例", asked_on, asked_on)
            one = requesting.extend(one, consent, **said, version=one.version)
        one = _answer(one, fact, said)
        if fact["taken_back"]:
            one = requesting.take_back(one, why="示例", **said, version=one.version)
        return one

    return play


def _answer(one, fact, said):
    day = fact["done"] is not None and one.asked_on + dt.timedelta(days=fact["done"])
    if not day or day > TODAY:
        return one
    if one.kind == "correct":
        return requesting.correct(
            one, corrected_on=day, result="已更正", **said, version=one.version
        )
    answer = "agreed" if fact["agreed"] else "refused"
    one = requesting.reply(
        one, answer=answer, replied_on=day, reason="示例", **said, version=one.version
    )
    later = fact["delivered"] is not None and day + dt.timedelta(days=fact["delivered"])
    if not later or later > TODAY or not fact["agreed"]:
        return one
    return requesting.deliver(one, delivered_on=later, **said, version=one.version)


def figures(on, by="department"):
    found = rates.summed(rates.by(Obligation.objects.all(), by, on=on, today=TODAY))
    return {code: found.get(code, Figure(0, 0)) for code in CODES}


def test_replies_in_time_late_extended_and_open(live):
    share = {"kind": "share", "where": 0, "asked": 0, "extended": False, "agreed": False}
    share |= {"done": 14, "delivered": None, "taken_back": False}
    live(share)  # by 2026-02-14, the working Saturday: late on 02-16
    live({**share, "done": 12})
    live({**share, "done": 16, "extended": True})
    live({**share, "done": None})
    live({**share, "done": 0, "taken_back": True})
    assert {one.reply_by_originally for one in DataRequest.objects.all()} == {D(2026, 2, 14)}

    assert figures(D(2026, 2, 13))["reply"] == Figure(0, 0)
    assert figures(D(2026, 2, 14))["reply"] == Figure(1, 3)
    assert figures(TODAY)["reply"] == Figure(2, 4)
    assert figures(TODAY)["original_reply"] == Figure(1, 4)


def test_delivery_and_correction_by_their_own_days(live):
    share = {"kind": "share", "where": 0, "asked": 0, "extended": False, "agreed": True}
    share |= {"done": 1, "delivered": 33, "taken_back": False}
    one = live(share)
    live({**share, "delivered": 40})
    live({**share, "agreed": False})
    live({**share, "kind": "correct", "done": 10})
    live({**share, "kind": "correct", "done": 20})
    assert one.deliver_by == D(2026, 3, 9)

    assert figures(D(2026, 3, 8))["delivering"] == Figure(0, 0)
    assert figures(TODAY)["delivering"] == Figure(1, 2)
    assert figures(TODAY)["correcting"] == Figure(1, 2)


def test_only_applicable_obligations_count(live, places):
    fact = {"kind": "correct", "where": 0, "asked": 0, "extended": False, "agreed": False}
    live(fact | {"done": None, "delivered": None, "taken_back": False})
    assert figures(TODAY)["correcting"] == Figure(0, 1)
    Obligation.objects.filter(pk=places[0].pk).update(exempt=True)
    assert figures(TODAY)["correcting"] == Figure(0, 0)


@sampled(12, quick=4)
@given(
    facts=st.lists(REQUEST, min_size=1, max_size=6),
    ago=st.integers(0, 50),
    by=st.sampled_from(list(rates.GROUPINGS)),
)
def test_the_numerator_lies_in_the_denominator_and_the_page_lists_both(
    live, coordinator, officer, police, facts, ago, by
):
    DataRequest.objects.all().delete()
    for fact in facts:
        live(fact)
    on = TODAY - dt.timedelta(days=ago)
    rows, whole = Obligation.objects.all(), figures(on, by)
    client = Client()
    client.force_login(coordinator, backend="accounts.signin.Backend")
    for code in CODES:
        sets = []
        for part in (rates.NUMERATOR, rates.DENOMINATOR):
            found = request_rates.counted(rows, code, part=part, on=on)
            sets.append(set(found.values_list("pk", flat=True)))
            asked = {"indicator": code, "part": part, "on": on.isoformat()}
            page = client.get(f"/requests/?{urlencode(asked)}").context["page"]
            assert {one.pk for one in page.object_list} == sets[-1]
        assert sets[0] <= sets[1]
        assert whole[code] == Figure(len(sets[0]), len(sets[1]))


def test_the_table_leads_to_the_requests_of_each_department(live, places, coordinator, health):
    fact = {"kind": "correct", "where": 1, "asked": 0, "extended": False, "agreed": False}
    fact |= {"done": None, "delivered": None, "taken_back": False}
    live(fact)
    live({**fact, "where": 0})
    client = Client()
    client.force_login(coordinator, backend="accounts.signin.Backend")
    table = client.get("/indicators/").context["table"]
    [line] = [line for line in table.lines if line.key == health.pk]
    [cell] = [cell for cell in line.cells if cell.code == "correcting"]
    assert cell.denominator_url.startswith("/requests/?")
    page = client.get(cell.denominator_url)
    assert page.context["page"].paginator.count == cell.figure.denominator == 1
    assert "校核及时率" in page.content.decode()
