"""Signed-in browsers without a browser, and a province's worth of rows."""

import datetime as dt

import pytest
from django.test import Client

from obligations import completion, dispatch, history
from obligations.evidence import NewEvidence
from obligations.models import ListItem, Obligation
from obligations.today import today
from sharing_lists.models import SharingTerms
from tests.verification import doubted, supplied

__all__ = ["doubted", "supplied"]


@pytest.fixture
def signed_in():
    """signed_in(user): a client of that user, reading Chinese."""

    def client_of(user):
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(user, backend="accounts.signin.Backend")
        return client

    return client_of


@pytest.fixture
def day():
    """Today, less a week: acts of the tests lie in the past of the pages."""
    return today() - dt.timedelta(days=7)


@pytest.fixture
def issued(owe, police, coordinator, day):
    obligation = owe(police, due_on=today() + dt.timedelta(days=60), on=day)
    dispatch.issue(obligation, by=coordinator, on=day)
    return obligation


@pytest.fixture
def in_progress(issued, officer, day):
    dispatch.accept(issued, by=officer, on=day)
    return issued


@pytest.fixture
def claimed(in_progress, officer, day):
    paper = NewEvidence(kind="document", text="示例政数〔2025〕7号")
    completion.claim(in_progress, by=officer, on=day, with_evidence=[paper])
    return in_progress


@pytest.fixture
def endorsed(claimed, reviewer, day):
    completion.endorse(claimed, by=reviewer, on=day)
    return claimed


@pytest.fixture
def many(sharing_list, police, health, day):
    """many(count): so many issued obligations of two departments, half of them overdue."""

    def make(count):
        bodies = [police, health]
        items = ListItem.objects.bulk_create(
            ListItem(
                list=sharing_list,
                serial=str(number),
                position=number,
                title=f"【示例】批量数据资源{number}",
                body=bodies[number % 2],
                deadline_kind="ongoing",
                deadline_text="持续推进",
                identity_hash=f"many{number}",
                row_hash=f"many{number}",
            )
            for number in range(count)
        )
        SharingTerms.objects.bulk_create(
            SharingTerms(item=item, share_type="conditional") for item in items
        )
        rows = Obligation.objects.bulk_create(
            Obligation(
                item=item,
                department_id=item.body_id,
                duty="supply",
                status="issued",
                raised_on=day,
                due_on=today() + dt.timedelta(days=item.position % 200 - 100),
                original_due_on=today() + dt.timedelta(days=item.position % 200 - 100),
            )
            for item in items
        )
        history.record_many([row.pk for row in rows], on=today())
        return rows

    return make
