"""Obligations on their way, for tests of the workflow."""

import datetime as dt

import pytest

from accounts.models import Role
from obligations import completion, dispatch
from obligations.evidence import NewEvidence


@pytest.fixture
def second_officer(make_user, police):
    return make_user("second-officer", Role.OFFICER, department=police)


@pytest.fixture
def paper():
    return NewEvidence(kind="document", text="示例政数〔2025〕7号")


@pytest.fixture
def in_progress(owe, police, coordinator, officer):
    obligation = owe(police)
    dispatch.issue(obligation, by=coordinator, on=dt.date(2025, 8, 4))
    dispatch.accept(obligation, by=officer, on=dt.date(2025, 8, 5))
    return obligation


@pytest.fixture
def claimed(in_progress, officer, paper):
    completion.claim(
        in_progress, by=officer, on=dt.date(2025, 9, 1), note="已完成", with_evidence=[paper]
    )
    return in_progress


@pytest.fixture
def endorsed(claimed, reviewer):
    completion.endorse(claimed, by=reviewer, on=dt.date(2025, 9, 2))
    return claimed


@pytest.fixture
def verified(endorsed, coordinator):
    completion.verify(endorsed, by=coordinator, on=dt.date(2025, 9, 3))
    return endorsed


@pytest.fixture
def others(make_user, police, bureau):
    """An officer, a reviewer and a coordinator who asked, claimed and decided before."""
    return (
        make_user("other-officer", Role.OFFICER, department=police),
        make_user("other-reviewer", Role.REVIEWER, department=police),
        make_user("other-coordinator", Role.COORDINATOR, department=bureau),
    )
