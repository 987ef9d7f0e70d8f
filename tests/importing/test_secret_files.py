"""A file with a mark of secrecy leaves nothing behind, at whatever point of its way it is found."""

import io
from pathlib import Path

import pytest

from jobs import running
from obligations.importing import Target, uploads
from obligations.models import ColumnMapping, Import
from obligations.tables import secrecy
from tests.importing import books
from tests.importing.books import ROW, SHARING, row

pytestmark = pytest.mark.django_db
SECRET = books.workbook((*ROW, "机密★10年"), labels=(*SHARING, "密级"))


def stored(settings):
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def work(upload):
    running.perform(Import.objects.get(pk=upload.pk).job_id)
    upload.refresh_from_db()
    return upload


@pytest.fixture
def faulty(bodies, coordinator):
    """A file with a problem, read, with its marked copy."""
    data = books.workbook(row(完成时限="尽快"))
    return work(
        uploads.receive(
            io.BytesIO(data), name="清单.xlsx", kind="sharing", target=Target(7), by=coordinator
        )
    )


def test_a_secret_file_in_the_place_of_a_faulty_one_erases_that_one_too(
    faulty, coordinator, settings, django_capture_on_commit_callbacks
):
    assert stored(settings) != []
    with django_capture_on_commit_callbacks(execute=True):
        uploads.replace(
            faulty, io.BytesIO(SECRET), name="改.xlsx", by=coordinator, version=faulty.version
        )
    work(faulty)
    assert faulty.problems[0]["kind"] == "secret"
    assert [faulty.problems[0]["row"], faulty.problems[0]["column"]] == [2, "密级"]
    assert stored(settings) == []
    assert (faulty.path, faulty.marked_path, faulty.sha256, faulty.sample) == ("", "", "", [])
    assert (faulty.layout, faulty.mapping, faulty.unresolved) == ({}, {}, [])
    assert ColumnMapping.objects.count() == 0


def test_no_sentence_about_a_secret_file_says_what_stood_in_it(faulty, coordinator):
    secret = books.workbook(
        (*row(数据资源名称="不可外传的名称"), "绝密"), labels=(*SHARING, "密级")
    )
    uploads.replace(
        faulty, io.BytesIO(secret), name="改.xlsx", by=coordinator, version=faulty.version
    )
    work(faulty)
    kept = Import.objects.filter(pk=faulty.pk).values().get()
    assert "不可外传" not in str(kept)


def test_what_is_refused_for_secrecy_cannot_be_read_again(faulty, coordinator):
    uploads.replace(
        faulty, io.BytesIO(SECRET), name="改.xlsx", by=coordinator, version=faulty.version
    )
    work(faulty)
    with pytest.raises(uploads.RuleViolation, match="重新上传"):
        uploads.read_again(faulty, by=coordinator, version=faulty.version, sheet="")


@pytest.mark.parametrize(
    "text",
    [
        "秘密",
        "机密",
        "绝密",
        "工作秘密",
        "机密级",
        "秘密★1年",
        "绝密★长期",
        "密级：机密",
        "★",
        "1★",
    ],
)
def test_a_cell_that_is_a_mark_is_secret(text):
    assert secrecy.is_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "内部",
        "公开",
        "非密",
        "不涉密",
        "涉密",
        "涉密人员名单",
        "保守国家秘密宣传",
        "商业秘密",
        "密级",
    ],
)
def test_a_value_or_running_text_is_none(text):
    assert not secrecy.is_secret(text)
