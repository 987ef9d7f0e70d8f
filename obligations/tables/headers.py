"""Finds the header of a table below its titles: one to three rows, merged groups, aliases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from obligations.tables import wording
from obligations.tables.grids import Grid, Merged
from obligations.tables.labels import Paths, paths_of, recognise
from obligations.tables.vocabulary import MOST_HEADER_ROWS, Known, Said, Vocabulary, Why

# Titles above the header may take this many rows that hold anything.
_SEARCHED_ROWS = 40
_DEPTH = 3
_FEWEST_LABELS = 3
_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands and what its columns mean."""

    top: int
    bottom: int
    fields: dict[int, str] = field(default_factory=dict)
    # The label as in the file, on one line, of every labelled column.
    labels: dict[int, str] = field(default_factory=dict)
    # Why a column has its field, or has none though its label is known.
    whys: dict[int, Why] = field(default_factory=dict)
    # All levels of the label, as they are compared with those of other files.
    written: dict[int, str] = field(default_factory=dict)
    # Who knew that it stands here, where it would not have been recognised alone.
    origin: Why = ""

    @property
    def found(self) -> set[str]:
        return set(self.fields.values())

    @property
    def rank(self) -> tuple[int, int]:
        """More columns are better, then fewer rows: a title is not part of the header."""
        return len(self.found), self.top - self.bottom

    @property
    def first(self) -> int:
        """The number of the first labelled column; 0 where there is none."""
        return min(self.written, default=0)

    @property
    def signature(self) -> str:
        """The same for headers that say the same in the same order, wherever they stand."""
        if not self.written:
            return ""
        lines = (f"{column - self.first} {self.written[column]}" for column in sorted(self.written))
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def missing(self, known: Iterable[Known]) -> list[Known]:
        return [column for column in known if column.required and column.field not in self.found]

    def repeated(self) -> list[tuple[int, int]]:
        """Pairs of columns that mean the same."""
        first: dict[str, int] = {}
        pairs = []
        for column in sorted(self.fields):
            earlier = first.setdefault(self.fields[column], column)
            if earlier != column:
                pairs.append((earlier, column))
        return pairs


def find(grid: Grid, vocabulary: Vocabulary) -> Header | None:
    """The header that a person pointed at; else one that an earlier file had; else the rows that
    name most columns, the fewest, upper ones where several do."""
    said = vocabulary.said
    if said and wording.matching(said.sheet) == wording.matching(grid.name):
        return mapped(grid, vocabulary)
    return _unaided(grid, vocabulary)


def sense(grid: Grid, header: Header | None) -> tuple[int, int]:
    """How much sense it makes to read the text so: columns that are known, then cells."""
    return len(header.found) if header else 0, sum(len(cells) for cells in grid.rows.values())


def mapped(grid: Grid, vocabulary: Vocabulary) -> Header | None:
    """The header as the person said, whatever the sheet; None where its rows are left to be
    recognised and are not, or hold nothing."""
    said = vocabulary.said
    assert said is not None
    header = _pointed(grid, said, vocabulary) if said.top else _unaided(grid, vocabulary)
    if header is None or not header.labels:
        return None
    return _overlaid(header, said.columns, vocabulary, "person")


def _unaided(grid: Grid, vocabulary: Vocabulary) -> Header | None:
    return _remembered(grid, vocabulary) or _recognised(grid, vocabulary)


def _pointed(grid: Grid, said: Said, vocabulary: Vocabulary) -> Header:
    """What was remembered of the header counts where the person says nothing."""
    merged = _upper(grid, down_to=said.bottom)
    header = _read(grid, said.top, said.bottom - said.top + 1, vocabulary, merged)
    earlier = vocabulary.remembered.get(header.signature)
    if earlier:
        return _recalled(header, earlier, vocabulary)
    plain = _recognised(grid, vocabulary)
    is_same = plain is not None and (plain.top, plain.bottom) == (header.top, header.bottom)
    return header if is_same else replace(header, origin="person")


def guess(grid: Grid, vocabulary: Vocabulary) -> Header | None:
    """Where no header is found: the first of the rows that hold most short, different texts."""
    best: tuple[int, int] = (1, 0)
    for row in sorted(grid.rows)[:_SEARCHED_ROWS]:
        texts = {wording.matching(text) for text in grid.texts(row).values()}
        labels = {text for text in texts if 0 < len(text) <= _LONGEST_LABEL and not _number(text)}
        if len(labels) > best[0]:
            best = (len(labels), row)
    if not best[1]:
        return None
    merged = _upper(grid)
    return _read(grid, best[1], _depths(merged, best[1])[0], vocabulary, merged)


