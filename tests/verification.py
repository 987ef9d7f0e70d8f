"""A verified supply that the health commission uses and calls unusable; shared by several tests."""

import datetime as dt

import pytest

from obligations import completion, confirmations, contradicting, dispatch
from obligations.evidence import NewEvidence
from obligations.models import ContradictionCase
from obligations.today import today


@pytest.fixture
def supplied(owe, police, health, coordinator, officer, reviewer):
    """Verified some weeks ago, and applied for by the health commission."""
    on = today() - dt.timedelta(days=30)
    row = owe(police, due_on=today(), on=on)
    # Only what consumers say counts here: the item keeps no update cycle.
    row.item.sharing_terms.update_cycle = "once"
    row.item.sharing_terms.save()
    demand = owe(health, item=row.item, duty="apply", due_on=today(), on=on)
    for one in (row, demand):
        dispatch.issue(one, by=coordinator, on=on)
    dispatch.accept(row, by=officer, on=on)
    paper = NewEvidence(kind="document", text="示例政数〔2025〕7号")
    completion.claim(row, by=officer, on=on, with_evidence=[paper])
    completion.endorse(row, by=reviewer, on=on)
    completion.verify(row, by=coordinator, on=on)
    return row


@pytest.fixture
def doubted(supplied, officer2):
    """Its contradiction, found today."""
    confirmations.say(
        supplied, word="unusable", reason="接口超时", by=officer2, on=today(), version=0
    )
    contradicting.look(as_of=today(), today=today())
    return ContradictionCase.objects.get()
