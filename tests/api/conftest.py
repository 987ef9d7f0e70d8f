"""Programs that talk to the API, and obligations on their way through it."""

import datetime as dt

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import Role
from obligations import completion, dispatch
from obligations.evidence import NewEvidence
from tests.verification import doubted, supplied

__all__ = ["doubted", "supplied"]
NOW = dt.datetime(2025, 9, 1, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
API = "/api/v1"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anonymous():
    return APIClient()


@pytest.fixture
def program_of():
    """A client that signs in with a token of the user."""

    def make(user):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(user, by=None)}")
        return client

    return make


@pytest.fixture
def coordinating(program_of, coordinator):
    return program_of(coordinator)


@pytest.fixture
def filling(program_of, officer):
    return program_of(officer)


@pytest.fixture
def reviewing(program_of, reviewer):
    return program_of(reviewer)


@pytest.fixture
def leading(program_of, leader):
    return program_of(leader)


@pytest.fixture
def city_coordinator(make_user, make_department, city):
    bureau = make_department("甲市数据局", at=city)
    return make_user("city-coordinator", Role.COORDINATOR, department=bureau, region=city)


@pytest.fixture
def in_progress(owe, police, coordinator, officer):
    obligation = owe(police)
    dispatch.issue(obligation, by=coordinator, on=dt.date(2025, 8, 4))
    dispatch.accept(obligation, by=officer, on=dt.date(2025, 8, 5))
    return obligation


@pytest.fixture
def claimed(in_progress, officer):
    paper = NewEvidence(kind="document", text="示例政数〔2025〕7号")
    completion.claim(in_progress, by=officer, on=dt.date(2025, 8, 20), with_evidence=[paper])
    return in_progress


@pytest.fixture
def endorsed(claimed, reviewer):
    completion.endorse(claimed, by=reviewer, on=dt.date(2025, 8, 21))
    return claimed


@pytest.fixture
def verified(endorsed, coordinator):
    completion.verify(endorsed, by=coordinator, on=dt.date(2025, 8, 22))
    return endorsed
