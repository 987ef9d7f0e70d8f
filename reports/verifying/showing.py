"""What a file lets its readers see otherwise than it was made, though every value is kept."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from reports.verifying import formats, objects, reading, styles
from reports.verifying.asking import Sheet
from reports.verifying.verdicts import Verdict

# Rows of a large sheet are alike below these.
_ROWS_LOOKED_AT = 2_000
# More places, and more formats of one sheet, are counted, not listed.
_PLACES, _FORMATS = 6, 10
_CODE = 40
_FACTS = 50

_Sight = Mapping[str, Any]
# First and last row, what is shown of a number there, and by which code.
_Span = tuple[int, int, str, str]


@dataclass
class _Shown:
    """Cells of one sheet that show something else in the same way."""

    count: int = 0
    places: list[str] = field(default_factory=list)

    def add(self, column: int, first: int, last: int, count: int) -> None:
        letter = get_column_letter(column)
        self.count += count
        self.places.append(_span(f"{letter}{first}", f"{letter}{last}"))

    @property
    def facts(self) -> dict[str, Any]:
        return {"count": self.count, "cells": _listed(self.places)}


def compare(
    sheets: Mapping[str, Sheet], names: Iterable[str], *, made: Path | None, verdict: Verdict
) -> None:
    """Name what is hidden, laid over or shown otherwise on the sheets of these names; `made` is
    the file in store. Without it, what no report has is named alone."""
    as_made = _sights(made) if made else {}
    for name in names:
        found = sheets.get(name)
        if found is not None and found.visible:
            for text, facts in _told(found.sight, as_made.get(name)):
                verdict.add("shown", text % {"sheet": name, **facts}, sheet=name, **facts)


def _sights(path: Path) -> dict[str, _Sight]:
    with path.open("rb") as file:
        return {sheet.name: _beginning(sheet) for sheet in reading.sheets(file)}


def _beginning(sheet: reading.Sheet) -> _Sight:
    for _row in islice(sheet.rows, _ROWS_LOOKED_AT):
        pass
    return sheet.sight.told()


def _told(sight: _Sight, made: _Sight | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Sentences of one sheet, each with what it says."""
    if sight["row_count"] or sight["column_count"]:
        yield _hidden(sight)
    elif sight["is_folded"]:
        yield (
            _(
                "Sheet “%(sheet)s” has a filter or a folded outline, with which some programs hide "
                "rows or columns. Take it off, and check the file again."
            ),
            {},
        )
    if sight["hides_zeros"]:
        yield (
            _(
                "Sheet “%(sheet)s” is set not to show zeros. Switch that off, and check the file "
                "again."
            ),
            {},
        )
    yield from _formats(sight, made)
    if sight["rules"]:
        yield (
            _(
                "Sheet “%(sheet)s” has conditional formats that hide values or show others "
                "(%(cells)s). Remove them, and check the file again."
            ),
            {"cells": _listed([area for area in sight["rules"] if area] or ["—"])},
        )
    if added := _added(sight, made):
        yield (
            _(
                "On sheet “%(sheet)s” there are objects that the report did not have: "
                "%(objects)s. They may cover cells: remove them, and check the file again."
            ),
            {"objects": added},
        )


def _hidden(sight: _Sight) -> tuple[str, dict[str, Any]]:
    rows = [_span(first, last) for first, last in sight["rows"]]
    columns = [_span(*map(get_column_letter, pair)) for pair in sight["columns"]]
    parts = []
    if rows:
        text = _("%(count)s rows (%(which)s%(more)s)")
        parts.append(text % {"count": sight["row_count"], **_places(rows)})
    if columns:
        text = _("%(count)s columns (%(which)s%(more)s)")
        parts.append(text % {"count": sight["column_count"], **_places(columns)})
    text = _(
        "On sheet “%(sheet)s” there are hidden: %(hidden)s. Show them or clear the filter, and "
        "check the file again."
    )
    facts = {"rows": sight["rows"][:_FACTS], "columns": sight["columns"][:_FACTS]}
    return text, {"hidden": "、".join(parts), **facts}


