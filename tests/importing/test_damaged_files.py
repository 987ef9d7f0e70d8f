"""Files damaged at random are read or refused; nothing else ever happens."""

import random

import pytest

from obligations.tables import choosing
from obligations.tables.findings import Refused
from tests.importing import books
from tests.importing.books import KNOWN

CLEAN = books.workbook(above=[("标题",)], merged=["A1:H1"])
SIGNS = b'<>"/=0129AZ ax&;'


def bytes_changed(chance):
    data = bytearray(CLEAN)
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def markup_changed(chance):
    members = books.parts(CLEAN)
    name = chance.choice(list(members))
    content = bytearray(members[name])
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(content))
        content[place : place + chance.randint(0, 3)] = chance.choices(SIGNS, k=2)
    return books.packed(members | {name: bytes(content)})


def part_removed(chance):
    members = books.parts(CLEAN)
    members.pop(chance.choice(list(members)))
    return books.packed(members)


def rows_or_reasons(data):
    try:
        return choosing.read_table(data, name="a.xlsx", known=KNOWN).rows
    except Refused as refused:
        return [finding.sentence() for finding in refused.findings]


@pytest.mark.parametrize("damage", [bytes_changed, markup_changed, part_removed])
@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_workbook_is_read_or_refused_in_words(damage, seed):
    found = rows_or_reasons(damage(random.Random(seed)))
    assert found
    assert all(found)
