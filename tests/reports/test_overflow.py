"""What cells and rows cannot hold: counted, listed, kept whole, however much of it there is."""

import tracemalloc
from itertools import takewhile

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts import text_widths
from reports import heights, layouts, workbooks
from reports.books import Book
from reports.drafts import Draft
from reports.looks import Column, Form
from reports.overflow import LONG_TEXTS, Cleanings
from reports.rows import Row
from reports.sheets import long_texts
from tests.reports.test_books import MADE_AT

COLUMNS = [Column("序号", 6, Form.NUMBER), Column("进展", 30, Form.TEXT)]
texts = st.text(st.sampled_from("长a\n😀 ，"), max_size=400)


def written(path, rows, snapshot):
    """A table of numbered texts, and the sheet of those that are too long."""
    draft = Draft(Book(made_at=MADE_AT), snapshot)
    sheet = draft.book.add_sheet("明细")
    layouts.frame(draft.book, sheet, COLUMNS, title="【示例】标题", meta="填报单位：示例省")
    stream = (Row([number, text]) for number, text in enumerate(rows, 1))
    draft.book.stream(sheet, COLUMNS, stream, first_row=layouts.FIRST_ROW, shortens=True)
    draft.book.save(path, before_the_frame=lambda: long_texts.add(draft))
    return draft.book


def long_text(number):
    return "".join(f"第{number}行第{place}句，" for place in range(60))


def test_memory_does_not_grow_with_texts_that_are_long_or_cleaned(snapshot, tmp_path, monkeypatch):
    monkeypatch.setattr(Cleanings, "MOST", 100)

    def peak(count):
        tracemalloc.start()
        written(tmp_path / "b.xlsx", (f"{long_text(n)}\x07" for n in range(count)), snapshot)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    assert peak(3_000) < peak(1_000) * 1.2


def test_every_long_text_stands_whole_beside_its_row(snapshot, tmp_path):
    rows = [long_text(number) if number % 3 else "短" for number in range(1, 800)]
    written(tmp_path / "b.xlsx", rows, snapshot)
    found = {}
    for sheet, row, label, part in whole_texts(tmp_path / "b.xlsx"):
        assert (sheet, label) == ("明细", "进展")
        found[row] = found.get(row, "") + part
    assert list(found) == sorted(found)
    assert found == {row: text for row, text in enumerate(rows, 1) if text != "短"}


def whole_texts(path):
    rows = load_workbook(path)[LONG_TEXTS].iter_rows(min_row=layouts.FIRST_ROW, values_only=True)
    return [*takewhile(lambda row: isinstance(row[1], int), rows)]


def test_what_is_left_out_of_a_long_text_is_listed_and_the_rest_is_not_cut(snapshot, tmp_path):
    text = "\x07" + long_text(1) * 80
    book = written(tmp_path / "b.xlsx", ["短", text], snapshot)
    assert len(text) > 32_767
    assert "".join(row[3] for row in whole_texts(tmp_path / "b.xlsx")) == text[1:]
    listed = [(one.cell, one.removed, one.cut) for one in book.cleanings.listed]
    assert listed == [("B6", 1, 0)]


def test_cells_beyond_those_that_are_listed_are_counted(snapshot, tmp_path, monkeypatch):
    monkeypatch.setattr(Cleanings, "MOST", 3)
    book = written(tmp_path / "b.xlsx", ["钟\x07"] * 1_001, snapshot)
    assert book.cleanings.count == 1_001
    assert [one.cell for one in book.cleanings.listed] == ["B5", "B6", "B7"]


def test_a_row_is_as_high_as_the_lines_that_were_typed(snapshot, tmp_path):
    lines = [f"{number}. 已完成" for number in range(1, 11)]
    written(tmp_path / "b.xlsx", ["短", "\n".join(lines), "\n".join([*lines, *lines])], snapshot)
    sheet = load_workbook(tmp_path / "b.xlsx")["明细"]
    assert sheet.row_dimensions[6].height >= heights.of_lines(10)
    # Twenty lines are more than a row takes: the beginning is shown.
    assert sheet.row_dimensions[7].height == heights.of_lines(12)
    assert sheet["B7"].value.count("\n") < 12
    assert [row[1] for row in whole_texts(tmp_path / "b.xlsx")] == [3, 3]


@given(texts, st.floats(3, 120), st.floats(0.5, 20))
def test_the_beginning_of_a_text_fits_and_takes_all_that_fits(text, room, lines):
    part = heights.beginning(text, room=room, lines=lines)
    assert text.startswith(part)
    assert part or not text
    whole = max(int(lines), 1)
    assert takes(part.removesuffix("\n"), room) <= whole + 1e-6
    if part != text:
        assert takes(text[: len(part) + 1], room) > whole - 1e-6


def takes(text, room):
    return text_widths.lines_of(text, text.encode(), room=room)


def test_a_list_of_cleaned_cells_says_how_many_it_leaves_out(snapshot, tmp_path, monkeypatch):
    monkeypatch.setattr(Cleanings, "MOST", 1)
    snapshot.lines.update(progress_note="钟\x07")
    count = workbooks.progress(snapshot, to=tmp_path / "b.xlsx").count
    said = [
        cell for row in load_workbook(tmp_path / "b.xlsx")["文字清理说明"].values for cell in row
    ]
    assert count > 1
    assert f"注：共清理{count}个单元格，本表列出前1个。" in said
