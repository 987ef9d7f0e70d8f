"""What is given back in the official layout is the list: importing it changes nothing."""

import datetime as dt
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts import groups
from accounts.csv_text import marked, unmarked
from accounts.errors import RuleViolation
from accounts.models import AuditEntry
from obligations import dispatch, giving_back, importing
from obligations.importing import Target
from obligations.kinds import kinds
from obligations.models import ListItem, Obligation
from obligations.tables import choosing, sandbox
from reports.sampling import province
from tests.importing import books, documents
from tests.importing.books import ON
from tests.thorough import QUICK, TIMES, examples

pytestmark = [pytest.mark.django_db, pytest.mark.early]
TARGET = Target(7, "province", issued_on=dt.date(2024, 12, 31))
ASKED = {"first_leads": True, "allow_unresolved": True, "issued_on": TARGET.issued_on}

ODD = ("=1+1", "+86接口", "-", "@甲", "001", "2025-09-30", "1e5", "a\tb", "“引”", '"引"', "'=1")
ODD += ("两\n行", "a,b;c", "<&>", "_x0041_", "_x000D_", "é\u0301", "'x", "１２", "#N/A", "''+")
ODD += ("合计", "注：甲")
SIGNS = st.one_of(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Cn", "Co", "Zl", "Zp")),
    st.sampled_from("省公安厅数据共享 、；（）ab01=+-@'\"_"),
)
WORDS = st.text(SIGNS, min_size=1, max_size=15)
TEXTS = st.one_of(st.just(""), st.sampled_from(ODD), WORDS, WORDS.map(lambda word: f"甲\n{word}"))
NAMES = st.one_of(st.sampled_from(ODD), WORDS)
ITEMS = st.lists(WORDS, min_size=1, max_size=5).map("、".join)
DEADLINES = st.one_of(
    st.dates(dt.date(2024, 1, 1), dt.date(2099, 12, 31)),
    st.sampled_from(["2025年9月底", "9月底", "持续推进", "年底前", "2026年上半年", "2025.12"]),
)
SEVERAL = "省公安厅、省数据管理局"
BODIES = st.sampled_from(["公安部", "省公安厅", SEVERAL, "无名厅及某局", "各成员单位"])
OTHERS = st.sampled_from(["", "省公安厅", "各成员单位", "省数据管理局／某某中心", "人社部和公安部"])
CYCLES = st.sampled_from(["实时", "每工作日", "其他", "其他：每两周一次", "其他，=见附件", "按需"])


@st.composite
def sharing_rows(draw):
    shared = draw(st.booleans())
    return {
        "序号": draw(st.one_of(st.integers(1, 99), st.sampled_from(["", "一", "-1", "3-1"]))),
        "提供部门": draw(BODIES),
        "责任司局/处室": draw(NAMES | st.just("")),
        "数据资源名称": draw(NAMES),
        "目录代码": draw(st.sampled_from(["", "0012", "=A1", "3070/01"])),
        "信息项": draw(ITEMS),
        "共享类型": draw(st.sampled_from(["无条件", "受限"])) if shared else "不予",
        "共享条件": draw(TEXTS),
        "共享范围": draw(TEXTS),
        "共享方式": draw(st.sampled_from(["API", "库表", "其他", "文件"])),
        "更新周期": draw(CYCLES),
        "完成时限": draw(DEADLINES),
        "来源系统": draw(st.sampled_from(["", "人口库", "@系统"])),
        "应用场景": draw(st.sampled_from(["", "出生一件事", "甲（乙、丙）事、丁事"])),
        "密级": draw(st.sampled_from(["", "内部", "无"])),
        "备注": draw(TEXTS),
    }


