"""The import wizard: upload, preview, confirm or discard."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from obligations.models import Import, Obligation, ResponsibilityList

HEADER = "序号,提供部门,数据资源名称,信息项,共享类型,共享方式,更新周期,完成时限\n"
GOOD = "1,省公安厅,居民身份证信息,姓名,无条件共享,服务接口,每日,2026年9月底\n"
BAD = "2,不存在的厅,某某信息,姓名,无条件共享,服务接口,每日,不日\n"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nothing_due")]


@pytest.fixture
def upload(signed_in, coordinator, police):
    """upload(text): the import that the file becomes, read by a worker."""

    def send(text, *, name="清单.csv"):
        file = SimpleUploadedFile(name, text.encode())
        fields = {"kind": "sharing", "batch": 7, "level": "province"}
        answer = signed_in(coordinator).post("/imports/new/", {**fields, "file": file})
        assert answer.status_code == 302, answer.text
        call_command("run_jobs", "--until-empty", stdout=io.StringIO())
        return Import.objects.get()

    return send


def test_a_file_is_shown_before_anything_is_created(signed_in, coordinator, upload):
    received = upload(HEADER + GOOD)

    page = signed_in(coordinator).get(f"/imports/{received.pk}/")

    assert "确认并生效" in page.text
    assert "居民身份证信息" in page.text
    assert ResponsibilityList.objects.count() == 0


def test_confirming_creates_drafts_and_leads_to_the_list(signed_in, coordinator, upload):
    received = upload(HEADER + GOOD)

    client = signed_in(coordinator)
    client.post(f"/imports/{received.pk}/confirm/", {"version": received.version})
    call_command("run_jobs", "--until-empty", stdout=io.StringIO())

    page = client.get(f"/imports/{received.pk}/")
    made = ResponsibilityList.objects.get()
    assert f"/lists/{made.pk}/" in page.text
    assert [row.status for row in Obligation.objects.all()] == ["draft"]


def test_problems_are_listed_with_row_and_column_and_cannot_be_confirmed(
    signed_in, coordinator, upload
):
    received = upload(HEADER + GOOD + BAD)

    client = signed_in(coordinator)
    page = client.get(f"/imports/{received.pk}/")

    shown = page.context["wizard"].problems
    assert {problem["column"] for problem in shown} == {"提供部门", "完成时限"}
    assert "确认并生效" not in page.text
    answer = client.post(f"/imports/{received.pk}/confirm/", {"version": received.version})
    assert answer.status_code == 409
    assert ResponsibilityList.objects.count() == 0


def test_a_file_that_is_no_table_is_refused_with_a_sentence(signed_in, coordinator, upload):
    received = upload("这不是表格")

    page = signed_in(coordinator).get(f"/imports/{received.pk}/")

    assert "文件未被接收" in page.text
    assert received.problems[0]["message"] in page.text


def test_a_file_beyond_10_mb_is_refused_at_the_upload(signed_in, coordinator, police):
    file = SimpleUploadedFile("清单.xlsx", b"PK" + b"0" * 10 * 2**20)

    answer = signed_in(coordinator).post(
        "/imports/new/", {"kind": "sharing", "batch": 7, "level": "province", "file": file}
    )

    assert answer.status_code == 422
    assert Import.objects.count() == 0


def test_a_discarded_file_creates_nothing(signed_in, coordinator, upload):
    received = upload(HEADER + GOOD)

    signed_in(coordinator).post(f"/imports/{received.pk}/discard/", {"version": received.version})

    received.refresh_from_db()
    assert received.state == "discarded"
    assert ResponsibilityList.objects.count() == 0


@pytest.mark.parametrize(("version", "status"), [("", 428), ("999", 409)])
def test_a_decision_names_the_version_it_is_based_on(
    signed_in, coordinator, upload, version, status
):
    received = upload(HEADER + GOOD)

    answer = signed_in(coordinator).post(f"/imports/{received.pk}/confirm/", {"version": version})

    assert answer.status_code == status


def test_the_state_is_asked_until_the_work_has_ended(signed_in, coordinator, police):
    file = SimpleUploadedFile("清单.csv", (HEADER + GOOD).encode())
    client = signed_in(coordinator)
    client.post("/imports/new/", {"kind": "sharing", "batch": 7, "level": "province", "file": file})
    received = Import.objects.get()

    assert client.get(f"/imports/{received.pk}/state/").status_code == 200
    call_command("run_jobs", "--until-empty", stdout=io.StringIO())

    assert client.get(f"/imports/{received.pk}/state/").status_code == 286


def test_a_city_coordinator_does_not_find_the_provinces_import(signed_in, make_user, city, upload):
    received = upload(HEADER + GOOD)
    other = make_user("city", "coordinator", region=city)

    assert signed_in(other).get(f"/imports/{received.pk}/").status_code == 404


def test_a_file_that_says_the_same_leads_to_the_list_and_asks_for_another(
    signed_in, coordinator, upload, police
):
    client = signed_in(coordinator)
    first = upload(HEADER + GOOD)
    client.post(f"/imports/{first.pk}/confirm/", {"version": first.version})
    call_command("run_jobs", "--until-empty", stdout=io.StringIO())
    file = SimpleUploadedFile("清单.csv", (HEADER + GOOD).encode())
    fields = {"kind": "sharing", "batch": 7, "level": "province", "file": file}
    address = client.post("/imports/new/", fields)["Location"]
    call_command("run_jobs", "--until-empty", stdout=io.StringIO())

    page = client.get(address)

    made = ResponsibilityList.objects.get()
    assert f'href="/lists/{made.pk}/"' in page.text
    assert "另一份文件" in page.text
    assert "更正后的文件" not in page.text
