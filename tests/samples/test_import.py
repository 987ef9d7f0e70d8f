"""The sample lists import as they are."""

import json

import pytest
from django.core.management import call_command

from obligations.models import Obligation
from reports.sampling import province


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "duty"), [("sharing", "supply"), ("docking", "connect")])
def test_a_sample_list_is_accepted_and_makes_own_and_external_obligations(kind, duty, capsys):
    province.ensure()
    path = province.FOLDER / f"{kind}-list.xlsx"
    call_command("import_list", path, kind=kind, batch=7, level="省", json=True)
    answer = json.loads(capsys.readouterr().out)
    assert answer["outcome"] == "accept"
    assert answer["problems"] == []
    assert {warning["kind"] for warning in answer["warnings"]} <= {"no_counterpart"}
    own = Obligation.objects.filter(external=False)
    assert own.filter(duty=duty).count() >= 60
    assert Obligation.objects.filter(external=True).count() >= 40
