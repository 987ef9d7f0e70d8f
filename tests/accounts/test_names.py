"""A name in a document means one body, on a day."""

import datetime as dt

import pytest

from accounts import departments, names, names_then
from accounts.errors import RuleViolation
from accounts.models import AuditEntry, Department
from accounts.names import Directory, matching

DAY = dt.date(2026, 1, 5)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("省公安厅", " 省 公安厅\n"),
        ("省公安厅", "省\u200b公安厅\ufeff"),
        ("国家税务总局（省）", "国家税务总局(省)"),
        ("甲〔乙〕", "甲[乙]"),
        ("A—B", "ａ－ｂ"),
        ("工业和信息化部", "⼯业和信息化部"),
    ],
)
def test_spellings_of_one_name_match(written, same):
    assert matching(written) == matching(same)


def test_different_names_do_not_match():
    assert matching("省公安厅") != matching("省公安局")


@pytest.fixture
def bodies(load):
    load(
        {"name": "自然资源部", "level": "国家", "former_names": "国土资源部（2018年前）"},
        {"name": "住房和城乡建设部", "short_name": "住房城乡建设部", "aliases": "住建部、城建部"},
        {"name": "省自然资源厅", "counterpart": "自然资源部"},
    )


@pytest.mark.parametrize(
    ("text", "official"),
    [
        ("自然资源部", "自然资源部"),
        ("国土资源部", "自然资源部"),
        ("住房城乡建设部", "住房和城乡建设部"),
        ("住 建 部", "住房和城乡建设部"),
        ("没有的部", None),
        ("", None),
    ],
)
def test_any_name_of_a_body_finds_it(bodies, text, official):
    found = Directory(on=DAY).find(text)
    assert (found and found.name) == official


def test_an_official_name_beats_an_alias_and_two_aliases_mean_nobody(load):
    load(
        {"name": "数据局"},
        {"name": "甲局", "aliases": "数据局、信息办"},
        {"name": "乙局", "aliases": "信息办"},
    )
    directory = Directory(on=DAY)
    assert directory.find("数据局").name == "数据局"
    assert directory.find("信息办") is None


def test_a_body_that_was_merged_stands_for_its_successor_after_its_last_day(load):
    load(
        {"name": "省信息局", "valid_to": "2024-12-31", "successor": "省数据局"},
        {"name": "省数据局"},
    )
    assert Directory(on=dt.date(2024, 12, 31)).find("省信息局").name == "省信息局"
    assert Directory(on=dt.date(2025, 1, 1)).find("省信息局").name == "省数据局"


def test_a_body_without_successor_is_not_found_after_its_last_day(load):
    load(
        {"name": "省临时办", "valid_to": "2024-12-31"}, {"name": "省新办", "valid_from": "2027-1-1"}
    )
    directory = Directory(on=DAY)
    assert directory.find("省临时办") is None
    assert directory.find("省新办") is None


def test_departments_without_dated_names_are_found_by_their_columns(db):
    Department.objects.create(name="省水利厅", short_name="省水厅")
    directory = Directory(on=DAY)
    assert directory.find("省水利厅") == directory.find("省水厅") is not None


def test_a_directory_costs_few_queries_however_much_is_asked(bodies, django_assert_num_queries):
    # Departments and their names; with the first name that finds no department, groups' names.
    with django_assert_num_queries(3):
        directory = Directory(on=DAY)
        central = directory.find("国土资源部")
        assert directory.counterpart_of(central).name == "省自然资源厅"
        assert directory.close_to("省自然资源局") == "省自然资源厅"
        assert directory.close_to("完全不同") is None


def test_the_counterpart_is_the_first_existing_department_that_names_the_body(load):
    load(
        {"name": "工业和信息化部", "level": "国家"},
        {"name": "省旧信息厅", "counterpart": "工业和信息化部", "valid_to": "2020-1-1"},
        {"name": "省工业和信息化厅", "counterpart": "工业和信息化部"},
        {"name": "省通信管理局", "counterpart": "工业和信息化部"},
    )
    central = Department.objects.get(name="工业和信息化部")
    assert departments.counterpart_of(central, on=DAY).name == "省工业和信息化厅"
    assert Directory(on=DAY).counterpart_of(central).name == "省工业和信息化厅"
    orphan = Department.objects.get(name="省通信管理局")
    assert departments.counterpart_of(orphan, on=DAY) is None


def test_a_renamed_department_is_found_by_both_names(load, sysadmin):
    load({"name": "省大数据局"})
    department = Department.objects.get()
    departments.rename(department, name="省数据管理局", on=dt.date(2026, 1, 1), by=sysadmin)
    department.refresh_from_db()
    assert (department.name, department.pinyin) == ("省数据管理局", "ssjglj")
    after = Directory(on=DAY)
    assert after.find("省大数据局") == after.find("省数据管理局") == department
    assert Directory(on=dt.date(2025, 12, 31)).find("省数据管理局") is None
    former = department.names.get(kind="former")
    assert (former.name, former.valid_to) == ("省大数据局", dt.date(2025, 12, 31))
    assert AuditEntry.objects.get(verb="rename_department").username == "sysadmin"


def test_on_each_day_a_department_has_the_name_of_that_day_alone(load):
    load({"name": "省数据管理局"})
    department = Department.objects.get()
    Department.objects.filter(pk=department.pk).update(valid_from=dt.date(2018, 1, 1))
    for name, begun, ended in (
        ("省信息中心", None, dt.date(2019, 6, 30)),
        ("省大数据局", None, dt.date(2023, 6, 30)),
        ("省数字办", dt.date(2024, 1, 1), dt.date(2025, 12, 31)),
    ):
        dated = {"valid_from": begun, "valid_to": ended}
        department.names.create(name=name, matching=name, kind="former", **dated)
    days = {
        (2017, 12, 31): None,
        (2018, 1, 1): "省信息中心",
        (2019, 6, 30): "省信息中心",
        (2019, 7, 1): "省大数据局",
        (2023, 6, 30): "省大数据局",
        (2023, 7, 1): None,
        (2024, 1, 1): "省数字办",
        (2025, 12, 31): "省数字办",
        (2026, 1, 1): None,
    }
    found = {day: names_then.on(dt.date(*day)).get(department.pk) for day in days}
    assert found == days


@pytest.mark.parametrize("name", ["省乙局", "省甲局", " ", "长" * 201])
def test_a_department_is_not_renamed_to_a_name_that_is_taken_or_unusable(load, sysadmin, name):
    load({"name": "省甲局"}, {"name": "省乙局"})
    department = Department.objects.get(name="省甲局")
    with pytest.raises(RuleViolation):
        departments.rename(department, name=name, on=DAY, by=sysadmin)
    department.refresh_from_db()
    assert department.name == "省甲局"


def test_tidy_keeps_a_name_as_written():
    assert names.tidy(" 省　公安\u200b厅（本部）\n") == "省 公安厅（本部）"
