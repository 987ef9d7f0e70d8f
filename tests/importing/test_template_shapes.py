"""Real templates are no lists: each of their sheets is refused naming exactly what it lacks."""

from pathlib import Path

import openpyxl
import pytest

from obligations.kinds import kinds
from obligations.tables import wording

pytestmark = pytest.mark.django_db
SHAPES = Path(__file__).parent / "data" / "template-shapes.xlsx"


def lacking(sheet, kind):
    """The required columns of a kind of which no cell of the sheet is the label."""
    texts = {
        wording.label_matching(str(cell))
        for row in openpyxl.load_workbook(SHAPES)[sheet].iter_rows(values_only=True)
        for cell in row
        if cell
    }
    return [
        column.label
        for column in kinds()[kind].columns
        if column.required
        and not texts & {wording.label_matching(name) for name in (column.label, *column.aliases)}
    ]


@pytest.mark.parametrize("kind", ["sharing", "docking"])
@pytest.mark.parametrize("sheet", openpyxl.load_workbook(SHAPES, read_only=True).sheetnames)
def test_no_sheet_of_a_template_passes_for_a_list_and_each_says_what_it_lacks(read, sheet, kind):
    reading = read(SHAPES.read_bytes(), kind=kind, sheet=sheet)
    assert reading.outcome == "reject"
    if reading.problems[0].kind == "no_header":
        assert all(label in reading.problems[0].message for label in lacking(sheet, kind))
    else:
        assert [problem.column for problem in reading.problems] == lacking(sheet, kind)
