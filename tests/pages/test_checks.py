"""The page of checks: which day may be asked for, and what the page says about it."""

import datetime as dt

import pytest

from jobs.models import Job
from obligations.today import today

pytestmark = pytest.mark.django_db


def test_a_day_to_come_is_refused_on_the_page_itself(signed_in, coordinator, issued):
    tomorrow = today() + dt.timedelta(days=1)

    answer = signed_in(coordinator).post("/checks/run/", {"on": tomorrow.isoformat()})

    assert answer.status_code == 409
    assert str(answer.context["refusal"]) in answer.text
    assert issued.department.name in answer.text
    assert not Job.objects.filter(kind="obligations.check").exists()


def test_the_field_offers_no_day_to_come(signed_in, coordinator):
    page = signed_in(coordinator).get("/checks/?on=2025-11-20")

    assert f'max="{today().isoformat()}"' in page.text
