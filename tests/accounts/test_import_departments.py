"""manage.py import_departments: adds or updates by name, or says what is wrong."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, Department, Region

HEADER = (
    "name,short_name,level,kind,region,counterpart,aliases,former_names,parent,"
    "valid_from,valid_to,successor\n"
)


@pytest.fixture
def run(db, tmp_path, capsys):
    def run_file(text, encoding="utf-8"):
        path = tmp_path / "departments.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        call_command("import_departments", str(path))
        return capsys.readouterr().out

    return run_file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_with_every_column_is_loaded(run, encoding):
    out = run(
        HEADER + "省数据管理局,省数据局,省,直属机构,示例省,国家数据局,省大数据局、大数据局,"
        "省信息办（2018年前）,省发展和改革委员会,2018-10-1,,\n"
        "省发展和改革委员会,,省,,示例省,,,,,,,\n"
        "国家数据局,,国家,,,,,,,,,\n"
        "省旧局,,省,,示例省,,,,,,2020年12月31日,省数据管理局\n"
        "甲市数据局,,市,,甲市,,,,,,,\n",
        encoding,
    )
    bureau = Department.objects.get(name="省数据管理局")
    assert (bureau.short_name, bureau.level, bureau.kind) == ("省数据局", "province", "直属机构")
    assert (bureau.region.name, bureau.counterpart.name) == ("示例省", "国家数据局")
    assert (bureau.parent.name, bureau.valid_from) == ("省发展和改革委员会", dt.date(2018, 10, 1))
    assert bureau.pinyin == "ssjglj"
    kept = {(n.kind, n.name, n.valid_to) for n in bureau.names.all()}
    assert kept == {
        ("official", "省数据管理局", None),
        ("short", "省数据局", None),
        ("alias", "省大数据局", None),
        ("alias", "大数据局", None),
        ("former", "省信息办", dt.date(2017, 12, 31)),
    }
    old = Department.objects.get(name="省旧局")
    assert (old.valid_to, old.successor) == (dt.date(2020, 12, 31), bureau)
    assert Region.objects.get(name="甲市").parent.name == "示例省"
    assert "新增部门 5 个" in out
    assert AuditEntry.objects.filter(verb="add_department").count() >= 5


def test_only_the_name_is_required(run):
    run("name\n省教育厅\n")
    department = Department.objects.get()
    assert (department.name, department.level, department.region) == ("省教育厅", "province", None)


def test_a_second_run_changes_nothing(run):
    text = HEADER + "省数据管理局,省数据局,省,,示例省,国家数据局,大数据局,信息办,,,,\n"
    run(text)
    before = Department.objects.count(), AuditEntry.objects.count()
    assert "新增部门 0 个，更新 0 个，未变化 1 个" in run(text)
    assert (Department.objects.count(), AuditEntry.objects.count()) == before


def test_a_department_is_updated_by_name_and_a_blank_cell_changes_nothing(run):
    run("name,short_name,kind\n省教育厅,省教厅,组成部门\n")
    run("name,short_name,kind,aliases\n省 教育厅,教育厅,,教委\n")
    department = Department.objects.get()
    assert (department.short_name, department.kind) == ("教育厅", "组成部门")
    aliases = set(department.names.filter(kind="alias").values_list("name", flat=True))
    assert aliases == {"教委", "省教厅"}  # the replaced short name goes on finding it
    changed = AuditEntry.objects.get(verb="change_department")
    assert changed.detail == {"short_name": ["省教厅", "教育厅"]}


def test_chinese_titles_are_understood(run):
    run("名称,级别,地区,对口部门\n省公安厅,省,示例省,公安部\n公安部,国家,,\n")
    assert Department.objects.get(name="省公安厅").counterpart.name == "公安部"


def test_counterparts_that_are_not_in_the_file_are_the_central_bodies(run):
    run("name,counterpart\n省国土厅,国土资源部\n")
    assert Department.objects.get(name="省国土厅").counterpart.name == "自然资源部"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", ["文件是空的"]),
        ("short_name\n省厅\n", ["缺少“name”"]),
        ("name,colour\n省厅,红\n", ["第 1 行", "“colour”", "short_name"]),
        ("name,name\n省厅,省厅\n", ["第 1 行", "出现了两次"]),
        ("name\n", ["没有任何部门"]),
        ("name,level\n省厅,省\n厅,部级\n", ["第 3 行“level”列", "部级", "国家、省、市、县"]),
        ("name,level\n,省\n", ["第 2 行“name”列", "缺少部门名称"]),
        ("name\n省厅\n\n省 厅\n", ["第 4 行", "第 2 行"]),
        ("name,parent\n省厅,没有的厅\n", ["第 2 行“parent”列", "没有的厅"]),
        ("name,parent\n省厅,省厅\n", ["第 2 行“parent”列", "自身"]),
        ("name,parent\n甲,乙\n乙,甲\n", ["第 2 行“parent”列", "循环"]),
        ("name,valid_from\n省厅,2025-02-30\n", ["第 2 行“valid_from”列", "2025-12-31"]),
        ("name,valid_from,valid_to\n省厅,2025-2-1,2025-1-1\n", ["“valid_to”列", "早于"]),
        ("name\n省厅,多余\n", ["第 2 行", "多余"]),
        ("name\n" + "长" * 201 + "\n", ["第 2 行“name”列", "200"]),
        ('name\n"省厅\n', ["CSV"]),
        (b"PK\x03\x04...", ["Excel", "CSV UTF-8"]),
        (b"name\n\xff\xff\xff\n", ["编码"]),
        (b"n\x00a\x00m\x00e\x00", ["编码"]),
    ],
)
def test_a_bad_file_is_refused_with_place_and_remedy(run, text, sentences):
    with pytest.raises(CommandError) as refused:
        run(text)
    for sentence in ["departments.csv", *sentences]:
        assert sentence in str(refused.value)
    assert not Department.objects.exists()
    assert not Region.objects.exists()
    assert not AuditEntry.objects.exists()


def test_every_problem_of_a_file_is_told_at_once(run):
    with pytest.raises(CommandError) as refused:
        run("name,level,valid_to\n甲,部,x\n,省,\n")
    assert str(refused.value).count("第 ") == 3


def test_a_good_row_is_not_kept_when_another_is_refused(run):
    with pytest.raises(CommandError):
        run("name,region,counterpart\n好厅,示例省,\n坏厅,示例省,没有\n")
    assert not Department.objects.exists()
    assert not Region.objects.exists()


def test_a_file_that_is_not_there_is_told_plainly(db):
    with pytest.raises(CommandError, match="no-such-file"):
        call_command("import_departments", "no-such-file.csv")


def test_two_bodies_with_one_alias_are_no_counterpart(run):
    text = "name,aliases,parent\n甲,信息办,\n乙,信息办,\n丙,,信息办\n"
    with pytest.raises(CommandError, match="第 4 行"):
        run(text)


def test_the_reference_data_load_as_often_as_you_like(db, capsys):
    call_command("load_reference")
    call_command("load_reference")
    assert Region.objects.count() == 35
    assert Region.objects.get(name="新疆生产建设兵团").code is None
    assert Department.objects.filter(level="central").count() == 64
    assert "新增 0 个" in capsys.readouterr().out.splitlines()[-1]


def test_the_sample_province_loads(db, settings):
    call_command("load_reference")
    call_command("import_departments", str(settings.BASE_DIR / "samples" / "departments.csv"))
    assert Department.objects.exclude(level="central").count() == 61
    province = Region.objects.get(name="示例省")
    assert province.children.count() == 11
    ministry = Department.objects.get(name="工业和信息化部")
    assert ministry.counterparts.order_by("position").first().name == "省工业和信息化厅"


def test_loading_costs_no_query_for_each_row(load, django_assert_max_num_queries):
    rows = [
        {"name": f"省{number}局", "aliases": f"{number}办", "region": "示例省", "level": "省"}
        for number in range(300)
    ]
    with django_assert_max_num_queries(25):
        load(*rows)
    assert Department.objects.count() == 300
