"""A full page of contradictions or of consumers' words takes as few queries as any other."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from obligations.models import (
    CheckResult,
    Confirmation,
    ContradictionCase,
    ItemConsumer,
    Obligation,
)
from obligations.today import today
from sharing_lists.models import SharingTerms

pytestmark = pytest.mark.django_db
AT_MOST = 21
FACTS = {
    "verified_on": "2026-01-05",
    "consumer": "省教育厅",
    "said_on": "2026-01-06",
    "reason": "断",
}


@pytest.fixture
def more(many, make_department, coordinator, police):
    """more(count): verified rows, each used by another department, called bad, and doubted."""
    user = make_department("省教育厅")

    def make(count):
        rows = many(count)
        keys = [row.pk for row in rows]
        Obligation.objects.filter(pk__in=keys).update(
            status="verified", verified_on=today(), completed_on=today(), light="green"
        )
        SharingTerms.objects.update(update_cycle="once")
        about = {"named_by": coordinator, "named_on": today()}
        ItemConsumer.objects.bulk_create(
            ItemConsumer(item=row.item, department=user, **about) for row in rows
        )
        ItemConsumer.objects.bulk_create(
            ItemConsumer(item=row.item, department=police, **about)
            for row in rows
            if row.department_id != police.pk
        )
        said = {"said_by": coordinator, "said_on": today(), "said_at": timezone.now()}
        Confirmation.objects.bulk_create(
            Confirmation(
                obligation=row,
                department=user,
                period_on=today(),
                word="unusable",
                reason="断",
                **said,
            )
            for row in rows
        )
        ContradictionCase.objects.bulk_create(
            ContradictionCase(
                obligation=row,
                code="consumer_says_unusable",
                weight=90,
                facts=FACTS,
                found_on=today(),
                found_at=timezone.now(),
                owner=coordinator,
            )
            for row in rows
        )
        CheckResult.objects.bulk_create(
            CheckResult(
                obligation=row, check_code="consumer_says_usable", outcome="fail", since=today()
            )
            for row in rows
        )
        return rows

    return make


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("coordinator", "/contradictions/"),
        ("officer", "/contradictions/"),
        ("coordinator", "/contradictions/{case}/"),
        ("officer", "/voices/"),
        ("officer", "/voices/?only=open"),
        ("coordinator", "/voices/"),
        ("coordinator", "/checks/"),
        ("coordinator", "/obligations/{first}/verification/"),
        ("coordinator", "/obligations/?scope=own&finding=consumer_says_usable.fail"),
    ],
)
def test_a_full_page_takes_few_queries(request, signed_in, more, role, address):
    client = signed_in(request.getfixturevalue(role))
    first = more(60)[0]
    address = address.format(case=ContradictionCase.objects.first().pk, first=first.pk)
    client.get(address)  # the first page of a process fills caches

    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200

    assert len(captured) <= AT_MOST, [one["sql"][:120] for one in captured]
