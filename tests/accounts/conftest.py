"""What tests of accounts share."""

import datetime as dt

import pytest

from accounts import departments

DAY = dt.date(2026, 1, 5)


@pytest.fixture
def load(db):
    """load({"name": …}, …): departments as rows of a file."""

    def load_rows(*rows):
        return departments.load(rows, by=None)

    return load_rows


@pytest.fixture
def people(sysadmin, secadmin, auditor, coordinator, officer, reviewer, leader):
    """One account of each role, by role."""
    users = (sysadmin, secadmin, auditor, coordinator, officer, reviewer, leader)
    return {user.role: user for user in users}
