"""The fingerprint of a snapshot leaves nothing out unless it says why, on every database."""

import datetime as dt
import json

import pytest

from reports import canonical, fingerprints
from reports.models import (
    ContradictionLine,
    CountedLine,
    FigureLine,
    LateLine,
    ObligationLine,
    Snapshot,
    TrendPoint,
)

AS_OF = dt.date(2025, 11, 21)
_ROW = {"id": "a key of this database", "snapshot_id": "the snapshot is what is hashed"}
_DECIDED = "what people decide later; the figures stay"
LEFT_OUT = {
    Snapshot: {
        "id": "a key of this database",
        "taken_by_id": "taken_by_name says it",
        "job_id": "how it was made, not what it says",
        "excerpt_of_id": "where its lines were copied from; they are hashed themselves",
        "is_internal": "hashed as a line of its own where it is not so",
        "with_scores": "decided on the draft; the statement has its own record",
        "version": _DECIDED,
        "state": _DECIDED,
        "return_reason": _DECIDED,
        "withdraw_reason": _DECIDED,
        **{
            f"{act}_{what}": _DECIDED
            for act in ("reviewed", "published", "withdrawn")
            for what in ("by_id", "at", "by_name")
        },
    },
    FigureLine: _ROW,
    TrendPoint: _ROW,
    ObligationLine: _ROW,
    LateLine: _ROW,
    CountedLine: _ROW,
    ContradictionLine: {**_ROW, "line_id": "line__obligation_id says it for every database"},
}
HASHED = {
    Snapshot: fingerprints.HEAD,
    FigureLine: fingerprints.FIGURES,
    TrendPoint: fingerprints.TREND,
    ObligationLine: fingerprints.LINES,
    ContradictionLine: fingerprints.DOUBTS,
    LateLine: fingerprints.LATE,
    CountedLine: fingerprints.COUNTED,
}


@pytest.mark.parametrize("model", HASHED)
def test_every_column_is_hashed_or_left_out_with_its_reason(model):
    columns = {field.attname for field in model._meta.concrete_fields}
    hashed = {name for name in HASHED[model] if "__" not in name}
    left_out = set(LEFT_OUT[model])
    assert len(HASHED[model]) == len(set(HASHED[model]))
    assert hashed | left_out == columns
    assert not hashed & left_out


HEAD = {
    "as_of": AS_OF,
    "taken_at": dt.datetime(2025, 11, 22, 1, 2, 3, 40_506, tzinfo=dt.UTC),
    "batch": 7,
    "batch_kind": "sharing",
    "batch_level": "province",
    "scope_name": "全省省级第7批“𠮷”",
    "rules_version": "第 1 版",
    "due_soon_days": 5,
}
# Written by the test alone, so that it is the same wherever it is read: it changes only together
# with canonical.FORMAT, or files that were made no longer prove themselves.
KNOWN = "bd31630b9c07a9264f1ea6ae3e3284808f800adb3f0ada1713cbbf27912af855"


def value_of(field, place, number):
    sorts = {
        "DateField": lambda: AS_OF + dt.timedelta(place + number),
        "DateTimeField": lambda: HEAD["taken_at"] + dt.timedelta(hours=place, microseconds=number),
        "BooleanField": lambda: place % 2 == 0,
        "JSONField": lambda: {"b": [place, 0], "a": ["乙", "A", "b"], "c": '有，"号"', "d": None},
        "CharField": lambda: f"{number}中𠮷{place}"[: field.max_length],
        "TextField": lambda: f"{number}行\n列\t\u2028{place}",
    }
    return sorts.get(field.get_internal_type(), lambda: place + number)()


def filled(model, snapshot, number, **fixed):
    """A row with another value in every column that is hashed."""
    names = [name for name in HASHED[model] if "__" not in name and name not in fixed]
    told = {
        name: value_of(model._meta.get_field(name.removesuffix("_id")), place, number)
        if not name.endswith("_id")
        else place + number
        for place, name in enumerate(names, 1)
    }
    return model.objects.create(snapshot=snapshot, **told, **fixed)


@pytest.fixture
def written(db):
    snapshot = Snapshot.objects.create(**HEAD)
    # Keys and names that databases put in different orders.
    for number, key in enumerate(("b", "B", "乙", "", "a")):
        filled(FigureLine, snapshot, number, key=key, grouping="department")
    for number in (2, 1):
        filled(TrendPoint, snapshot, number)
        filled(LateLine, snapshot, number)
        line = filled(ObligationLine, snapshot, number)
        filled(ContradictionLine, snapshot, number, line=line)
    return Snapshot.objects.get(pk=snapshot.pk)


def test_a_snapshot_has_the_same_fingerprint_on_every_database(written):
    assert fingerprints.of_snapshot(written) == KNOWN


def test_each_table_beside_the_lines_is_part_of_it(written):
    known = {fingerprints.of_snapshot(written)}
    for rows in (written.contradictions, written.late_acts, written.trend, written.figures):
        rows.order_by("pk").first().delete()
        known.add(fingerprints.of_snapshot(written))
    written.is_internal = False
    known.add(fingerprints.of_snapshot(written))
    filled(CountedLine, written, 1)
    known.add(fingerprints.of_snapshot(written))
    assert len(known) == 7


def test_a_moment_reads_the_same_whichever_digits_of_it_a_program_keeps():
    midnight = dt.datetime.combine(AS_OF, dt.time())
    for second in range(0, 86_400, 7):
        serial = canonical.serial_of(midnight + dt.timedelta(seconds=second))
        kept = [float(f"{serial:.{digits}g}") for digits in (15, 16, 17)]
        # The first is what files that were made say of it.
        assert {*map(canonical.number_of, kept)} == {kept[0]}, second


@pytest.mark.parametrize("other", [45_901.5 + 1 / 86_400, 45_901.500_01, 0.5, 1.5])
def test_numbers_that_are_no_such_moment_stay_apart(other):
    assert canonical.number_of(45_901.5) != canonical.number_of(other) == float(f"{other:.15g}")


def test_what_a_database_froze_reads_as_what_a_program_wrote(snapshot):
    """Lists and truths inside JSON that the database itself put together."""
    before = fingerprints.of_snapshot(snapshot)
    held = 0
    for line in ObligationLine.objects.filter(snapshot=snapshot):
        told = {name: plain(value) for name, value in line.terms.items()}
        held += sum(isinstance(value, list) for value in told.values())
        ObligationLine.objects.filter(pk=line.pk).update(terms=told)
    assert held
    assert fingerprints.of_snapshot(snapshot) == before


def plain(value):
    if isinstance(value, bool):
        return int(value)
    return json.loads(value) if isinstance(value, str) and value.startswith("[") else value