@st.composite
def docking_rows(draw):
    return {
        "序号": draw(st.integers(1, 99)),
        "系统名称": draw(NAMES),
        "主管部门": draw(BODIES),
        "责任司局": draw(NAMES | st.just("")),
        "系统层级": draw(st.sampled_from(["", "国垂系统", "自建"])),
        "对接方式": draw(st.sampled_from(["", "接口", "其他"])),
        "对接内容": draw(st.sampled_from(["事项", "办件、证照", "数据及数据回流"])),
        "对接层级": draw(st.sampled_from(["", "省市县", "省、市", "县级"])),
        "技术规范": draw(TEXTS),
        "牵头部门": draw(OTHERS),
        "配合部门": draw(OTHERS),
        "完成时限": draw(DEADLINES),
        "备注": draw(TEXTS),
    }


FORMS = st.sampled_from(giving_back.FORMS)
ROWS = {"sharing": sharing_rows(), "docking": docking_rows()}


@pytest.fixture
def group(police, bureau, coordinator):
    return groups.make("各成员单位", kind="mechanism", rule="listed", by=coordinator)


def given_back(form, *, by, kind="sharing"):
    items = ListItem.objects.in_force().filter(list__kind=kind)
    home = items.first().list
    file = giving_back.give_back(items, by=by, form=form, on=ON, home=home)
    return file.name, b"".join(file.content)


def difference(read, file, *, kind="sharing", target=TARGET):
    """What importing the file anew would do; the reading with it."""
    name, data = file
    reading = read(data, name=name, kind=kind, **{**ASKED, "issued_on": target.issued_on})
    assert [problem.message for problem in reading.problems] == []
    plan = importing.preview(reading, target=target)
    return {sort: count for sort, count in plan.diff.items() if sort != "unchanged" and count}


def bring(read, rows, *, kind="sharing", target=TARGET, partly=False, keep_missing=False):
    labels = tuple(rows[0])
    data = documents.xlsx_by_openpyxl([labels, *(tuple(row.values()) for row in rows)])
    reading = read(data, kind=kind, **{**ASKED, "issued_on": target.issued_on})
    if reading.outcome != "accept":
        assert partly, [problem.message for problem in reading.problems]
        return None
    return importing.apply(reading, target=target, by=None, on=ON, keep_missing=keep_missing)


@pytest.fixture
def parsed_here(monkeypatch):
    """The same parser in this process: a child for each of hundreds of files takes minutes."""
    here = choosing.read_table
    monkeypatch.setattr(sandbox, "read_table", lambda data, **options: here(data, **options))


# Most generated rows of docking hold something that is rightly refused: a few examples say little.
LEAST = [
    pytest.param("sharing", 60, 40, marks=pytest.mark.sampled),
    pytest.param("docking", 120, 8, marks=pytest.mark.long),
]


@pytest.mark.parametrize(("kind", "count", "least"), LEAST)
def test_importing_what_was_given_back_changes_nothing(
    read, coordinator, group, parsed_here, kind, count, least
):
    taken, times = 0, 1 / 4 if QUICK else 1

    @examples(int(count * times))
    @given(rows=st.lists(ROWS[kind], min_size=1, max_size=8), form=FORMS)
    def check(rows, form):
        nonlocal taken
        with transaction.atomic():
            if bring(read, rows, kind=kind, partly=True) is not None:
                taken += 1
                file = given_back(form, by=coordinator, kind=kind)
                assert difference(read, file, kind=kind) == {}
            transaction.set_rollback(True)

    check()
    assert taken >= least * times * TIMES


def own(**cells):
    """A row of the least columns that a sharing list has."""
    return {**dict(zip(books.SHARING, books.ROW, strict=True)), "提供部门": "省公安厅", **cells}


def sheet_of(file):
    return load_workbook(io.BytesIO(file[1])).active


@pytest.mark.parametrize("form", giving_back.FORMS)
@pytest.mark.parametrize("kind", ["sharing", "docking"])
def test_the_sample_lists_come_back_as_they_were(coordinator, kind, form):
    province.ensure()
    data = (province.FOLDER / f"{kind}-list.xlsx").read_bytes()
    target = Target(7, "province")

    def read(data, name):
        ticks = {"first_leads": True, "allow_unresolved": True}
        return importing.read(data, name=name, kind=kinds()[kind], on=ON, **ticks)

    original = read(data, "清单.xlsx")
    importing.apply(original, target=target, by=None, on=ON)
    name, back = given_back(form, by=coordinator, kind=kind)

    plan = importing.preview(read(back, name), target=target)
    assert plan.unchanged == len(original.drafts)
    assert (plan.added, plan.changed, plan.missing) == (0, 0, 0)


