"""A name that finds nobody: whom it may mean, likeliest first."""

import csv
import datetime as dt
import time
from pathlib import Path

import pytest
from django.conf import settings

from accounts import departments, names, reference
from accounts.models import DepartmentGroup, Level
from accounts.names import Directory

DAY = dt.date(2026, 1, 5)
SAMPLE = Path(settings.BASE_DIR) / "samples" / "departments.csv"


@pytest.fixture
def province(db):
    """The sample province, and the central bodies whose names are like those of its own."""
    reference.load(by=None)
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        departments.load(list(csv.DictReader(file)), by=None)
    return Directory(DAY)


@pytest.fixture
def make_group(db):
    def make(name, rule="listed", *others):
        group = DepartmentGroup.objects.create(name=name, rule=rule)
        for one in (name, *others):
            group.names.create(name=one, matching=names.matching(one))
        return group

    return make


@pytest.mark.parametrize(
    ("written", "meant", "why"),
    [
        ("省人力资源与社会保障厅", "省人力资源和社会保障厅", "look"),
        ("省人力资源社会保障局", "省人力资源和社会保障厅", "look"),
        ("省发展与改革委员会", "省发展和改革委员会", "look"),
        ("省民证厅", "省民政厅", "sound"),
        ("省教玉厅", "省教育厅", "sound"),
        ("省公安亭", "省公安厅", "sound"),
        ("省卫计委", "省卫生健康委员会", "former"),
        ("省国土资源厅", "省自然资源厅", "former"),
        ("省环保厅", "省生态环境厅", "former"),
        ("省住建委", "省住房和城乡建设厅", "look"),
        ("省发改局", "省发展和改革委员会", "look"),
        ("省商务局", "省商务厅", "look"),
        ("省交通输运厅", "省交通运输厅", "look"),
        ("省司法厅厅", "省司法厅", "look"),
        ("司法厅", "省司法厅", "look"),
        ("省水利", "省水利厅", "look"),
        ("省 文化旅游厅", "省文化和旅游厅", "look"),
        ("sgat", "省公安厅", "initials"),
    ],
)
def test_the_body_meant_stands_first_with_the_reason(province, written, meant, why):
    first = province.suggest(written)[0]

    assert (first.name, first.why, first.likely) == (meant, why, True)


@pytest.mark.parametrize("written", ["省安厅", "省林水厅", "丁市公安局", "省监局", "局", "厅", ""])
def test_what_may_mean_several_or_none_is_never_called_likely(province, written):
    assert not any(one.likely for one in province.suggest(written))


@pytest.mark.parametrize("written", ["完全不同", "xyz", "！！"])
def test_what_is_like_nothing_has_no_suggestion(province, written):
    assert province.suggest(written) == []


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


def test_each_body_is_suggested_once_and_no_more_than_asked_for(province):
    found = province.suggest("省人社亭", limit=3)

    assert len(found) <= 3
    assert len({one.key for one in found}) == len(found)


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