def _number(text: str) -> bool:
    return text.replace(".", "").replace("-", "").isdecimal()


def _upper(grid: Grid, *, down_to: int = 0) -> list[Merged]:
    """The merged ranges that may belong to a header; sheets have tens of thousands below it."""
    rows = sorted(grid.rows)[:_SEARCHED_ROWS]
    last = max(down_to, rows[-1] + MOST_HEADER_ROWS if rows else 0)
    return [merged for merged in grid.merged if merged.top <= last]


def _recognised(grid: Grid, vocabulary: Vocabulary) -> Header | None:
    best: Header | None = None
    merged = _upper(grid)
    for row in sorted(grid.rows)[:_SEARCHED_ROWS]:
        for depth in _depths(merged, row):
            header = _read(grid, row, depth, vocabulary, merged)
            if _is_header(header) and (best is None or header.rank > best.rank):
                best = header
    return best


def _remembered(grid: Grid, vocabulary: Vocabulary) -> Header | None:
    if not vocabulary.remembered:
        return None
    merged = _upper(grid)
    for row in sorted(grid.rows)[:_SEARCHED_ROWS]:
        for depth in range(1, MOST_HEADER_ROWS + 1):
            header = _read(grid, row, depth, vocabulary, merged)
            columns = vocabulary.remembered.get(header.signature)
            if columns:
                return _recalled(header, columns, vocabulary)
    return None


def _recalled(header: Header, columns: Mapping[int, str], vocabulary: Vocabulary) -> Header:
    """Remembered columns are counted from the first labelled one."""
    here = {number + header.first - 1: meaning for number, meaning in columns.items()}
    told = _overlaid(header, here, vocabulary, "remembered")
    return replace(told, origin="remembered")


def _overlaid(
    header: Header, columns: Mapping[int, str], vocabulary: Vocabulary, why: Why
) -> Header:
    """The header with what somebody said of some columns; nothing else means the same then."""
    told = replace(header, fields=dict(header.fields), whys=dict(header.whys))
    labels = dict(header.labels)
    meant = set(columns.values())
    for column, meaning in header.fields.items():
        if meaning in meant and columns.get(column) != meaning:
            del told.fields[column]
            told.whys[column] = why
    for column, meaning in columns.items():
        if header.fields.get(column, "") == meaning:
            continue
        told.whys[column] = why
        told.fields.pop(column, None)
        if meaning in vocabulary.labels:
            told.fields[column] = meaning
            labels.setdefault(column, vocabulary.labels[meaning])
    fields = {column: told.fields[column] for column in sorted(told.fields)}
    return replace(told, fields=fields, labels=dict(_distinct(labels)))


def _distinct(labels: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """Of columns with the same label, the later ones bear their number: all can be told apart."""
    seen: set[str] = set()
    for column in sorted(labels):
        label = labels[column]
        if label in seen:
            label = f"{label}#{column}"
        seen.add(label)
        yield column, label


def _is_header(header: Header) -> bool:
    enough = len(set(header.labels.values())) >= _FEWEST_LABELS
    return len(header.found) >= 2 or (bool(header.found) and enough)


def _depths(upper: Iterable[Merged], row: int) -> range:
    """How many rows a header that starts here may have; merged labels say how many at least."""
    least = 1
    for merged in upper:
        if merged.top == row and merged.left == merged.right and merged.bottom > row:
            least = max(least, min(merged.bottom - row + 1, _DEPTH))
    return range(least, max(least, 2) + 1)


def _read(
    grid: Grid, top: int, depth: int, vocabulary: Vocabulary, upper: Iterable[Merged]
) -> Header:
    header = Header(top, top + depth - 1)
    paths: Paths = paths_of(grid, top, depth, upper)
    for column in sorted(paths):
        header.written[column] = "/".join(
            wording.label_matching(level.text) for level in paths[column]
        )
        header.labels[column], found = recognise(paths[column], vocabulary)
        if found.field:
            header.fields[column], header.whys[column] = found
    return header


__all__ = ["Header", "Known", "Vocabulary", "find", "guess", "mapped", "sense"]
