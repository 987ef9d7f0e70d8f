"""Generated tables in every format are read back as they were written.

Nearly five hundred; with THOROUGH=1 more than two thousand.
"""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obligations.tables import gate, readers
from obligations.tables.grids import Merged
from tests.importing import documents
from tests.thorough import sampled

ODD = ("=1+1", "+86", "-", "@甲", "001", "2025-09-30", "1e5", "a\tb", " 首尾 ", "两\n行", "𠮷𠀋")
ODD += (
    '"引"',
    "a,b;c\td",
    "<&>",
    "é\u0301",
    "\u200b零",
    "\u202e反",
    "TRUE",
    "'x",
    "\u3000",
    "１２",
)
SIGNS = st.one_of(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")),
    st.sampled_from("省公安厅数据共享 、；()ab01"),
)
LINES = st.lists(st.text(SIGNS, min_size=1, max_size=12), min_size=1, max_size=3)
TEXTS = st.one_of(st.sampled_from(ODD), LINES.map("\n".join))
VALUES = st.one_of(
    st.none(),
    TEXTS,
    st.integers(-(10**15), 10**15),
    st.integers(-(10**9), 10**9).map(lambda number: number / 100),
    st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)),
)


@st.composite
def tables(draw):
    """Rows with a merged title above, blank ones between, a cell merged down; merged ranges."""
    width = draw(st.integers(2, 6))
    row = st.one_of(st.lists(VALUES, min_size=width, max_size=width), st.just([None] * width))
    body = draw(st.lists(row, min_size=2, max_size=6))
    title = [draw(TEXTS), *[None] * (width - 1)]
    body[1] = [None, *body[1][1:]]
    body[0] = ["合并", *body[0][1:]]
    return [title, *body], [(1, 1, 1, width), (2, 1, 3, 1)]


def value_read(value, *, texts_only):
    """Kind and text of the cell that a value becomes; None for blanks."""
    if value is None or not str(value).strip():
        return None
    if isinstance(value, str) or texts_only:
        return ("text", str(value))
    if isinstance(value, dt.date):
        return ("date", f"{value.isoformat()}T00:00:00")
    return ("number", str(value) if isinstance(value, int) else f"{value:.15g}")


def expected(rows, *, texts_only=False):
    found = {}
    for number, row in enumerate(rows, start=1):
        cells = [value_read(value, texts_only=texts_only) for value in row]
        kept = {column: cell for column, cell in enumerate(cells, start=1) if cell}
        if kept:
            found[number] = kept
    return found


def as_read(data, name):
    form = gate.inspect(data, name=name)
    return [
        (
            {n: {c: cell[:2] for c, cell in cells.items()} for n, cells in grid.rows.items()},
            sorted(grid.merged),
        )
        for grid in readers.read_grids(form, data)
    ]


@sampled(80, quick=20)
@given(tables())
def test_workbooks_of_openpyxl(made):
    rows, merged = made
    data = documents.xlsx_by_openpyxl(rows, merged=merged)
    assert as_read(data, "a.xlsx") == [(expected(rows), [Merged(*span) for span in merged])]


@sampled(80, quick=20)
@given(tables(), st.booleans())
def test_workbooks_of_xlsxwriter(made, constant_memory):
    rows, _merged = made  # cells would be written twice
    data = documents.xlsx_by_xlsxwriter(rows, constant_memory=constant_memory)
    assert as_read(data, "a.xlsx") == [(expected(rows), [])]


@sampled(80, quick=20)
@given(tables(), st.sampled_from([".xls", ".et"]), st.booleans())
def test_workbooks_of_xlwt(made, suffix, date1904):
    rows, merged = made
    data = documents.xls(rows, merged=merged, date1904=date1904)
    assert as_read(data, f"a{suffix}") == [(expected(rows), [Merged(*span) for span in merged])]


@sampled(80, quick=20)
@given(tables())
def test_open_documents(made):
    rows, merged = made
    data = documents.ods(rows, merged=merged)
    assert as_read(data, "a.ods") == [(expected(rows), [Merged(*span) for span in merged])]


@sampled(80, quick=20)
@given(tables())
def test_tables_of_documents(made):
    rows, merged = made
    data = documents.docx(rows, merged=merged)
    found = [(expected(rows, texts_only=True), [Merged(*span) for span in merged])]
    assert as_read(data, "a.docx") == found


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@sampled(27, quick=9)
@given(made=tables(), encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
def test_text_files(made, encoding, delimiter):
    rows, _merged = made
    data = documents.as_csv(rows, encoding=encoding, delimiter=delimiter)
    assert (expected(rows, texts_only=True), []) in as_read(data, "a.csv")
