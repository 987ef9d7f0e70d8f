"""Editions in the API: listed, read, their changes, taken back; lists as official files."""

import io

import pytest
from django.core.management import call_command

from obligations import dispatch, importing
from obligations.importing import Target
from obligations.kinds import kinds
from obligations.models import ListItem, Obligation
from tests.api.conftest import API
from tests.importing import books
from tests.importing.books import ON, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(police, health, coordinator):
    def bringing(*rows, batch=7):
        data = books.workbook(*rows)
        reading = importing.read(data, name="清单.xlsx", kind=kinds()["sharing"], on=ON)
        target = Target(batch, "province")
        return importing.apply(reading, target=target, by=coordinator, on=ON).edition

    return bringing


@pytest.fixture
def second(bring):
    bring(own(), own(数据资源名称="户籍信息"), row(提供部门="省卫生健康委员会"))
    return bring(own(更新周期="每周"), row(提供部门="省卫生健康委员会"))


def own(**cells):
    return row(**{"提供部门": "省公安厅", **cells})


def test_editions_of_a_list_newest_first(leading, second):
    found = leading.get(f"{API}/lists/{second.list_id}/editions/").json()["results"]
    assert [(one["number"], one["added"], one["changed"]) for one in found] == [
        (2, 0, 1),
        (1, 3, 0),
    ]
    assert found[0]["applied_by"] == "coordinator"


def test_changes_are_paged_and_narrowed(leading, second):
    page = leading.get(f"{API}/editions/{second.pk}/changes/?page_size=1").json()
    assert page["results"][0]["fields_changed"] == [["更新周期", "每日", "每周"]]
    rest = leading.get(page["next"]).json()
    assert [one["item"]["name"] for one in rest["results"]] == ["户籍信息"]
    assert rest["next"] is None
    gone = leading.get(f"{API}/editions/{second.pk}/changes/?change=withdrawn").json()
    assert len(gone["results"]) == 1


def test_departments_find_what_touched_their_own_items(
    filling, program_of, officer2, coordinator, second
):
    dispatch.issue_many(Obligation.objects.filter(status="draft"), by=coordinator, on=ON)
    other = program_of(officer2)
    assert other.get(f"{API}/editions/{second.pk}/").status_code == 404
    assert other.get(f"{API}/editions/{second.pk}/changes/").status_code == 404
    mine = filling.get(f"{API}/editions/{second.pk}/").json()
    assert (mine["changed"], mine["unchanged"], mine["job"]) == (1, None, None)


@pytest.mark.django_db(transaction=True)
def test_an_edition_is_taken_back_by_a_job(coordinating, second):
    address = f"{API}/editions/{second.pk}/"
    etag = coordinating.get(address)["ETag"]
    said = {"reason": "文件有误"}
    answer = coordinating.post(f"{address}undo/", said, format="json", headers={"If-Match": etag})
    assert answer.status_code == 202
    assert answer.json()["job"]["state"] == "queued"

    call_command("run_jobs", "--until-empty", stdout=io.StringIO())

    after = coordinating.get(address).json()
    assert (after["undone_by"], after["undo_reason"]) == ("coordinator", "文件有误")
    assert after["version"] == 3
    assert ListItem.objects.in_force().count() == 3


def test_undoing_without_or_with_an_old_version_is_refused(coordinating, second, bring):
    address = f"{API}/editions/{second.pk}/undo/"
    said = {"reason": "文件有误"}
    assert coordinating.post(address, said, format="json").status_code == 428
    bring(own(更新周期="每月"))
    late = coordinating.post(address, {**said, "version": 2}, format="json")
    assert (late.status_code, late.json()["facts"]) == (409, {"version": 3})
    match = coordinating.post(address, said, format="json", headers={"If-Match": '"2"'})
    assert match.status_code == 412


def test_a_list_is_given_back(coordinating, second):
    address = f"{API}/lists/{second.list_id}/export/"
    text = b"".join(coordinating.get(f"{address}?form=csv").streaming_content).decode()
    assert "居住证信息" in text
    assert "户籍信息" not in text
    whole = b"".join(coordinating.get(f"{address}?form=csv&force=all").streaming_content)
    assert "户籍信息" in whole.decode()
    assert coordinating.get(address).content.startswith(b"PK")
    assert coordinating.get(f"{address}?form=pdf").status_code == 400


def test_items_and_obligations_by_batch_force_and_edition(coordinating, second, bring):
    eighth = bring(own(更新周期="每周"), batch=8)
    for rows in ("items", "obligations"):
        for query, count in (
            ("batch=8", 1),
            ("batch=7", 3),
            ("force=in_force", 2),
            ("force=withdrawn", 1),
            (f"edition={second.pk}", 2),
            (f"edition={eighth.pk}", 1),
        ):
            found = coordinating.get(f"{API}/{rows}/?{query}&count=1").json()
            assert found["count"] == count, (rows, query)
