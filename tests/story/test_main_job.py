"""The main job over HTTP alone: from two list files to leadership's workbook."""

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
OBLIGATIONS = "/api/v1/obligations/"

pytestmark = pytest.mark.services


def import_list(coordinator, name, kind, batch):
    file = (name, (SAMPLES / name).read_bytes())
    sent = coordinator.upload(
        "/api/v1/imports/", file, kind=kind, batch=str(batch), level="province"
    )
    assert sent.status == 202, sent.body
    path = f"/api/v1/imports/{sent.json['id']}/"
    read = coordinator.wait_for(path, "state", "ready", "refused", "row_errors", "failed")
    assert (read["state"], read["problems"]) == ("ready", [])
    assert coordinator.post(f"{path}apply/", {"version": read["version"]}).status == 202
    return coordinator.wait_for(path, "state", "applied", "failed")


def act(person, row, verb, **body):
    """Do a verb on what the person sees of the obligation now."""
    seen = person.get(f"{OBLIGATIONS}{row['id']}/").json
    answer = person.post(f"{OBLIGATIONS}{row['id']}/{verb}/", {"version": seen["version"], **body})
    assert answer.status == 200, answer.body
    return answer.json


def test_from_two_list_files_to_the_workbook_of_leadership(town):
    coordinator, officer = town.people["coordinator"], town.people["officer"]
    reviewer, leader = town.people["reviewer"], town.people["leader"]

    sharing = import_list(coordinator, "sharing-list.xlsx", "sharing", 7)
    docking = import_list(coordinator, "docking-list.xlsx", "docking", 5)
    assert sharing["row_count"] >= 150
    assert docking["row_count"] >= 60

    drafts = coordinator.every(f"{OBLIGATIONS}?status=draft&external=false&page_size=200")
    police = [
        row
        for row in drafts
        if row["department"]["name"] == "省公安厅" and row["list"]["kind"] == "sharing"
    ][:3]
    assert len(police) == 3
    for row in police:
        act(coordinator, row, "issue")
    done, returned, untouched = police

    for row in (done, returned):
        act(officer, row, "accept")
        seen = officer.get(f"{OBLIGATIONS}{row['id']}/").json
        attached = officer.upload(
            f"{OBLIGATIONS}{row['id']}/evidence/",
            ("验收报告.pdf", PDF),
            kind="file",
            version=str(seen["version"]),
        )
        assert attached.status == 201, attached.body
        codes = [{"kind": "catalogue", "text": "307001001/000001"}]
        act(officer, row, "claim", note="已完成", evidence=codes)
        act(reviewer, row, "endorse")
    act(coordinator, done, "verify")
    act(coordinator, returned, "send_back", reason="目录代码有误")

    stranger = town.people["officer2"]
    assert stranger.get(f"{OBLIGATIONS}{done['id']}/").status == 404
    assert leader.post(f"{OBLIGATIONS}{done['id']}/reopen/", {"version": 1}).status == 403
    assert town.nobody.get(OBLIGATIONS).status == 401

    job = coordinator.post("/api/v1/checks/", {})
    assert job.status == 202, job.body
    checked = coordinator.wait_for(
        f"/api/v1/jobs/{job.json['job']['id']}/", "state", "done", "failed"
    )
    assert checked["state"] == "done"

    assert leader.post("/api/v1/reports/", {}).status == 403
    job = coordinator.post("/api/v1/reports/", {})
    assert job.status == 202, job.body
    coordinator.wait_for(f"/api/v1/jobs/{job.json['job']['id']}/", "state", "done", "failed")
    assert leader.every("/api/v1/reports/") == []
    draft = coordinator.every("/api/v1/reports/")[0]
    address = f"/api/v1/reports/{draft['id']}"
    reviewed = coordinator.post(f"{address}/review/", {"version": draft["version"]}).json
    version = {"version": reviewed["version"]}
    assert coordinator.post(f"{address}/publish/", version).status == 403
    published = town.people["coordinator2"].post(f"{address}/publish/", version)
    assert published.json["state"] == "published", published.body
    report = leader.every("/api/v1/reports/")[0]
    file = leader.get(f"/api/v1/reports/{report['id']}/download/")
    assert file.status == 200
    assert "attachment" in file.headers["Content-Disposition"]
    assert_shows(file.body, done=done, returned=returned, untouched=untouched)


def assert_shows(content, *, done, returned, untouched):
    """The workbook shows exactly what happened."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    ledger = next(book[name] for name in book.sheetnames if "共享" in name and "台账" in name)
    rows = [list(row) for row in ledger.iter_rows(values_only=True)]
    head = next(i for i, row in enumerate(rows) if "数据资源名称" in row and "状态" in row)
    columns = {label: i for i, label in enumerate(rows[head]) if label}
    issued = [row for row in rows[head + 1 :] if row[columns["状态"]] not in (None, "待下达")]
    by_title = {
        row[columns["数据资源名称"]]: (row[columns["状态"]], row[columns["实际完成"]])
        for row in issued
        if row[columns["责任部门"]] == "省公安厅"
    }
    today = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
    status_of = {title: status for title, (status, _day) in by_title.items()}
    assert status_of == {
        done["item"]["title"]: "已核验销号",
        returned["item"]["title"]: "推进中",
        untouched["item"]["title"]: "待签收",
    }
    day = by_title[done["item"]["title"]][1]
    assert (day.date() if isinstance(day, dt.datetime) else day) == today
    assert by_title[returned["item"]["title"]][1] is None