@pytest.mark.parametrize("form", giving_back.FORMS)
def test_a_thousand_rows_and_cells_that_overflow(read, coordinator, form):
    fields = ["、".join(f"字段{n}的第{m}项" for m in range(300)) for n in range(3)]
    long = [own(序号=n, 数据资源名称="长", 信息项=names, 备注="") for n, names in enumerate(fields)]
    rows = [own(序号=n, 数据资源名称=f"资源{n}", 备注=f"备注{n}") for n in range(1200)]
    bring(read, [*long, *rows])
    assert difference(read, given_back(form, by=coordinator)) == {}


@pytest.mark.parametrize("form", giving_back.FORMS)
def test_items_that_are_alike_stay_two(read, coordinator, form):
    rows = [
        own(信息项="姓名、证号"),
        own(信息项="姓名", 更新周期="每周"),
        own(信息项="证号", 更新周期="每周"),
    ]
    assert bring(read, rows).added == 2
    assert difference(read, given_back(form, by=coordinator)) == {}


@pytest.mark.parametrize("form", giving_back.FORMS)
def test_items_that_became_alike_one_after_the_other_stay_two(read, coordinator, form):
    """In a new list their rows would be one item; here each has obligations of its own."""
    bring(read, [own(信息项="姓名"), own(信息项="证号", 更新周期="每周")])
    bring(read, [own(信息项="证号")], keep_missing=True)
    assert ListItem.objects.in_force().count() == 2
    assert difference(read, given_back(form, by=coordinator)) == {}
    more = [
        books.row(提供部门="省公安厅", 信息项=name) for name in ("姓名", "证号", "住址", "电话")
    ]
    plan = importing.preview(read(books.workbook(*more)), target=TARGET)
    assert (plan.items, plan.added, plan.unchanged, plan.missing) == (3, 1, 2, 0)


@pytest.mark.parametrize("form", giving_back.FORMS)
def test_what_a_later_batch_amended_comes_back_with_its_day(read, coordinator, form):
    """Its words named a year that was the later list's."""
    later = Target(8, "province", issued_on=dt.date(2026, 3, 1))
    bring(read, [own(完成时限="9月底")])
    bring(read, [own(完成时限="9月底")], target=later)
    assert ListItem.objects.get().deadline_on == dt.date(2026, 9, 30)
    assert difference(read, given_back(form, by=coordinator)) == {}


def test_withdrawn_rows_are_left_out_and_the_rest_is_the_list(read, coordinator):
    bring(read, [own(), own(数据资源名称="户籍信息")])
    bring(read, [own()])
    file = given_back("xlsx", by=coordinator)
    assert difference(read, file) == {}
    titles = [row[3].value for row in sheet_of(file).iter_rows(min_row=3)]
    assert titles == ["居住证信息", None]


def test_the_layout_is_the_official_one(read, coordinator):
    dated = own(完成时限=dt.date(2025, 9, 30))
    bring(read, [dated, own(数据资源名称="乙", 完成时限="2025年12月底")])
    file = given_back("xlsx", by=coordinator)
    sheet = sheet_of(file)
    assert file[0] == "政务数据共享责任清单-第7批-20250801.xlsx"
    assert sheet["A1"].value == ListItem.objects.first().list.title
    assert [cell.value for cell in sheet[2]] == [one.label for one in kinds()["sharing"].columns]
    assert (sheet["L3"].value.date(), sheet["L4"].value) == (dt.date(2025, 9, 30), "2025年12月底")
    assert sheet["A5"].value.startswith("注：")
    assert {str(one) for one in sheet.merged_cells.ranges} == {"A1:P1", "A5:P5"}


