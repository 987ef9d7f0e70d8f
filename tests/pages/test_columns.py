"""The page of sheet and columns: what was recognised and why, said anew, remembered, forgotten."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from obligations.models import ColumnMapping, Import
from tests.importing import books
from tests.importing.books import ROW, SHARING
from tests.importing.test_layouts import MEANT, UNKNOWN

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nothing_due")]
CHOSEN = {f"column-{number}": field for number, field in MEANT.items()}
RECOGNISED = {
    "column-1": "serial",
    "column-4": "data_items",
    "column-6": "share_mode",
    "column-7": "update_cycle",
}
SAID = CHOSEN | RECOGNISED


def work():
    call_command("run_jobs", "--until-empty", stdout=io.StringIO())


@pytest.fixture
def upload(signed_in, coordinator, police, ministry):
    def send(data, *, name="清单.xlsx"):
        fields = {"kind": "sharing", "batch": 7, "level": "province"}
        file = SimpleUploadedFile(name, data)
        answer = signed_in(coordinator).post("/imports/new/", {**fields, "file": file})
        assert answer.status_code == 302, answer.text
        work()
        return Import.objects.latest("pk")

    return send


@pytest.fixture
def page(signed_in, coordinator):
    """page(import, data): what the page shows, or answers to the form and the job after it."""

    def of(found, data=None):
        client = signed_in(coordinator)
        address = f"/imports/{found.pk}/columns/"
        if data is None:
            return client.get(address)
        answer = client.post(address, {"version": found.version, **data})
        work()
        found.refresh_from_db()
        return answer

    return of


def several_sheets():
    def second(sheet):
        other = sheet.parent.create_sheet("另一张")
        for line in (SHARING, ROW):
            other.append(line)

    return books.workbook(change=second)


def test_a_refused_file_leads_to_the_page_that_lists_what_is_missing(
    signed_in, coordinator, upload, page
):
    found = upload(books.workbook(labels=UNKNOWN))
    wizard = signed_in(coordinator).get(f"/imports/{found.pk}/")
    assert f'href="/imports/{found.pk}/columns/"' in wizard.text
    shown = page(found)
    assert [column.label for column in shown.context["form"].missing] == [
        "提供部门",
        "数据资源名称",
        "共享类型",
        "完成时限",
    ]
    assert "还缺少必需的列：4 个" in shown.text
    assert "资源题名" in shown.text
    assert "居住证信息" in shown.text
    assert "列名一致" in shown.text
    assert "未识别" in shown.text


def test_what_is_said_is_read_again_and_remembered(upload, page):
    found = upload(books.workbook(labels=UNKNOWN))
    answer = page(found, SAID)
    assert (answer.status_code, answer.url) == (302, f"/imports/{found.pk}/")
    assert (found.state, found.sheet) == ("ready", "")
    later = upload(books.workbook(labels=UNKNOWN), name="下一批.xlsx")
    assert later.state == "ready"
    shown = page(later)
    assert "对文件“清单.xlsx”的指定" in shown.text
    assert "沿用以往文件的指定" in shown.text


def test_what_is_remembered_is_forgotten_on_the_page(upload, page):
    found = upload(books.workbook(labels=UNKNOWN))
    page(found, SAID)
    later = upload(books.workbook(labels=UNKNOWN))
    assert page(later, {"forget": "1"}).status_code == 302
    assert (later.state, ColumnMapping.objects.count()) == ("refused", 0)


def test_two_columns_said_to_be_the_same_are_shown_again_with_what_was_chosen(upload, page):
    found = upload(books.workbook(labels=UNKNOWN))
    answer = page(found, SAID | {"column-5": "title"})
    form = answer.context["form"]
    assert answer.status_code == 409
    assert "C 列和 E 列都被指定为“数据资源名称”" in answer.text
    assert [column.letters for column in form.columns if column.is_wrong] == ["C", "E"]
    assert {column.field: column.chosen for column in form.columns} == SAID | {"column-5": "title"}
    assert found.state == "refused"


def test_the_header_rows_are_said_first_and_the_columns_found_below_them(upload, page):
    labels = [f"列名{n}" for n in "甲乙丙丁戊己庚辛"]
    above = [[f"说明{n}" for n in "甲乙丙丁戊己庚辛"]]
    found = upload(books.workbook(labels=labels, above=above))
    assert found.problems[0]["kind"] == "no_header"
    assert found.problems[0]["message"] in page(found).text
    page(found, {"top": "2", "bottom": "2"})
    assert [column.label for column in page(found).context["form"].columns] == labels
    page(found, SAID)
    assert found.state == "ready"


def test_a_file_with_several_tables_is_read_from_the_sheet_that_is_chosen(upload, page):
    found = upload(several_sheets())
    assert found.problems[0]["kind"] == "choose_sheet"
    assert [one["name"] for one in page(found).context["form"].sheets] == ["清单", "另一张"]
    page(found, {"sheet": "另一张", "top": "1", "bottom": "1"})
    assert (found.state, found.sheet, found.layout["sheet"]) == ("ready", "另一张", "另一张")


@pytest.mark.parametrize("sheet", ["\x00", "名" * 101, "别的"])
def test_a_sheet_that_cannot_exist_is_not_looked_for(upload, page, sheet):
    found = upload(several_sheets())
    version = found.version
    answer = page(found, {"sheet": sheet, "top": "1", "bottom": "1"})
    assert answer.status_code == 409
    assert "没有叫这个名称的工作表" in answer.text
    assert found.version == version


@pytest.mark.parametrize("rows", [("", ""), ("x", "2"), ("3", "2"), ("1", "99999999999")])
def test_header_rows_that_cannot_be_are_refused_with_a_sentence(upload, page, rows):
    found = upload(books.workbook(labels=UNKNOWN))
    answer = page(found, {"top": rows[0], "bottom": rows[1]})
    assert answer.status_code == 409
    assert "未保存任何内容" in answer.text
    assert found.mapping == {}


def test_a_file_that_was_understood_can_be_looked_at_and_said_differently(upload, page):
    found = upload(books.workbook((*ROW, "旁注"), labels=(*SHARING, "其他")))
    assert found.state == "ready"
    everything = {f"column-{n}": one["field"] for n, one in enumerate(found.layout["columns"], 1)}
    page(found, everything | {"column-9": "remark"})
    assert (found.state, found.sample[0]["备注"]) == ("ready", "旁注")


def test_forty_columns_fit(upload, page):
    labels = (*UNKNOWN, *(f"附列{n}" for n in range(32)))
    found = upload(books.workbook((*ROW, *range(32)), labels=labels))
    assert len(page(found).context["form"].columns) == 40
    page(found, SAID)
    assert found.state == "ready"


def test_what_cannot_be_mapped_leads_back_to_the_wizard(upload, page):
    found = upload("这不是表格".encode(), name="清单.csv")
    assert found.state == "refused"
    answer = page(found)
    assert (answer.status_code, answer.url) == (302, f"/imports/{found.pk}/")


@pytest.mark.parametrize(("version", "status"), [("", 428), ("999", 409)])
def test_what_is_said_names_the_version_it_is_based_on(upload, page, version, status):
    found = upload(books.workbook(labels=UNKNOWN))
    assert page(found, SAID | {"version": version}).status_code == status
    assert page(found, {"forget": "1", "version": version}).status_code == status
    assert found.mapping == {}


def test_the_page_of_another_region_is_not_found(signed_in, make_user, city, upload):
    found = upload(books.workbook(labels=UNKNOWN))
    client = signed_in(make_user("city", "coordinator", region=city))
    assert client.get(f"/imports/{found.pk}/columns/").status_code == 404
    answer = client.post(f"/imports/{found.pk}/columns/", {"version": found.version, **SAID})
    assert answer.status_code == 404


def test_labels_from_the_file_are_only_text(upload, page):
    labels = (*UNKNOWN, "<b>粗</b>")
    found = upload(books.workbook((*ROW, "<script>1</script>"), labels=labels))
    shown = page(found).text
    assert "<b>粗" not in shown
    assert "<script>1" not in shown
    assert "&lt;b&gt;粗" in shown
