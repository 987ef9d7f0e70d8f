"""Several bodies in one cell come apart again, however they were joined, and none is lost."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.names import matching
from obligations.tables import cells
from tests.thorough import examples

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "departments.csv"
STRONG = ["、", "／", "/", "；", ";", "，", ",", "\n", "、\n", " ； ", "\r\n"]
WEAK = ["及", "和", "会同", "与", " ", "\u3000"]


def names_of_the_sample():
    with SAMPLES.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {row["name"] for row in rows} | {row["counterpart"] for row in rows}
    found |= {row["short_name"] for row in rows}
    found |= {alias for row in rows for alias in row["aliases"].replace("；", ";").split(";")}
    return sorted(found - {""})


NAMES = names_of_the_sample()
KNOWN = {matching(name) for name in NAMES}
HOLDING = [name for name in NAMES if any(sign in name for sign in ("和", "及", "与", "会同"))]
SOME = st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True)
# What no directory has; none of it holds a separator.
STRANGE = st.sampled_from(["某某局", "石油办", "未来厅", "海关缉私处", "甲市乙县丙局"])


def is_known(text):
    return matching(text) in KNOWN


def units(text):
    return cells.units(text, is_known=is_known)


def test_the_sample_has_names_that_hold_a_separator():
    assert len(HOLDING) >= 10
    assert "省人力资源和社会保障厅" in HOLDING


@pytest.mark.parametrize("name", NAMES)
def test_a_name_alone_stays_whole(name):
    assert units(name) == [name]


@examples(50)
@given(SOME, st.sampled_from(STRONG + WEAK))
def test_names_joined_by_one_separator_come_apart(names, separator):
    assert units(separator.join(names)) == names


@examples(75)
@given(SOME, st.data())
def test_names_joined_by_any_separators_come_apart(names, data):
    text = names[0]
    for name in names[1:]:
        text += data.draw(st.sampled_from(STRONG + WEAK)) + name
    assert units(text) == names


@examples(50)
@given(st.lists(st.sampled_from(HOLDING), min_size=2, max_size=5, unique=True))
def test_names_that_hold_the_separator_come_apart_at_it(names):
    assert units("和".join(names)) == names


@examples(75)
@given(SOME, STRANGE, st.data())
def test_a_name_that_nobody_knows_is_never_dropped(names, strange, data):
    place = data.draw(st.integers(0, len(names)))
    mixed = [*names[:place], strange, *names[place:]]
    assert units(data.draw(st.sampled_from(STRONG)).join(mixed)) == mixed
    weakly = units(data.draw(st.sampled_from(WEAK)).join(mixed))
    assert strange in weakly
    assert set(names) <= set(weakly)


@examples(50)
@given(st.text(st.sampled_from("省公安厅和及、与；会同 某（）牵头"), max_size=24))
def test_no_character_of_a_cell_is_lost_but_separators_and_roles(text):
    kept = "".join(units(text))
    for sign in "某省公安厅":
        assert (sign in kept) == (sign in text.replace("（牵头）", ""))
