"""A name that finds nobody: whom it may mean among bodies made for the question."""

import datetime as dt
import time
from pathlib import Path

import pytest
from django.conf import settings

from accounts import departments, names
from accounts.models import DepartmentGroup, Level
from accounts.names import Directory

DAY = dt.date(2026, 1, 5)
SAMPLE = Path(settings.BASE_DIR) / "samples" / "departments.csv"


@pytest.fixture
def make_group(db):
    def make(name, rule="listed", *others):
        group = DepartmentGroup.objects.create(name=name, rule=rule)
        for one in (name, *others):
            group.names.create(name=one, matching=names.matching(one))
        return group

    return make


def test_the_body_of_another_city_is_not_likely_however_alike_its_name(make_department, city):
    make_department("甲市公安局", at=city, level=Level.CITY)

    found = Directory(DAY).suggest("乙市公安局")

    assert [(one.name, one.likely) for one in found] == [("甲市公安局", False)]


def test_a_name_of_several_bodies_finds_none_and_suggests_all(make_department):
    first, second = make_department("甲局"), make_department("乙局")
    for one in (first, second):
        one.names.create(name="信息办", matching="信息办", kind="alias")
    directory = Directory(DAY)

    assert directory.find("信息办") is None
    assert [(one.key, one.why, one.likely) for one in directory.suggest("信息办")] == [
        (f"department:{first.pk}", "several", False),
        (f"department:{second.pk}", "several", False),
    ]


def test_a_former_name_misspelt_leads_to_the_successor(make_department):
    successor = make_department("省数据局")
    make_department("省信息中心", valid_to=dt.date(2024, 12, 31), successor=successor)

    first = Directory(DAY).suggest("省信西中心")[0]

    assert (first.key, first.name) == (f"department:{successor.pk}", "省数据局")


def test_groups_are_suggested_by_any_of_their_names(make_group):
    group = make_group("各市州", "cities", "各设区市")

    first = Directory(DAY).suggest("各设区的市")[0]

    assert (first.key, first.name, first.likely) == (f"group:{group.pk}", "各市州", True)


def test_among_3000_names_an_unknown_one_takes_a_moment(db):
    kinds = [line.split(",")[0][1:] for line in SAMPLE.read_text("utf-8-sig").splitlines()[1:36]]
    rows = [{"name": f"第{n}市{kind}", "level": "市"} for n in range(90) for kind in kinds]
    departments.load(rows, by=None)
    directory = Directory(DAY)
    directory.suggest("预热")
    written = [f"第{n}市{kind[:1]}某{kind[2:]}" for n in range(7) for kind in kinds[::4]]

    begun = time.process_time()
    for name in written:
        directory.suggest(name)
    each = (time.process_time() - begun) / len(written)

    assert len(rows) > 3000
    assert each < 0.02
