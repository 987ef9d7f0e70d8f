"""A name that finds nobody: whom it may mean, likeliest first."""

import csv
import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings

from accounts import departments, reference
from accounts.names import Directory

DAY = dt.date(2026, 1, 5)
pytestmark = pytest.mark.django_db
SAMPLE = Path(settings.BASE_DIR) / "samples" / "departments.csv"


@pytest.fixture(scope="module")
def province(kept_data):
    """The sample province, and the central bodies whose names are like those of its own."""
    reference.load(by=None)
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        departments.load(list(csv.DictReader(file)), by=None)
    return Directory(DAY)


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


def test_each_body_is_suggested_once_and_no_more_than_asked_for(province):
    found = province.suggest("省人社亭", limit=3)

    assert len(found) <= 3
    assert len({one.key for one in found}) == len(found)
