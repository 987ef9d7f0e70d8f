"""The pages of the workbook: download, upload, compare, confirm."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from openpyxl import load_workbook

from obligations import dispatch
from obligations.filling import columns
from obligations.models import FillingUpload, Obligation
from obligations.today import today

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nothing_due")]

PLACES = {column.label: place for place, column in enumerate(columns.ALL, 1)}


@pytest.fixture
def download(signed_in, officer):
    def get(user=officer, address="/filling/workbook.xlsx"):
        answer = signed_in(user).get(address)
        assert answer.status_code == 200, answer.text
        return answer

    return get


@pytest.fixture
def bring(signed_in, officer, download):
    """bring(进展=…): the page of the upload, read by a worker."""

    def send(**values):
        book = load_workbook(io.BytesIO(download().content))
        for label, value in values.items():
            book[columns.SHEET].cell(4, PLACES[label]).value = value
        memory = io.BytesIO()
        book.save(memory)
        file = SimpleUploadedFile("填报表.xlsx", memory.getvalue())
        return post(signed_in(officer), file)

    return send


def post(client, file):
    answer = client.post("/filling/upload/", {"file": file}, follow=True)
    call_command("run_jobs", "--until-empty", stdout=io.StringIO())
    return client.get(answer.request["PATH_INFO"]) if answer.status_code == 200 else answer


def test_the_workbook_comes_as_an_attachment_named_after_the_department(in_progress, download):
    answer = download()

    assert "attachment" in answer["Content-Disposition"]
    assert "%E7%9C%81%E5%85%AC%E5%AE%89%E5%8E%85" in answer["Content-Disposition"]
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")


def test_the_walk_from_download_to_done(in_progress, bring, signed_in, officer):
    page = bring(进展="正在联调", 计划完成=dt.date(2026, 9, 30))
    upload = FillingUpload.objects.get()
    assert "将要改动的内容" in page.text
    assert "正在联调" in page.text
    assert "2026-09-30" in page.text
    assert Obligation.objects.get(pk=in_progress.pk).progress_note == ""

    client = signed_in(officer)
    client.post(f"/filling/{upload.pk}/confirm/", {"version": upload.version})
    call_command("run_jobs", "--until-empty", stdout=io.StringIO())
    page = client.get(f"/filling/{upload.pk}/")

    assert "提交成功" in page.text
    assert Obligation.objects.get(pk=in_progress.pk).progress_note == "正在联调"


def test_problems_are_shown_by_row_and_column(in_progress, bring):
    page = bring(计划完成="尽快")

    assert "计划完成" in page.text
    assert "尽快" in page.text
    assert "确认提交" not in page.text


def test_a_conflict_is_shown_side_by_side_and_must_be_decided(
    in_progress, bring, signed_in, officer, download, monkeypatch
):
    book = load_workbook(io.BytesIO(download().content))
    book[columns.SHEET].cell(4, PLACES["进展"]).value = "文件里的"
    memory = io.BytesIO()
    book.save(memory)
    dispatch.plan(in_progress, by=officer, on=today(), progress_note="页面上的")

    client = signed_in(officer)
    page = post(client, SimpleUploadedFile("填报表.xlsx", memory.getvalue()))
    upload = FillingUpload.objects.get()
    assert "页面上的" in page.text
    assert f'name="choice-{in_progress.pk}"' in page.text

    address = f"/filling/{upload.pk}/confirm/"
    refused = client.post(address, {"version": upload.version})
    assert refused.status_code == 409
    assert "以谁的为准：第 4 行" in refused.text
    said = {"version": upload.version, f"choice-{in_progress.pk}": "theirs"}
    assert client.post(address, said).status_code == 302


def test_an_unchanged_file_says_so(in_progress, bring):
    page = bring()

    assert "没有任何改动" in page.text
    assert "确认提交" not in page.text


def test_a_wrong_file_is_refused_on_the_same_page(in_progress, signed_in, officer):
    client = signed_in(officer)

    csv = client.post("/filling/upload/", {"file": SimpleUploadedFile("表.csv", b"a,b")})
    none = client.post("/filling/upload/", {})

    assert (csv.status_code, none.status_code) == (422, 422)
    assert "另存为" in csv.text


def test_a_stale_confirmation_is_refused(in_progress, bring, signed_in, officer):
    bring(进展="正在联调")
    upload = FillingUpload.objects.get()
    address = f"/filling/{upload.pk}/confirm/"

    client = signed_in(officer)
    assert client.post(address, {"version": upload.version - 1}).status_code == 409
    assert client.post(address, {}).status_code == 428


def test_another_departments_upload_is_not_found(in_progress, bring, signed_in, officer2):
    bring(进展="正在联调")
    upload = FillingUpload.objects.get()

    client = signed_in(officer2)
    version = {"version": upload.version}
    assert client.get(f"/filling/{upload.pk}/").status_code == 404
    assert client.get(f"/filling/{upload.pk}/state/").status_code == 404
    for deed in ("confirm", "discard"):
        assert client.post(f"/filling/{upload.pk}/{deed}/", version).status_code == 404


def test_a_coordinator_takes_the_workbook_of_a_department_in_scope(
    in_progress, download, coordinator, signed_in, bureau, police
):
    page = signed_in(coordinator).get("/filling/")
    assert "省公安厅" in page.text
    assert 'type="file"' not in page.text

    answer = download(coordinator, f"/filling/workbook.xlsx?department={police.pk}")

    sheet = load_workbook(io.BytesIO(answer.content))[columns.SHEET]
    assert sheet.cell(4, 1).value == f"QD{in_progress.pk}"
    client = signed_in(coordinator)
    assert client.get("/filling/workbook.xlsx").status_code == 422
    assert client.get(f"/filling/workbook.xlsx?department={bureau.pk}").status_code == 422


def test_a_selection_without_rows_says_so(in_progress, signed_in, officer, sharing_list):
    client = signed_in(officer)

    assert client.get(f"/filling/workbook.xlsx?list={sharing_list.pk}").status_code == 200
    assert client.get("/filling/workbook.xlsx?which=overdue").status_code == 409
    assert client.get("/filling/workbook.xlsx?list=999999").status_code == 422


def test_home_and_list_lead_to_the_workbook(in_progress, signed_in, officer, reviewer):
    for address in ("/", "/obligations/"):
        page = signed_in(officer).get(address)
        assert "下载填报表" in page.text
        assert "上传填报表" in page.text
        assert "上传填报表" not in signed_in(reviewer).get(address).text


def test_a_list_leads_to_the_workbook_of_its_own_rows(
    in_progress, signed_in, officer, leader, sharing_list
):
    link = f"/filling/workbook.xlsx?list={sharing_list.pk}"

    assert link in signed_in(officer).get(f"/lists/{sharing_list.pk}/").text
    assert link not in signed_in(leader).get(f"/lists/{sharing_list.pk}/").text


def test_a_file_is_put_aside(in_progress, bring, signed_in, officer):
    bring(进展="正在联调")
    upload = FillingUpload.objects.get()

    client = signed_in(officer)
    client.post(f"/filling/{upload.pk}/discard/", {"version": upload.version})

    assert "已放弃" in client.get(f"/filling/{upload.pk}/").text
