"""校验文件: a file is checked on the page and for programs; nothing of it is kept."""

import datetime as dt
import json
from io import BytesIO, StringIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import AuditEntry, Role
from obligations import filing
from reports import making, snapshots
from reports.scopes import Scope
from reports.verifying import handed_in

NOON = dt.datetime(2025, 11, 22, 4, 0, tzinfo=dt.UTC)
API = "/api/v1/reports/verify/"
pytestmark = pytest.mark.settled("stored", at=NOON)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def stored(snapshot, coordinator):
    """The bytes of the report's workbook."""
    report = making.record(snapshot, making.write(snapshot), by=coordinator, job=None)
    return filing.absolute(report.path).read_bytes()


def upload(data, name="报告.xlsx"):
    return SimpleUploadedFile(name, data)


def hand_in(user, *, file=None):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user, backend="accounts.signin.Backend")
    return client.post(reverse("reports:verify"), {"file": file} if file else {})


def program(user):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(user, by=None)}")
    return client


def altered(data):
    book = load_workbook(BytesIO(data))
    book["总体情况"]["C5"] = 4_321
    changed = BytesIO()
    book.save(changed)
    return changed.getvalue()


def files_below(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_published_report_is_verified_and_its_edition_is_named(
    stored, snapshot, bring, coordinator, settings
):
    bring(snapshot, "published")
    before = files_below(settings.MEDIA_ROOT)

    page = hand_in(coordinator, file=upload(stored))
    text = page.content.decode()

    assert page.status_code == 200
    assert "校验通过" in text
    assert "已发布" in text
    assert snapshot.rules_version in text
    assert snapshot.calendar_version in text
    assert "责任事项和各项数字均一致" in text
    assert files_below(settings.MEDIA_ROOT) == before
    told = AuditEntry.objects.get(verb="verify_report")
    assert (told.username, told.object_id) == (coordinator.username, str(snapshot.pk))
    assert (told.detail["name"], told.detail["ok"]) == ("报告.xlsx", True)
    assert told.detail["published"]


def test_a_changed_cell_is_named_with_both_values(stored, coordinator):
    text = hand_in(coordinator, file=upload(altered(stored))).content.decode()

    assert "校验不通过" in text
    assert "C5" in text
    assert "4321" in text
    told = AuditEntry.objects.get(verb="verify_report").detail
    assert told["differences"]["cell"] == 1
    assert "4321" not in json.dumps(told)


def test_the_audit_names_the_very_file_and_the_department_that_it_is_about(
    province, police, coordinator
):
    scope = Scope(department=police)
    taken = snapshots.take(as_of=NOON.date(), today=NOON.date(), by=coordinator, scope=scope)
    report = making.record(taken, making.write(taken), by=coordinator, job=None)
    data = filing.absolute(report.path).read_bytes()

    assert "校验通过" in hand_in(coordinator, file=upload(data)).content.decode()

    told = AuditEntry.objects.get(verb="verify_report")
    assert (told.department_id, told.detail["sha256"]) == (police.pk, report.sha256)


def test_a_program_is_told_what_the_command_tells(stored, coordinator, tmp_path):
    path = tmp_path / "报告.xlsx"
    path.write_bytes(altered(stored))
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_report", str(path), "--json", stdout=out)

    answer = program(coordinator).post(API, {"file": upload(path.read_bytes())}, format="multipart")

    assert answer.status_code == 200
    assert json.loads(answer.content) == json.loads(out.getvalue())


def test_nobody_is_told_of_a_report_that_they_may_not_read(stored, snapshot, officer, leader):
    for person in (officer, leader):
        text = hand_in(person, file=upload(altered(stored))).content.decode()
        assert "没有您可以阅看的" in text
        assert "C5" not in text
        told = program(person).post(API, {"file": upload(stored)}, format="multipart").json()
        assert (told["ok"], told["snapshot"], told["scope"]) == (False, None, "")
        assert [one["kind"] for one in told["differences"]] == ["foreign"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "文件是空的"),
        (b"a,b\n1,2\n", "只有报告工作簿可以校验"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "已加密"),
        (b"PK\x03\x04" + bytes(600), "已损坏"),
    ],
)
def test_what_is_no_workbook_is_told_in_a_sentence(db, coordinator, data, said):
    page = hand_in(coordinator, file=upload(data, "文件.xlsx"))

    assert page.status_code == 200
    assert said in page.content.decode()
    assert AuditEntry.objects.get(verb="verify_report").detail["ok"] is False


def test_a_file_that_is_too_large_or_none_is_refused(db, coordinator, monkeypatch):
    monkeypatch.setattr(handed_in, "FILE_BYTES", 2**20)
    large = bytes(2**20 + 1)

    page = hand_in(coordinator, file=upload(large))

    assert page.status_code == 422
    assert "超过 1 MB" in page.content.decode()
    assert (
        program(coordinator).post(API, {"file": upload(large)}, format="multipart").status_code
        == 409
    )
    assert "请先选择文件" in hand_in(coordinator).content.decode()
    assert program(coordinator).post(API, {}, format="multipart").status_code == 400
    assert not AuditEntry.objects.filter(verb="verify_report").exists()


def test_one_file_at_a_time_is_checked(db, coordinator):
    with handed_in._turn:
        page = hand_in(coordinator, file=upload(b"a,b\n"))
    assert page.status_code == 422
    assert "稍后再试" in page.content.decode()

    assert hand_in(coordinator, file=upload(b"a,b\n")).status_code == 200


class Torn(BytesIO):
    """An upload that cannot be read."""

    def read(self, *_size):
        raise OSError("torn")


def test_after_one_that_failed_the_next_file_is_checked(db, coordinator):
    with pytest.raises(OSError, match="torn"):
        handed_in.verify(Torn(b"a"), name="a.xlsx", by=coordinator, today=NOON.date())
    assert hand_in(coordinator, file=upload(b"a,b\n")).status_code == 200


def test_who_may_read_no_reports_has_no_file_checked(db, make_user):
    nobody = make_user("nobody", Role.SYSTEM_ADMINISTRATOR)
    with pytest.raises(PermissionDenied):
        handed_in.verify(BytesIO(b"a"), name="a.xlsx", by=nobody, today=NOON.date())