def _formats(sight: _Sight, made: _Sight | None) -> Iterator[tuple[str, dict[str, Any]]]:
    spans = _by_column(made["runs"]) if made else {}
    unseen, others = _Shown(), dict[tuple[str, str], _Shown]()
    for column, first, last, count, is_text, shows, code in sight["runs"]:
        if shows == styles.UNSEEN:
            unseen.add(column, first, last, count)
        elif is_text:
            others.setdefault((code, "General"), _Shown()).add(column, first, last, count)
        else:
            for start, end, was, was_code in _overlapping(spans.get(column), first, last):
                if not _still_tells(shows, was):
                    within = min(count, end - start + 1)
                    others.setdefault((code, was_code), _Shown()).add(column, start, end, within)
    yield from _of_cells(unseen, others)
    is_too_motley = sight["left_out"] and not (made and made["left_out"])
    if is_too_motley:
        yield (
            _(
                "On sheet “%(sheet)s” cells have more different formats than can be compared: take "
                "the file as it was downloaded, and check that."
            ),
            {},
        )


def _by_column(runs: Iterable[Sequence[Any]]) -> dict[int, list[_Span]]:
    """First row, last row, what is shown and by which code; from each to the next, and the last of
    a column without end."""
    found: dict[int, list[_Span]] = {}
    for column, first, _last, _count, is_text, shows, code in runs:
        if is_text:
            continue
        of_column = found.setdefault(column, [])
        if of_column:
            of_column[-1] = (of_column[-1][0], first - 1, *of_column[-1][2:])
        of_column.append((first if of_column else 1, sys.maxsize, shows, code))
    return found


def _overlapping(spans: list[_Span] | None, first: int, last: int) -> Iterator[_Span]:
    """What was made of these rows; nothing is known of a column that had no numbers."""
    for start, end, shows, code in spans or [(first, last, "", "General")]:
        if start <= last and first <= end:
            yield max(start, first), min(end, last), shows, code


def _still_tells(shows: str, made: str) -> bool:
    return formats.still_tells(shows, made=made) if made else shows != formats.ODD


def _of_cells(
    unseen: _Shown, others: Mapping[tuple[str, str], _Shown]
) -> Iterator[tuple[str, dict[str, Any]]]:
    if unseen.count:
        text = _(
            "On sheet “%(sheet)s” %(count)s cells (%(cells)s) are written in the colour of what is "
            "below them. Give them another colour, and check the file again."
        )
        yield text, unseen.facts
    for (code, made), shown in islice(others.items(), _FORMATS):
        text = _(
            "On sheet “%(sheet)s” %(count)s cells (%(cells)s) have the format “%(format)s”, which "
            "shows something else than what is written; made was “%(made)s”. Set that again, and "
            "check the file again."
        )
        yield text, {**shown.facts, "format": _cut(code), "made": _cut(made)}
    if len(others) > _FORMATS:
        text = _("On sheet “%(sheet)s” there are %(count)s more formats that show something else.")
        yield text, {"count": len(others) - _FORMATS}


def _added(sight: _Sight, made: _Sight | None) -> str:
    """What lies over the cells, and did not when the file was made."""
    words = {
        objects.CHART: _("charts"),
        objects.PICTURE: _("pictures"),
        objects.SHAPE: _("shapes or text boxes"),
        objects.CONTROL: _("controls"),
        objects.NOTE: _("notes that are always shown"),
    }
    found, were = sight["objects"], made["objects"] if made else {}
    told = []
    for sort, word in words.items():
        count = found.get(sort, 0) - were.get(sort, 0)
        # Which of the charts are the report's own is not known without the file in store.
        if count > 0 and (made is not None or sort != objects.CHART):
            told.append(_("%(sort)s: %(count)s") % {"sort": word, "count": count})
    return "、".join(told)


def _span(first: object, last: object) -> str:
    return f"{first}" if first == last else f"{first}–{last}"


def _places(found: Sequence[str]) -> dict[str, str]:
    """The first of them, and how many there are more."""
    more = len(found) - _PLACES
    told = _(", and %(count)s more places") % {"count": more} if more > 0 else ""
    return {"which": "、".join(found[:_PLACES]), "more": told}


def _listed(found: Sequence[str]) -> str:
    return "".join(_places(found).values())


def _cut(code: str) -> str:
    return code if len(code) <= _CODE else f"{code[:_CODE]}…"
