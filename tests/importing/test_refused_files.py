"""Odd and hostile files: each is refused for its own reason, in words, before anything is kept."""

import pytest

from obligations.tables import choosing, sandbox
from obligations.tables.findings import Refused
from tests.importing import books
from tests.importing.books import KNOWN, ROW, SHARING
from tests.importing.corpus.refused import CASES


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_refused_for_its_own_reason(case):
    name, make, kind = CASES[case]
    with pytest.raises(Refused) as refused:
        choosing.read_table(make(), name=name, known=KNOWN)
    assert refused.value.kind == kind
    assert "%(" not in refused.value.message
    assert refused.value.message.endswith("。")


def test_a_name_that_disagrees_is_refused_naming_name_and_content():
    with pytest.raises(Refused) as refused:
        choosing.read_table(b"<html><body></body></html>", name="清单.xlsx", known=KNOWN)
    assert ".xlsx" in refused.value.message
    assert ".html" in refused.value.message


def test_every_missing_and_every_repeated_column_is_named_at_once():
    data = books.workbook(labels=("序号", "提供部门", "责任部门", "信息项", "备注"))
    with pytest.raises(Refused) as refused:
        choosing.read_table(data, name="a.xlsx", known=KNOWN)
    assert [(found.kind, found.column, found.row) for found in refused.value.findings] == [
        ("missing_column", "数据资源名称", 1),
        ("missing_column", "共享类型", 1),
        ("missing_column", "完成时限", 1),
        ("duplicate_column", "责任部门", 1),
    ]


def test_secret_rows_are_named():
    rows = [
        (n, "公安部", f"资源{n}", *ROW[3:], mark) for n, mark in enumerate(["", "绝密", "内部"])
    ]
    data = books.workbook(*rows, labels=(*SHARING, "密级"))
    with pytest.raises(Refused) as refused:
        choosing.read_table(data, name="a.xlsx", known=KNOWN)
    assert [(found.row, found.column) for found in refused.value.findings] == [(3, "密级")]


@pytest.mark.own_parser
def test_the_child_process_is_stopped_when_it_takes_too_long(monkeypatch):
    monkeypatch.setattr("obligations.tables.limits.PARSER_WAIT_SECONDS", 0.001)
    with pytest.raises(Refused) as refused:
        sandbox.read_table(books.workbook(), name="a.xlsx", known=KNOWN)
    assert refused.value.kind == "corrupt"
    assert "未能在" in refused.value.message


@pytest.mark.own_parser
def test_the_child_process_says_the_same_as_the_reader():
    data = books.workbook(ROW, (2, *ROW[1:]), above=[("标题",)])
    inside = choosing.read_table(data, name="a.xlsx", known=KNOWN)
    assert sandbox.read_table(data, name="a.xlsx", known=KNOWN) == inside
