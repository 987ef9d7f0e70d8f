"""No page asks the database more often because it shows or holds more rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from obligations import rounds
from obligations.models import ListItem, Obligation
from obligations.today import today

pytestmark = pytest.mark.django_db

AT_MOST = 21


@pytest.fixture
def queries(signed_in):
    """queries(user, address): how many statements the page needs."""

    def count(user, address):
        client = signed_in(user)
        client.get(address)  # the first page of a process fills caches
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    return count


PAGES = [
    ("coordinator", "/"),
    ("leader", "/"),
    ("officer", "/"),
    ("reviewer", "/"),
    ("coordinator", "/obligations/"),
    ("coordinator", "/obligations/?q=资源&light=red&order=-due"),
    ("officer", "/obligations/?status=issued"),
    ("coordinator", "/lists/"),
    ("coordinator", "/lists/{list}/"),
    ("coordinator", "/obligations/{first}/"),
    ("officer", "/obligations/{first}/"),
    ("coordinator", "/items/{item}/"),
    ("coordinator", "/imports/"),
    ("officer", "/?section=accept&page=2"),
    ("officer", "/rounds/{round}/"),
    ("coordinator", "/rounds/{round}/"),
    ("coordinator", "/rounds/"),
    ("coordinator", "/indicators/"),
    ("coordinator", "/indicators/?by=batch&on=2025-09-01"),
    ("coordinator", "/obligations/?indicator=on_time&part=denominator"),
    ("coordinator", "/requests/"),
    ("officer", "/requests/?state=late"),
    ("coordinator", "/requests/?indicator=reply&part=denominator"),
    ("leader", "/indicators/trends/"),
    ("coordinator", "/indicators/scores/"),
    ("officer", "/indicators/scores/"),
]


def test_no_page_takes_more_queries_of_3000_obligations_than_of_200(
    request, queries, many, sharing_list
):
    first = many(200)[0]
    keys = {"list": sharing_list.pk, "first": first.pk, "item": first.item_id}
    keys["round"] = _asked(request).pk

    def taken():
        return {
            (role, address): queries(request.getfixturevalue(role), address.format(**keys))
            for role, address in PAGES
        }

    few = taken()
    _more(request, 2800)

    assert taken() == few
    assert {page: count for page, count in few.items() if count > AT_MOST} == {}


def _asked(request):
    """A round that asks all that is open so far."""
    coordinator = request.getfixturevalue("coordinator")
    return rounds.open_round(month=today(), cut_off_on=today(), by=coordinator, on=today())


def _more(request, count):
    """Further rows like the first ones, numbered on."""
    items = list(ListItem.objects.all())
    copies = [
        ListItem(
            list_id=items[0].list_id,
            position=1000 + number,
            title=f"【示例】更多数据资源{number}",
            body_id=items[number % len(items)].body_id,
            deadline_kind="ongoing",
            identity_hash=f"more{number}",
            row_hash=f"more{number}",
        )
        for number in range(count)
    ]
    ListItem.objects.bulk_create(copies)
    Obligation.objects.bulk_create(
        Obligation(
            item=item,
            department_id=item.body_id,
            duty="supply",
            status="issued",
            light="red" if item.position % 2 else "blue",
            light_reason="overdue" if item.position % 2 else "due_soon",
            raised_on=request.getfixturevalue("day"),
            due_on=request.getfixturevalue("day"),
            original_due_on=request.getfixturevalue("day"),
        )
        for item in copies
    )
