"""List files over the API: uploaded, read by a job, applied by a job."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.running import perform
from obligations.models import Import, Obligation

IMPORTS = "/api/v1/imports/"
CSV = (
    "序号,提供部门,数据资源名称,信息项,共享类型,共享方式,更新周期,完成时限\n"
    "1,{body},【示例】居住证信息,姓名、证号,有条件共享,服务接口,每日,2025-12-31\n"
)


def body(text=None, name="清单.csv", **facts):
    data = (text or CSV.format(body="省公安厅")).encode()
    file = SimpleUploadedFile(name, data, content_type="text/csv")
    return {"file": file, "kind": "sharing", "batch": "3", "level": "province", **facts}


@pytest.fixture
def upload(coordinating, police):
    def post(*args, **facts):
        return coordinating.post(IMPORTS, body(*args, **facts), format="multipart")

    return post


def test_a_list_is_read_shown_and_applied(upload, coordinating):
    received = upload()
    assert received.status_code == 202, received.content
    address = f"{IMPORTS}{received.json()['id']}/"
    assert received.json()["state"] == "reading"
    assert received["Location"] == received.json()["job"]["url"]

    perform(received.json()["job"]["id"])
    ready = coordinating.get(address)
    assert ready.json()["state"] == "ready", ready.json()
    assert ready.json()["row_count"] == 1
    assert ready.json()["sample"][0]["数据资源名称"] == "【示例】居住证信息"
    assert not Obligation.objects.exists()

    applying = coordinating.post(f"{address}apply/", {}, headers={"If-Match": ready["ETag"]})
    assert applying.status_code == 202, applying.content
    perform(applying.json()["job"]["id"])
    applied = coordinating.get(address).json()

    assert applied["state"] == "applied"
    assert coordinating.get(f"/api/v1/lists/{applied['applied_list_id']}/").json()["batch"] == 3
    assert Obligation.objects.get().department.name == "省公安厅"


def test_problems_are_shown_with_their_place(upload, coordinating):
    received = upload(CSV.format(body="省不存在厅")).json()
    perform(received["job"]["id"])

    shown = coordinating.get(f"{IMPORTS}{received['id']}/").json()
    assert shown["state"] == "row_errors"
    assert [(one["row"], one["column"], one["kind"]) for one in shown["problems"]] == [
        (2, "提供部门", "unknown_department")
    ]
    answer = coordinating.post(f"{IMPORTS}{received['id']}/apply/", {"version": shown["version"]})
    assert answer.status_code == 409


def test_a_decision_needs_the_version_that_was_seen(upload, coordinating):
    received = upload().json()
    address = f"{IMPORTS}{received['id']}/discard/"

    assert coordinating.post(address).status_code == 428
    assert coordinating.post(address, {"version": received["version"] + 1}).status_code == 409
    stale = coordinating.post(address, {}, headers={"If-Match": '"99"'})
    assert stale.status_code == 412
    done = coordinating.post(address, {"version": received["version"]})
    assert (done.status_code, done.json()["state"]) == (200, "discarded")


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"kind": "shopping"}, "#/kind"),
        ({"batch": "0"}, "#/batch"),
        ({"level": "county"}, "#/level"),
        ({"issued_on": "2025-13-01"}, "#/issued_on"),
        ({"isuer": "x"}, "#/isuer"),
    ],
)
def test_what_is_said_about_a_file_must_be_understood(upload, facts, pointer):
    answer = upload(**facts)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not Import.objects.exists()


def test_a_file_is_needed(coordinating):
    answer = coordinating.post(IMPORTS, {"kind": "sharing", "batch": "1"}, format="multipart")

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/file"]


def test_a_city_does_not_see_the_imports_of_the_province(upload, program_of, city_coordinator):
    received = upload().json()
    city = program_of(city_coordinator)

    assert city.get(IMPORTS).json()["results"] == []
    for path in ("", "apply/", "discard/"):
        method = city.post if path else city.get
        assert method(f"{IMPORTS}{received['id']}/{path}").status_code == 404


UNKNOWN = (
    "序号,数源单位名,资源题名,信息项,开放属性,共享方式,更新周期,办结日\n"
    "1,省公安厅,居住证信息,姓名,有条件共享,服务接口,每日,2025-12-31\n"
)
MEANT = {"2": "body", "3": "title", "5": "share_type", "8": "deadline"}


@pytest.fixture
def refused(upload, coordinating):
    """An import whose columns are not understood, as shown."""
    received = upload(UNKNOWN).json()
    perform(received["job"]["id"])
    return coordinating.get(f"{IMPORTS}{received['id']}/").json()


def test_what_was_recognised_is_shown_and_columns_can_be_said(refused, coordinating):
    assert refused["state"] == "refused"
    assert refused["layout"]["missing"] == ["body", "title", "share_type", "deadline"]
    assert refused["layout"]["columns"][0]["why"] == "label"
    address = f"{IMPORTS}{refused['id']}/"
    mapping = {"top": 1, "bottom": 1, "columns": MEANT}
    said = {"version": refused["version"], "mapping": mapping}
    answer = coordinating.post(f"{address}read/", said)
    assert answer.status_code == 202, answer.content
    perform(answer.json()["job"]["id"])
    ready = coordinating.get(address).json()
    assert (ready["state"], ready["mapping"]) == ("ready", mapping)
    assert ready["layout"]["columns"][2] | {"samples": []} == {
        "number": 3,
        "letters": "C",
        "label": "资源题名",
        "field": "title",
        "why": "person",
        "samples": [],
    }


@pytest.mark.parametrize(
    ("mapping", "status"),
    [
        ({"top": 1, "bottom": 1, "columns": {"2": "colour"}}, 409),
        ({"top": 1, "bottom": 1, "columns": {"2": "body", "3": "body"}}, 409),
        ({"top": 2, "bottom": 1, "columns": MEANT}, 409),
        ({"top": 1, "bottom": 1, "columns": {"x": "body"}}, 400),
        ({"top": 1, "bottom": 1, "columns": {"²": "body"}}, 400),
        ({"top": 1, "bottom": 1, "columns": {}}, 400),
        ({"top": 0, "bottom": 1, "columns": MEANT}, 400),
    ],
)
def test_columns_that_cannot_be_said_are_refused(refused, coordinating, mapping, status):
    said = {"version": refused["version"], "mapping": mapping}
    answer = coordinating.post(f"{IMPORTS}{refused['id']}/read/", said)
    assert answer.status_code == status, answer.content
    assert Import.objects.get().mapping == {}
