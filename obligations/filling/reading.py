"""Reads a filled-in workbook: which rows say something new, and everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from obligations.filling import answers, columns, keys
from obligations.filling.answers import Answer
from obligations.filling.keys import Broken, Kept, Keys
from obligations.tables import sandbox, wording
from obligations.tables.findings import Finding, Problem, Refused
from obligations.tables.grids import Cell, column_letters

_HEADER_WITHIN = 30
_NAMED_AT_MOST = 10

Cells = Mapping[int, Cell]


@dataclass
class Reading:
    """What the file says. `unchanged` rows say what was downloaded; `absent` ones are gone."""

    keys: Keys
    answers: list[Answer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    row_count: int = 0
    unchanged: int = 0
    absent: int = 0


@dataclass
class _Table:
    """The visible table: label -> column, and its rows."""

    places: dict[str, int]
    rows: list[tuple[int, Cells]]
    date1904: bool


def read(data: bytes, *, name: str) -> Reading:
    """The answers of a workbook that came back; raises Refused where it cannot be used at all."""
    found = sandbox.read_sheets(data, name=name)
    if found["form"] != "xlsx":
        raise _refused("unsupported_type", save_as_xlsx())
    sheets = {sheet["name"]: sheet for sheet in found["sheets"]}
    hidden = sheets.pop(columns.KEY_SHEET, None)
    if hidden is None:
        raise _refused("no_keys", _no_keys())
    try:
        kept = keys.read([[Cell(*cell).text for _at, cell in row] for _n, row in hidden["rows"]])
    except Broken as broken:
        raise _refused("altered_keys", _why_broken(broken.why)) from broken
    reading = Reading(kept)
    _take(_table(sheets.values()), reading)
    return reading


def save_as_xlsx() -> str:
    """For every other format."""
    return _(
        "Only .xlsx is read here: other formats lose the locked cells and the keys. Open the file "
        "and save it as “Excel workbook (*.xlsx)”, or download the workbook again."
    )


def _table(sheets: Any) -> _Table:
    """The first sheet that has our header."""
    for sheet in sheets:
        rows: list[tuple[int, Cells]] = [
            (number, {column: Cell(*cell) for column, cell in cells})
            for number, cells in sheet["rows"]
        ]
        for place, (_number, cells) in enumerate(rows[:_HEADER_WITHIN]):
            labels = {wording.label_matching(cell.text): at for at, cell in cells.items()}
            if columns.KEY in labels and columns.TITLE in labels:
                return _Table(labels, rows[place + 1 :], sheet["date1904"])
    raise _refused(
        "no_header",
        _(
            "No row with the labels “%(key)s” and “%(title)s” was found. Leave the header as it "
            "was, or download the workbook again."
        )
        % {"key": columns.KEY, "title": columns.TITLE},
    )


def _take(table: _Table, reading: Reading) -> None:
    formulas: list[int] = []
    for number, cells, kept in _rows(table, reading):
        answer, problems = answers.of_row(
            number, cells, table.places, kept, keys=reading.keys, date1904=table.date1904
        )
        reading.problems += problems
        reading.notices += _edited(number, cells, table.places, kept)
        if any(cells[at].formula for at in _filled_places(table) if at in cells):
            formulas.append(number)
        if answer:
            reading.answers.append(answer)
        elif not problems:
            reading.unchanged += 1
    if formulas:
        rows = _numbers(formulas)
        reading.notices.append(
            _("Formulas: their results were taken, in rows %(rows)s.") % {"rows": rows}
        )
    _say_missing_columns(table, reading)


def _rows(table: _Table, reading: Reading) -> Iterator[tuple[int, Cells, Kept]]:
    """Each row that can be told by its key; the others become problems or are counted."""
    seen: dict[str, list[int]] = {}
    told: list[tuple[int, Cells, Kept]] = []
    for number, cells in table.rows:
        if not any(at in cells for at in table.places.values()):
            continue
        reading.row_count += 1
        key = wording.matching(_text_at(cells, table.places, columns.KEY)).upper()
        kept = reading.keys.rows.get(key)
        if kept is None:
            reading.problems.append(_without_key(number, key, reading.keys))
            continue
        seen.setdefault(key, []).append(number)
        told.append((number, cells, kept))
    of_names = {_identity(kept.known): kept for kept in reading.keys.rows.values()}
    for number, cells, kept in told:
        numbers = seen[f"QD{kept.pk}"]
        if len(numbers) > 1:
            reading.problems.append(_twice(number, numbers))
        elif _is_of_another(cells, table.places, kept, of_names):
            reading.problems.append(_swapped(number))
        else:
            yield number, cells, kept
    gone = [kept for key, kept in reading.keys.rows.items() if key not in seen]
    reading.absent = len(gone)
    if gone:
        reading.notices.append(_deleted(gone))


def _identity(known: Mapping[str, str]) -> tuple[str, str, str]:
    return known["清单"], known["序号"], known[columns.TITLE]


def _is_of_another(
    cells: Cells, places: Mapping[str, int], kept: Kept, of_names: Mapping[Any, Kept]
) -> bool:
    """Whether the row shows the list, number and title of another row of this workbook."""
    shown = {label: _text_at(cells, places, label) for label in ("清单", "序号", columns.TITLE)}
    if _identity(shown) == _identity(kept.known):
        return False
    other = of_names.get(_identity(shown))
    return other is not None and other.pk != kept.pk


def _edited(number: int, cells: Cells, places: Mapping[str, int], kept: Kept) -> list[str]:
    """Locked cells that say something else now: not used, but said."""
    labels = [
        label
        for label, before in kept.known.items()
        if label in places and _text_at(cells, places, label) != wording.one_line(before)
    ]
    if not labels:
        return []
    return [
        _("Row %(row)s: locked cells were edited and not used: %(labels)s.")
        % {"row": number, "labels": "、".join(labels)}
    ]


def _text_at(cells: Cells, places: Mapping[str, int], label: str) -> str:
    cell = cells.get(places[label]) if label in places else None
    if cell is None:
        return ""
    text = cell.text.partition("T")[0] if cell.kind == "date" else cell.text
    return wording.one_line(wording.printable(text))


def _filled_places(table: _Table) -> list[int]:
    labels = (column.label for column in columns.FILLED)
    return [table.places[label] for label in labels if label in table.places]


def _say_missing_columns(table: _Table, reading: Reading) -> None:
    missing = [one.label for one in columns.FILLED if one.label not in table.places]
    if missing:
        reading.notices.append(
            _("Columns that are gone are taken as unchanged: %(labels)s.")
            % {"labels": "、".join(missing)}
        )
    known = {one.label for one in columns.ALL}
    added = [label for label, at in table.places.items() if label not in known]
    named = [f"{label}（{column_letters(table.places[label])}）" for label in added if label]
    if named:
        reading.notices.append(
            _("Columns that were added are not used: %(labels)s.") % {"labels": "、".join(named)}
        )


def _without_key(number: int, key: str, kept: Keys) -> Problem:
    if not key:
        text = _(
            "This row has no “%(label)s”: rows cannot be added here. Delete it, or fill in the "
            "row of the obligation that is meant."
        )
    elif kept.altered:
        text = _(
            "The key “%(key)s” of this row was tampered with: its hidden record no longer agrees. "
            "Download the workbook again and fill in that one."
        )
    else:
        text = _(
            "The key “%(key)s” is not one of this workbook: it was altered, or belongs to another "
            "department or another file. Delete the row, or download the workbook again."
        )
    said = text % {"label": columns.KEY, "key": wording.quoted(key)}
    return Problem(number, columns.KEY, "unknown_key", said)


def _twice(number: int, numbers: Sequence[int]) -> Problem:
    text = _("The same key stands in rows %(rows)s: keep one of them and delete the others.")
    return Problem(number, columns.KEY, "key_twice", text % {"rows": _numbers(numbers)})


def _swapped(number: int) -> Problem:
    text = _(
        "The key and the item of this row belong to different rows: only some cells were sorted or "
        "moved. Sort whole rows, or download the workbook again."
    )
    return Problem(number, columns.KEY, "key_moved", text)


def _deleted(gone: Sequence[Kept]) -> str:
    titles = [kept.known[columns.TITLE] for kept in gone[:_NAMED_AT_MOST]]
    return _("Rows that are not in the file stay as they are: %(count)s (%(titles)s).") % {
        "count": len(gone),
        "titles": "、".join(titles) + ("…" if len(gone) > _NAMED_AT_MOST else ""),
    }


def _numbers(rows: Sequence[int]) -> str:
    shown = "、".join(map(str, rows[:_NAMED_AT_MOST]))
    return f"{shown}…" if len(rows) > _NAMED_AT_MOST else shown


def _no_keys() -> str:
    return _(
        "The hidden sheet with the keys of the rows is gone: perhaps only the visible cells were "
        "copied into another file. Fill in the downloaded file itself."
    )


def _why_broken(why: str) -> str:
    sentences = {
        "foreign": _(
            "This workbook was made by another installation, or before its key was replaced. "
            "Download it here and fill in that one."
        ),
        "newer": _("This workbook is of another version. Download it again and fill in that one."),
    }
    altered = _(
        "The hidden sheet with the keys of the rows was altered. Download the workbook again and "
        "fill in that one."
    )
    return sentences.get(why, altered)


def _refused(kind: str, message: str) -> Refused:
    return Refused(Finding(kind, message=message))
