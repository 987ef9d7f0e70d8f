"""The sample lists: made by their script, rich enough, and never pretending to be real."""

import csv
import zipfile
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from docking.kind import CONTENTS, MODES, REACH, TIERS
from obligations.deadlines import parse
from samples import make
from samples.rows import HERE, MIDDLE
from sharing_lists.kind import SHARE_MODES, SHARE_TYPES, UPDATE_CYCLES

LISTS = ["sharing-list.xlsx", "docking-list.xlsx"]
FIRST_ROW = {"sharing-list.xlsx": 3, "docking-list.xlsx": 4}


def _rows(name):
    sheet = load_workbook(HERE / name).worksheets[0]
    rows = sheet.iter_rows(min_row=FIRST_ROW[name], values_only=True)
    return [row for row in rows if isinstance(row[0], int)]


def _members(path):
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.parametrize("name", LISTS)
def test_the_script_makes_exactly_the_shipped_file(name, tmp_path):
    make.make(tmp_path)
    assert _members(tmp_path / name) == _members(HERE / name)


@pytest.mark.parametrize(
    ("name", "fewest"), [("sharing-list.xlsx", 150), ("docking-list.xlsx", 60)]
)
def test_a_list_is_long_enough_to_look_like_one(name, fewest):
    assert len(_rows(name)) >= fewest


@pytest.mark.parametrize("name", LISTS)
def test_a_list_says_that_it_is_a_sample(name):
    sheet = load_workbook(HERE / name).worksheets[0]
    assert sheet["A1"].value.startswith("【示例】")
    assert "示例" in sheet.title
    assert "批" not in sheet["A1"].value


def test_every_share_type_mode_and_cycle_occurs():
    rows = _rows("sharing-list.xlsx")
    for column, choices in ((6, SHARE_TYPES), (9, SHARE_MODES), (10, UPDATE_CYCLES)):
        written = {row[column] for row in rows} - {None}
        assert written == {label for label, _aliases in choices.values()}


def test_every_tier_mode_content_and_reach_occurs():
    rows = _rows("docking-list.xlsx")
    for column, choices in ((4, TIERS), (5, MODES), (6, CONTENTS), (7, REACH)):
        written = {word for row in rows if row[column] for word in row[column].split("、")}
        assert written == {label for label, _aliases in choices.values()}


def test_a_resource_is_named_once_by_each_provider():
    named = Counter((row[1], row[3]) for row in _rows("sharing-list.xlsx"))
    assert max(named.values()) == 1


def test_many_resources_are_held_by_a_ministry_and_by_the_province():
    named = Counter(row[3] for row in _rows("sharing-list.xlsx"))
    assert sum(count == 2 for count in named.values()) >= 50


@pytest.mark.parametrize(("name", "column"), [("sharing-list.xlsx", 11), ("docking-list.xlsx", 11)])
def test_deadlines_are_spread_from_a_year_ago_to_a_year_ahead(name, column):
    cells = [row[column] for row in _rows(name)]
    read = [parse(cell, issued_on=None) for cell in cells]
    days = sorted(deadline.on for deadline in read if deadline.on)
    assert days[0] < date(2026, 1, 31)
    assert days[-1] > date(2027, 10, 1)
    assert sum(day < MIDDLE for day in days) > len(days) / 3
    assert sum(deadline.kind == "ongoing" for deadline in read) >= 3
    assert sum(isinstance(cell, datetime) for cell in cells) > len(cells) / 2
    assert {"底", "前"} <= set("".join(cell for cell in cells if isinstance(cell, str)))


def test_some_systems_have_several_supporting_departments():
    supporting = [row[10] for row in _rows("docking-list.xlsx")]
    assert sum("、" in (cell or "") for cell in supporting) >= 5
    assert None in supporting


def test_some_resources_serve_a_scene():
    assert len({row[13] for row in _rows("sharing-list.xlsx")} - {None}) >= 8


def test_the_departments_have_a_counterpart_and_the_cities_a_bureau():
    with Path(HERE / "departments.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert sum(bool(row["counterpart"]) for row in rows) >= 40
    assert sum(row["level"] == "市" for row in rows) == 11
