"""manage.py import_list: what it prints, what it writes, how it ends."""

import json

import pytest
from django.core.management import CommandError, call_command

from obligations.models import ListItem, ResponsibilityList
from tests.importing import books
from tests.importing.books import ROW, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(bodies, tmp_path, capsys):
    """Run the command on bytes; returns (exit code, printed text)."""

    def running(data, *options, name="清单.xlsx", kind="sharing"):
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        code = 0
        try:
            call_command("import_list", str(path), "--kind", kind, "--batch", "7", *options)
        except SystemExit as end:
            code = end.code
        return code, capsys.readouterr().out

    return running


def answer(result):
    code, printed = result
    return code, json.loads(printed)


def test_an_accepted_file_is_applied_and_told_as_json(run):
    code, said = answer(run(books.workbook(ROW), "--json"))
    assert code == 0
    keys = ["outcome", "rows", "problems", "warnings", "sample", "diff", "unresolved"]
    assert list(said) == keys
    assert said["diff"] == {"added": 1, "changed": 0, "withdrawn": 0, "replaced": 0, "unchanged": 0}
    assert (said["outcome"], said["rows"], said["problems"]) == ("accept", 1, [])
    assert said["sample"][0]["完成时限"] == "2025-09-30"
    assert ListItem.objects.count() == 1


def test_a_dry_run_writes_nothing(run):
    assert run(books.workbook(ROW), "--dry-run", "--json")[0] == 0
    assert ResponsibilityList.objects.count() == 0


def test_row_errors_end_with_one_and_write_nothing(run):
    code, said = answer(run(books.workbook(ROW, row(完成时限="尽快")), "--json"))
    assert (code, said["outcome"], said["rows"]) == (1, "row_errors", 2)
    assert said["problems"][0].keys() == {"row", "column", "kind", "message"}
    assert ResponsibilityList.objects.count() == 0


def test_the_sample_is_twenty_rows_or_all(run):
    data = books.workbook(*(row(数据资源名称=f"资源{n}") for n in range(25)))
    assert len(answer(run(data, "--json", "--dry-run"))[1]["sample"]) == 20
    assert len(answer(run(data, "--json", "--dry-run", "--all-rows"))[1]["sample"]) == 25


@pytest.mark.parametrize("name", ["没有.xlsx", "."])
def test_a_file_that_is_not_there_is_told_in_words(run, name):
    code, said = answer(run(None, "--json", name=name))
    assert (code, said["outcome"], said["problems"][0]["kind"]) == (1, "reject", "bad_filename")


def test_without_json_it_speaks_to_people(run):
    code, printed = run(books.workbook(row(完成时限="尽快")))
    assert code == 1
    assert "第 2 行“完成时限”列：" in printed
    assert "未写入任何内容" in printed
    code, printed = run(books.workbook(ROW))
    assert "新增清单事项 1 项" in printed


def test_a_second_run_says_that_nothing_changed(run):
    run(books.workbook(ROW))
    assert "未作任何更改" in run(books.workbook(ROW))[1]


def test_level_issuer_and_day_of_issue_belong_to_the_list(run):
    options = ("--level", "省", "--issuer", "某省政府", "--issued-on", "2025-01-02")
    run(books.workbook(ROW), *options)
    home = ResponsibilityList.objects.get()
    assert (home.level, home.issuer, home.batch, str(home.issued_on)) == (
        "province",
        "某省政府",
        7,
        "2025-01-02",
    )


def test_who_may_not_import_is_told_so_in_words(run, officer):
    with pytest.raises(CommandError):
        run(books.workbook(ROW), "--by", "officer")
    assert ResponsibilityList.objects.count() == 0


def test_an_unknown_account_is_an_error_in_words(run):
    with pytest.raises(CommandError, match="没有名为"):
        run(books.workbook(ROW), "--by", "nobody")


UNKNOWN = ("序号", "数源单位名", "资源题名", "信息项", "开放属性", "共享方式", "更新周期", "办结日")


def test_columns_and_header_rows_can_be_said_on_the_command_line(run):
    data = books.workbook(labels=UNKNOWN, above=[("标题",), books.SHARING[1:4]])
    assert run(data)[0] == 1
    columns = ("--column", "B=body", "--column", "C=title", "--map", "E=share_type")
    code, said = answer(run(data, *columns, "--column", "h=deadline", "--header", "3", "--json"))
    assert (code, said["problems"]) == (0, [])
    assert ListItem.objects.get().title == "居住证信息"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--column", "C=colour"), "“colour”"),
        (("--column", "C=title", "--column", "D=title"), "C 列和 D 列"),
        (("--header", "90-91"), "第 90 行至第 91 行"),
        (("--column", "AZ=title"), "AZ 列没有内容"),
    ],
)
def test_columns_that_cannot_be_are_refused(run, options, words):
    code, printed = run(books.workbook(), *options)
    assert code == 1
    assert words in printed
    assert not ListItem.objects.exists()