def test_what_is_given_back_can_be_printed(read, coordinator):
    typed = "\n".join(f"{number}. 用于本部门依法履职，使用前注明用途" for number in range(1, 8))
    plain = own(完成时限=dt.date(2025, 9, 30), 备注="")
    bring(read, [plain, own(数据资源名称="乙", 备注=typed)])
    sheet = sheet_of(given_back("xlsx", by=coordinator))
    # Programs other than Excel fit no rows: each is as high as its title, its heading, its lines.
    points = [sheet.row_dimensions[row].height for row in range(1, 5)]
    assert points[0] >= 30
    assert points[3] >= 7 * 2 * 10.5 > points[2]
    width = sum(sheet.column_dimensions[cell.column_letter].width for cell in sheet[2])
    # A4 landscape, 10.5 points of type, a digit of which is half as wide.
    assert 10.5 * 784 / (width * 5.25) >= 6.5
    assert sheet["L3"].number_format == 'yyyy"年"m"月"d"日"'
    assert sheet.print_title_rows == "$1:$2"
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"


@pytest.mark.parametrize("title", ["=1+1", "@SUM(A1)", "+1", "－1", "'=1"])
def test_nothing_becomes_a_formula(read, coordinator, title):
    bring(read, [own(数据资源名称=title, 备注="=HYPERLINK(1)")])
    rows = sheet_of(given_back("xlsx", by=coordinator)).iter_rows()
    written = {cell.data_type for row in rows for cell in row if cell.value is not None}
    assert written == {"s", "d"}
    text = given_back("csv", by=coordinator)[1].decode("utf-8-sig")
    assert f",'{title}," in text
    assert ",'=HYPERLINK(1)" in text


@pytest.mark.parametrize("text", [*ODD, "", "'", "'''-", "#REF!", "'#N/A", " =1", "\t1", "甲"])
def test_marked_text_is_found_as_it_was(text):
    assert unmarked(marked(text)) == text


def test_several_kinds_are_sheets_of_a_workbook_and_no_text_file(read, coordinator):
    bring(read, [own()])
    bring(read, [dict(zip(books.DOCKING, books.DOCKED, strict=True))], kind="docking")
    items = ListItem.objects.in_force()
    file = giving_back.give_back(items, by=coordinator, form="xlsx", on=ON)
    book = load_workbook(io.BytesIO(b"".join(file.content)))
    assert book.sheetnames == ["政务数据共享责任清单", "垂直管理业务系统对接责任清单"]
    assert file.name == "责任清单-第7批-20250801.xlsx"
    with pytest.raises(RuleViolation, match="Excel"):
        giving_back.give_back(items, by=coordinator, form="csv", on=ON)


def test_departments_take_what_they_may_see(read, officer, officer2, coordinator):
    shared = own(提供部门="省数据管理局、省公安厅", 数据资源名称="合办", 备注="仅供牵头部门")
    bring(
        read, [{**own(), "备注": "本部门的"}, shared, own(提供部门="教育部", 数据资源名称="学籍")]
    )
    dispatch.issue_many(Obligation.objects.filter(external=False), by=coordinator, on=ON)
    file = giving_back.give_back(ListItem.objects.all(), by=officer, form="csv", on=ON)
    text = b"".join(file.content).decode()
    assert "居住证信息" in text
    assert "本部门的" in text
    assert "合办" in text
    assert "仅供牵头部门" not in text
    assert "学籍" not in text
    with pytest.raises(RuleViolation):
        giving_back.give_back(ListItem.objects.all(), by=officer2, form="csv", on=ON)


def test_whoever_takes_a_list_is_on_record(read, leader):
    bring(read, [own()])
    given_back("csv", by=leader)
    entry = AuditEntry.objects.get(verb="export")
    assert (entry.username, entry.detail["form"]) == ("leader", "official.csv")
    assert (entry.object_type, entry.detail["rows"]) == ("obligations.responsibilitylist", 1)


def test_those_who_read_nothing_take_nothing(read, sysadmin):
    bring(read, [own()])
    with pytest.raises(PermissionDenied):
        given_back("csv", by=sysadmin)
