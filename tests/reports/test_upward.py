"""上报表: every list in its own columns with status and completion, from the frozen lines."""

import itertools

import pytest
from openpyxl import load_workbook

from obligations.kinds import kinds
from obligations.models import Block, ListItem, ResponsibilityList
from reports import snapshots, upward
from reports.models import FigureLine, ObligationLine
from tests.reports.conftest import AS_OF


def written(snapshot, tmp_path):
    path = tmp_path / "upward.xlsx"
    cleanings = upward.write(snapshot, to=path)
    return load_workbook(path), cleanings


def rows(sheet):
    heads = [top.value or low.value for top, low in zip(sheet[3], sheet[4], strict=True)]
    heads[-2:] = [cell.value for cell in sheet[4][-2:]]
    found = [row for row in sheet.iter_rows(min_row=5, values_only=True) if row[0]]
    return [dict(zip(heads, row, strict=True)) for row in found]


def test_every_list_has_a_sheet_in_the_columns_of_its_official_table(snapshot, tmp_path):
    book, cleanings = written(snapshot, tmp_path)
    assert cleanings.count == 0
    assert book.sheetnames == ["系统对接-第5批", "数据共享-第7批"]
    for sheet, code in zip(book.worksheets, ("docking", "sharing"), strict=True):
        labels = [column.label for column in kinds()[code].columns]
        assert list(rows(sheet)[0]) == [*labels, "状态", "完成情况"]
        titles = [cell.value for cell in sheet[1] if cell.value]
        assert all(title.endswith("落实情况上报表") for title in titles)
        assert len(titles) == len(sheet.col_breaks.brk) + 1
        assert sheet.print_title_rows == "$2:$4"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)


def test_every_item_stands_once_with_what_became_of_it(province, snapshot, tmp_path):
    book, _cleanings = written(snapshot, tmp_path)
    found = {row["数据资源名称"]: row for row in rows(book["数据共享-第7批"])}
    assert len(found) == ObligationLine.objects.filter(kind="sharing").count()
    of = {name: found[row.item.title] for name, row in province.items() if row.item.title in found}
    assert {name: row["状态"] for name, row in of.items()} == {
        "in time": "已完成",
        "late": "已完成",
        "overdue": "逾期",
        "waiting": "推进中",
        "unendorsed": "推进中",
        "due soon": "推进中",
        "ongoing": "推进中",
        "draft": "待下达",
    }
    assert of["in time"]["完成情况"] == "省公安厅（牵头供数）已核验销号，2025年9月1日完成"
    assert of["overdue"]["完成情况"].startswith(
        "省公安厅（牵头供数）推进中，要求2025年9月30日完成，逾期33个工作日"
    )
    assert of["in time"]["共享类型"] == "有条件共享"


def test_an_item_of_several_bodies_names_each(snapshot, tmp_path):
    book, _cleanings = written(snapshot, tmp_path)
    [row] = rows(book["系统对接-第5批"])
    assert row["系统名称"] == "【示例】人口管理系统"
    assert row["状态"] == "受阻"
    ministry, police = row["完成情况"].split("；")
    assert ministry.startswith("公安部（上级开放）未开放")
    assert police.startswith("省公安厅（牵头对接）推进中")
    assert "受阻：=部里接口未开放" in police


def test_each_list_has_its_own_items_whole_and_says_how_many_owe_nothing(
    owe, make_item, police, health, coordinator, tmp_path
):
    other = ResponsibilityList.objects.create(
        kind="sharing", level="province", batch=8, title="第八批清单"
    )
    items = [make_item(police), make_item(police)]
    ListItem.objects.update(position=1)
    for department, item in itertools.product((police, health), items):
        owe(department, item=item, status="issued")
    owe(police, item=make_item(police, on_list=other), status="issued")
    make_item(health)
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)

    book, _cleanings = written(taken, tmp_path)

    found = {sheet.title: rows(sheet) for sheet in book.worksheets}
    assert {name: [row["序号"] for row in listed] for name, listed in found.items()} == {
        "数据共享-第7批": ["1", "2"],
        "数据共享-第8批": ["3"],
    }
    assert ["；" in row["完成情况"] for row in found["数据共享-第7批"]] == [True, True]
    said = [" ".join(cell.value or "" for cell in sheet[2]) for sheet in book.worksheets]
    assert ["不产生责任的1条未列入" in one for one in said] == [True, False]


def test_later_changes_do_not_reach_it(province, snapshot, tmp_path):
    before = [rows(sheet) for sheet in written(snapshot, tmp_path)[0].worksheets]
    ListItem.objects.update(title="改名", serial="99")
    Block.objects.update(reason="改写")
    assert [rows(sheet) for sheet in written(snapshot, tmp_path)[0].worksheets] == before


def test_the_same_snapshot_gives_the_same_bytes(snapshot, tmp_path):
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    upward.write(snapshot, to=one)
    upward.write(snapshot, to=two)
    assert one.read_bytes() == two.read_bytes()


def line(**facts):
    known = {"counted": True, "status": "in_progress", "light": "green", "external": False}
    return ObligationLine(**known | facts)


@pytest.mark.parametrize(
    ("owed", "word"),
    [
        ([line(status="verified")], "已完成"),
        ([line(status="verified"), line()], "推进中"),
        ([line(status="verified"), line(light="red")], "逾期"),
        # The service stopped after it was verified.
        ([line(status="verified", light="red")], "逾期"),
        ([line(blocked=True), line(status="verified")], "受阻"),
        ([line(status="verified"), line(counted=False, exempt=True)], "已完成"),
        ([line(counted=False, exempt=True)], "不适用"),
        ([line(counted=False, status="draft")], "待下达"),
        ([line(counted=False, status="withdrawn")], "撤销"),
        ([line(counted=False, status="withdrawn"), line(counted=False, exempt=True)], "不适用"),
        ([line(external=True, counted=False)], "未开放"),
        ([line(external=True, counted=False, opened_on=AS_OF)], "已开放"),
        ([line(external=True, counted=False), line(status="verified")], "已完成"),
    ],
)
def test_one_word_says_where_an_item_stands(owed, word):
    assert upward.state_of(owed) == word


def test_sheets_of_lists_of_one_batch_have_names_of_their_own(coordinator):
    names = set()
    lines = [FigureLine(kind="sharing", position=7, name=name) for name in "甲乙"]
    assert [upward._name(one, names) for one in lines] == ["数据共享-第7批", "数据共享-第7批（2）"]


def test_nothing_from_data_becomes_a_formula(province, coordinator, tmp_path):
    ListItem.objects.update(remark="=1+1")
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    book, _cleanings = written(taken, tmp_path)
    for sheet in book.worksheets:
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
