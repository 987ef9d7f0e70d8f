"""Obligations to supply data, verified by the real verbs, and what arrives under them."""

import datetime as dt

import pytest
from django.conf import settings

from obligations import completion, dispatch
from obligations.evidence import NewEvidence
from obligations.today import SHANGHAI
from sharing_lists import deliveries
from sharing_lists.deliveries import Arrival
from sharing_lists.models import SharingTerms

VERIFIED_ON = dt.date(2025, 9, 3)
PAPER = NewEvidence(kind="document", text="示例政数〔2025〕7号")


@pytest.fixture(scope="session")
def static_folder():
    """The server wants it; nothing is collected."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture
def supplied(owe, make_item, police, coordinator, officer):
    """supplied(cycle, mode): in progress, under an item with these terms."""

    def make(cycle="monthly", mode="batch", *, code="", title="", department=police, by=officer):
        item = make_item(department, title=title)
        SharingTerms.objects.filter(item=item).update(
            update_cycle=cycle, share_mode=mode, catalogue_code=code
        )
        row = owe(department, item=item)
        dispatch.issue(row, by=coordinator, on=dt.date(2025, 9, 1))
        dispatch.accept(row, by=by, on=dt.date(2025, 9, 1))
        return row

    return make


@pytest.fixture
def verified(supplied, coordinator, officer, reviewer):
    """As supplied, then verified on Wednesday, 3 September 2025."""

    def make(cycle="monthly", mode="batch", *, on=VERIFIED_ON, **more):
        row = supplied(cycle, mode, **more)
        completion.claim(row, by=officer, on=on, with_evidence=[PAPER])
        completion.endorse(row, by=reviewer, on=on)
        completion.verify(row, by=coordinator, on=on)
        return row

    return make


@pytest.fixture
def arrive():
    """arrive(row, day, …): a delivery reported by a log, recorded on the day of its arrival."""

    def record(row, day, *, on=None, **facts):
        at = dt.datetime.combine(day, dt.time(8), tzinfo=SHANGHAI)
        mark = deliveries.fingerprint(row.pk, day, sorted(facts.items()))
        arrival = Arrival("log", at, mark, **facts)
        found = deliveries.record([(row.pk, arrival)], on=on or day)
        row.refresh_from_db()
        return found

    return record
