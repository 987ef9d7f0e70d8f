"""Odd files are read as they are meant; hostile ones are refused for what they do."""

import pytest

from obligations.tables import choosing
from obligations.tables.findings import Refused
from tests.importing.books import KNOWN
from tests.importing.corpus import (
    hostile_documents,
    hostile_workbooks,
    odd_documents,
    odd_workbooks,
    rough,
)

ODD = odd_workbooks.CASES | odd_documents.CASES | rough.READ
HOSTILE = hostile_workbooks.CASES | hostile_documents.CASES | rough.REFUSED


@pytest.mark.parametrize("case", ODD)
def test_an_odd_file_is_read_as_it_is_meant(case):
    name, make, titles = ODD[case]
    table = choosing.read_table(make(), name=name, known=KNOWN)
    assert {row.number: row.cells["title"].text for row in table.rows} == titles


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_for_what_it_does(case):
    name, make, kind = HOSTILE[case]
    with pytest.raises(Refused) as refused:
        choosing.read_table(make(), name=name, known=KNOWN)
    assert refused.value.kind == kind
    assert all(finding.sentence().endswith("。") for finding in refused.value.findings)
    assert "%(" not in refused.value.message
