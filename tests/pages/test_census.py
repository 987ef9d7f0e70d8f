"""Every number that is a link counts exactly the rows behind it: on each page, for each role, on
past days, and by each filter."""

import datetime as dt
import html
import itertools
import re
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
import time_machine
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Role
from obligations import confirmations, fulfilment, history, rate_table, rates
from obligations.contradiction_forms import ContradictionFilter
from obligations.listing import narrow
from obligations.models import Claim, Confirmation, ContradictionCase, Evidence, Obligation
from obligations.models import ResponsibilityList as List
from obligations.today import moment
from sharing_lists.models import DataRequest, Delivery, SharingTerms
from tests.thorough import examples

D = dt.date
NOW = dt.datetime(2026, 1, 12, 4, tzinfo=dt.UTC)
THEN, TODAY = D(2026, 1, 5), NOW.date()
DAY = dt.timedelta(days=1)
LINK = re.compile(r'<a\b[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
BUSINESS = (
    *("/obligations/", "/indicators/claims/", "/indicators/amounts/", "/contradictions/"),
    *("/voices/", "/requests/"),
)
FILTERS = ("", "department", "list", "home_batch", "region", "kind", "scene")
FACT = st.fixed_dictionaries(
    {
        "where": st.integers(0, 2),
        "on_list": st.booleans(),
        "duty": st.sampled_from(["supply", "connect"]),
        "due": st.integers(-20, 20),
        "status": st.sampled_from(["draft", "in_progress", "endorsed", "verified", "withdrawn"]),
        "completed": st.integers(-3, 3),
        "grace": st.sampled_from([None, -9, 4]),
        "exempt": st.booleans(),
        "blocked": st.booleans(),
        # 目录代码 in the list, an interface code under the claim, and a second body that leads.
        "coded": st.booleans(),
        "linked": st.booleans(),
        "led_twice": st.booleans(),
        # What it was a week ago, before all this.
        "before": st.sampled_from(["draft", "in_progress"]),
    }
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def people(coordinator, leader, officer, make_user, city, bureau):
    """Who looks: each sees another part."""
    of_city = make_user("city", Role.COORDINATOR, department=bureau, region=city)
    return {"coordinator": coordinator, "leader": leader, "officer": officer, "city": of_city}


@pytest.fixture
def province(owe, make_item, police, health, ministry, make_department, city, coordinator):
    """province(facts): obligations of three departments under two lists, with a past."""
    far = List.objects.create(kind="docking", level="city", batch=2, title="【示例】对接清单")
    places = [police, health, make_department("甲市数据局", at=city)]

    def make(facts):
        for fact in facts:
            body = places[fact["where"]]
            scenes = "、新生儿出生、" if fact["due"] % 2 else ""
            item = make_item(body, on_list=far if fact["on_list"] else None, scenes=scenes)
            code = "307001001/000001" if fact["coded"] else ""
            SharingTerms.objects.filter(item=item).update(catalogue_code=code)
            owe(ministry, item=item, external=True)
            row = owe(body, item=item, duty=fact["duty"], on=D(2025, 8, 1))
            if fact["led_twice"]:
                other = owe(places[fact["where"] - 2], item=item, duty=fact["duty"])
                _tell(other, {"status": "in_progress"}, THEN - 7 * DAY)
            _tell(row, {"status": fact["before"]}, THEN - 7 * DAY)
            _write(row, fact, by=coordinator)
            if fact["status"] == "verified":
                _use(row, places[fact["where"] - 1], by=coordinator)
        for day in (THEN, TODAY):
            fulfilment.check(as_of=day, today=TODAY)

    return make


def _tell(row, facts, on):
    if facts["status"] != "draft":
        facts["issued_at"] = moment(D(2025, 8, 4))
    Obligation.objects.filter(pk=row.pk).update(**facts)
    history.record(row, on=on)


def _write(row, fact, *, by):
    due = THEN + fact["due"] * DAY
    facts = {"status": fact["status"], "due_on": due, "original_due_on": due - DAY}
    facts["exempt"] = fact["exempt"]
    if fact["status"] in ("endorsed", "verified"):
        done = min(THEN, due + fact["completed"] * DAY)
        facts |= {"completed_on": done, "decide_by": done + 5 * DAY}
        decided = {"outcome": "verified", "decided_by": by, "decided_on": THEN}
        claim = Claim.objects.create(
            obligation=row,
            claimed_on=done,
            endorsed_on=done,
            decide_by=done + 5 * DAY,
            **(decided if fact["status"] == "verified" else {}),
        )
        if fact["linked"]:
            said = {"kind": "interface", "text": "JK-001", "added_on": done, "claim": claim}
            Evidence.objects.create(obligation=row, **said)
    if fact["status"] == "verified":
        facts |= {"verified_on": THEN}
        if fact["grace"] is not None:
            grace = THEN + fact["grace"] * DAY
            facts |= {"delivery_due_on": grace - 2 * DAY, "delivery_grace_on": grace}
    if fact["status"] == "in_progress":
        facts["blocked"] = fact["blocked"]
    _tell(row, facts, THEN)


def _use(row, consumer, *, by):
    """Something arrived once, and a consumer says that it is usable, or not."""
    confirmations.name(row.item, consumer, by=by, on=THEN)
    word = "usable" if row.pk % 2 else "unusable"
    Confirmation.objects.create(
        obligation=row,
        department=consumer,
        period_on=D(2026, 1, 1),
        said_on=THEN,
        said_at=moment(THEN),
        word=word,
        reason="" if word == "usable" else "超时",
        said_by=by,
    )
    Delivery.objects.create(
        obligation=row,
        source="log",
        arrived_at=moment(D(2025, 12, 1)),
        arrived_on=D(2025, 12, 1),
        counts_from=D(2025, 12, 1),
        counts_to=D(2025, 12, 1),
        outcome="kept",
        calls=7,
        failures=1,
    )
    DataRequest.objects.create(
        obligation=row,
        kind="correct",
        department=consumer,
        subject="示例",
        asked_on=D(2025, 12, 1),
        clock="correction",
        correct_by=D(2025, 12, 15),
        corrected_on=D(2025, 12, 15) if row.pk % 2 else None,
        result="已更正" if row.pk % 2 else "",
        recorded_by=by,
    )


def numbers(page, address):
    """(number, address) of every link on the page whose text ends with a number."""
    for href, inner in LINK.findall(page.content.decode()):
        url = urljoin(address, html.unescape(href))
        text = html.unescape(re.sub(r"<[^>]+>", " ", inner)).replace(",", "").strip()
        found = re.search(r"(?<![\d-])(\d+)$", text)
        if found and urlsplit(url).path in BUSINESS:
            yield int(found[1]), url


def behind(url, *, user, rf, client):
    """How many rows the page of an address counts."""
    request = rf.get(url)
    request.user = user
    path, data = urlsplit(url).path, request.GET
    if path == "/obligations/":
        return narrow(data, user=user, request=request).count()
    if path == "/indicators/claims/":
        rows = rate_table.narrowed(data, user=user, request=request)
        on = D.fromisoformat(data["on"])
        return rates.claims_of(rows, part=data["part"], on=on, today=TODAY).count()
    if path == "/indicators/amounts/":
        total = client.get(url).context["total"]
        return getattr(total, data["part"])
    if path == "/contradictions/":
        asked = data.copy()
        asked.setdefault("state", "open")
        rows = ContradictionCase.objects.visible_to(user)
        return ContradictionFilter(asked, queryset=rows, request=request).qs.count()
    return client.get(url).context["page"].paginator.count


def pages(*, by, on, narrowed):
    """Every page that counts, as it is asked for."""
    day = {"on": on.isoformat()}
    table = urlencode({"by": by, **day, **narrowed})
    yield from ("/", "/obligations/", "/contradictions/", "/voices/", "/requests/")
    yield f"/checks/?{urlencode(day)}"
    yield f"/indicators/?{table}"
    yield from (f"/lists/{one.pk}/" for one in List.objects.all())


def wrong(people, who, asked, *, rf, signed_in, seen):
    """Links that say another number than there are rows."""
    user, counted = people[who], {}
    client = signed_in(user)
    for address in pages(**asked):
        page = client.get(address)
        if page.status_code == 404 and address.startswith("/lists/"):
            continue  # a list of which the reader sees nothing
        assert page.status_code == 200
        for number, url in numbers(page, address):
            if url not in counted:
                counted[url] = behind(url, user=user, rf=rf, client=client)
            seen.update(QueryDict(urlsplit(url).query))
            if counted[url] != number:
                yield address, url, number, counted[url]


def value(name, police):
    known = {
        "department": police.pk,
        "list": List.objects.latest("pk").pk,
        "home_batch": 7,
        "region": police.region_id,
        "kind": "sharing",
        "scene": "新生儿出生",
    }
    return {name: known[name]} if name else {}


@examples(2)
@given(
    facts=st.lists(FACT, min_size=2, max_size=7),
    who=st.sampled_from(["coordinator", "leader", "officer", "city"]),
    by=st.sampled_from(list(rates.GROUPINGS)),
    on=st.sampled_from([THEN, TODAY, THEN - 3 * DAY]),
    name=st.sampled_from(FILTERS),
)
def test_every_number_that_is_a_link_counts_the_rows_behind_it(
    province, people, police, rf, signed_in, facts, who, by, on, name
):
    with time_machine.travel(NOW), transaction.atomic():
        province(facts)
        asked = {"by": by, "on": on, "narrowed": value(name, police)}
        assert list(wrong(people, who, asked, rf=rf, signed_in=signed_in, seen=set())) == []
        transaction.set_rollback(True)


@pytest.mark.long
def test_the_census_meets_every_sort_of_figure(province, people, police, rf, signed_in):
    """Each grouping, day, filter and role at least once, and no sort of link is left out."""
    fact = {"where": 0, "on_list": False, "duty": "supply", "due": -3, "status": "verified"}
    fact |= {"completed": 1, "grace": -9, "exempt": False, "blocked": False, "before": "draft"}
    fact |= {"coded": True, "linked": True, "led_twice": True}
    more = [
        {**fact, "where": 1, "status": "in_progress", "due": 9},
        {**fact, "where": 2, "on_list": True, "duty": "connect", "status": "endorsed"},
        {**fact, "where": 0, "status": "in_progress", "blocked": True},
        {**fact, "where": 0, "status": "draft", "coded": False},
        {**fact, "where": 0, "on_list": True, "duty": "connect"},
        {**fact, "where": 1, "exempt": True},
    ]
    seen = set()
    turns = itertools.cycle(people)
    with time_machine.travel(NOW):
        province([fact, *more])
        for by, on, name in itertools.zip_longest(
            rates.GROUPINGS, (THEN, TODAY), FILTERS, fillvalue=None
        ):
            narrowed = value(name, police)
            asked = {"by": by or "department", "on": on or THEN, "narrowed": narrowed}
            who = next(turns)
            assert list(wrong(people, who, asked, rf=rf, signed_in=signed_in, seen=seen)) == []
        look = _previewed(signed_in(people["coordinator"]))
        address = reverse("obligations:light-rule-new")
        found = list(numbers(look, address)) or _counted(look)
        for number, url in found:
            user = people["coordinator"]
            assert number == behind(url, user=user, rf=rf, client=None) > 0
    wanted = {"indicator", "part", "on", "light", "finding", "code", "word", "list", "region"}
    assert wanted | {"department", "home_batch", "kind", "scene"} <= seen
    assert found


def _previewed(client):
    form = client.get(reverse("obligations:light-rule-new")).context["form"]
    said = {name: form[name].value() for name in form.fields}
    said = {name: one for name, one in said.items() if one is not None}
    said |= {"note": "示例", "version": 1, "place_due_close": 1, "days_due_close": 30}
    said["effective_from"] = (TODAY + DAY).isoformat()
    return client.post(reverse("obligations:light-rule-new"), said)


def _counted(page):
    """The turns of a previewed light rule: “3 obligations” leads to three rows."""
    for href, inner in LINK.findall(page.content.decode()):
        found = re.match(r"\s*(\d+)", inner)
        if "turning=" in href and found:
            yield int(found[1]), urljoin("/", html.unescape(href))
