"""Evidence: how each kind is written, versions, periods, room, and what files must not hold."""

import datetime as dt
import io
import zipfile

import pytest

from accounts.errors import RuleViolation
from obligations import completion, evidence, filing
from obligations.evidence import NewEvidence
from obligations.models import Evidence

pytestmark = pytest.mark.django_db
D = dt.date
ON = D(2025, 9, 1)
PDF = b"%PDF-1.4 x"


@pytest.fixture
def attach(in_progress, officer):
    """attach(kind, text, …): one piece, as it is stored."""

    def make(kind, text="", **more):
        piece = NewEvidence(kind, text, **more)
        return evidence.attach(in_progress, piece, by=officer, on=ON)[0]

    return make


def file(content=PDF, name="a.pdf", **more):
    return {"file": io.BytesIO(content), "name": name, **more}


def package(main, *others, types=b"<Types/>"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as held:
        held.writestr("[Content_Types].xml", types)
        for name in (main, *others):
            held.writestr(name, b"x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("document", "国办发〔2024〕12号", "国办发〔2024〕12号"),
        ("document", "国务院令第809号", "国务院令第809号"),
        ("document", "某政函[2026] 3 号", "某政函[2026] 3 号"),
        ("catalogue", "３０７００１００１／０００００１", "307001001/000001"),
        ("catalogue", " SL12 ", "SL12"),
        ("registration", "GGSJ-330000-2026-000117", "GGSJ-330000-2026-000117"),
        ("interface", "JK-2026-0117", "JK-2026-0117"),
        ("link", "HTTPS://example.invalid/a?b=1", "HTTPS://example.invalid/a?b=1"),
    ],
)
def test_numbers_and_codes_are_taken_as_offices_write_them(attach, kind, text, kept):
    assert attach(kind, text).text == kept


@pytest.mark.parametrize(
    ("kind", "text", "example"),
    [
        ("document", "已发文", "某政办发〔2026〕3号"),
        ("catalogue", "目录一", "307001001/000001"),
        ("catalogue", "no-digits", "307001001/000001"),
        ("registration", "A 1", "GGSJ-330000-2026-000117"),
        ("interface", "<b>1</b>", "JK-2026-0117"),
        ("receipt", "已到数", "DS-20260331-0007"),
        ("link", "javascript:alert(1)", "http"),
        ("link", "https://a b", "http"),
    ],
)
def test_what_cannot_be_of_its_kind_is_refused_with_an_example(attach, kind, text, example):
    covered = {"period_from": ON} if kind == "receipt" else {}
    with pytest.raises(RuleViolation, match=example):
        attach(kind, text, **covered)
    assert not Evidence.objects.exists()


def test_a_receipt_covers_a_period_and_one_day_alone_is_that_day(attach):
    with pytest.raises(RuleViolation):
        attach("receipt", "DS-1")

    month = attach("receipt", "DS-1", period_from=D(2025, 8, 1), period_to=D(2025, 8, 31))
    day = attach("receipt", "DS-2", period_from=D(2025, 8, 5))

    assert (month.period_from, month.period_to) == (D(2025, 8, 1), D(2025, 8, 31))
    assert (day.period_from, day.period_to) == (D(2025, 8, 5), D(2025, 8, 5))


@pytest.mark.parametrize(
    ("kind", "text", "first", "last"),
    [
        ("document", "1号", D(2025, 8, 1), None),
        ("registration", "A1", D(2025, 8, 1), None),
        ("link", "https://example.invalid", D(2025, 8, 2), D(2025, 8, 1)),
        ("receipt", "DS-1", D(1899, 8, 2), None),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(attach, kind, text, first, last):
    with pytest.raises(RuleViolation):
        attach(kind, text, period_from=first, period_to=last)


def test_a_newer_version_replaces_the_older_and_both_are_kept(attach):
    first = attach("file", **file(b"%PDF-1.4 one"))
    second = attach("file", **file(b"%PDF-1.4 two", replaces=first.pk))

    assert (second.number, second.replaces) == (2, first)
    assert list(Evidence.objects.newest()) == [second]
    assert first.sha256 != second.sha256
    assert filing.absolute(first.path).read_bytes() == b"%PDF-1.4 one"


def test_only_the_newest_piece_of_the_same_kind_is_replaced(attach, in_progress, officer):
    first = attach("link", "https://example.invalid/1")
    attach("link", "https://example.invalid/2", replaces=first.pk)

    with pytest.raises(RuleViolation):
        attach("link", "https://example.invalid/3", replaces=first.pk)
    with pytest.raises(RuleViolation):
        attach("interface", "JK-1", replaces=first.pk)
    with pytest.raises(RuleViolation):
        evidence.remove(first, by=officer, on=ON)


def test_claimed_evidence_stays_as_it_is_when_a_newer_version_comes(
    attach, in_progress, officer, reviewer
):
    first = attach("catalogue", "SL1")
    completion.claim(in_progress, by=officer, on=ON)
    before = Evidence.objects.filter(pk=first.pk).values().get()

    second = attach("catalogue", "SL2", replaces=first.pk)

    assert Evidence.objects.filter(pk=first.pk).values().get() == before
    second.refresh_from_db()
    assert second.claim_id == before["claim_id"]
    for piece in (first, second):
        with pytest.raises(RuleViolation):
            evidence.remove(piece, by=officer, on=ON)
    assert Evidence.objects.count() == 2


def test_a_department_has_so_much_room_and_no_more(attach, settings, in_progress, owe, health):
    settings.EVIDENCE_QUOTA_MB = 2
    big = PDF + b"x" * 2**20
    kept = attach("file", **file(big))

    with pytest.raises(RuleViolation, match=r"1\.0 MB（限额 2 MB）"):
        attach("file", **file(big))

    assert evidence.used_bytes(in_progress.department_id) == kept.size
    assert evidence.used_bytes(health.pk) == 0
    assert len(list(filing.absolute("evidence").iterdir())) == 1
    attach("link", "https://example.invalid/instead")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"<!DOCTYPE html><p>x"),
        ("a.txt", b"\xef\xbb\xbf <svg onload=alert(1)>"),
        ("a.csv", b"MZ\x90"),
        ("a.csv", b"#!/bin/sh"),
        ("a.txt", b""),
        ("a.txt", b"a\x00b"),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.png", b"\xff\xd8\xff"),
        ("a.html", b"<p>"),
        ("a.svg", b"<svg/>"),
        ("a.exe", b"MZ"),
        ("a.pdf.exe", PDF),
        ("a.docm", package("word/document.xml")),
        ("a.docx", package("xl/workbook.xml")),
        ("a.docx", package("word/document.xml", "word/vbaProject.bin")),
        ("a.xlsx", package("xl/workbook.xml", "xl/macrosheets/sheet1.xml")),
        ("a.xlsx", package("xl/workbook.xml", "xl/embeddings/oleObject1.bin")),
        ("a.xlsx", package("xl/workbook.xml", types=b"<X ContentType='sheet.macroEnabled'/>")),
    ],
)
def test_a_file_that_runs_or_is_not_what_it_says_is_refused(attach, name, content):
    with pytest.raises(RuleViolation) as refused:
        attach("file", **file(content, name))

    assert name in refused.value.sentence
    assert not filing.absolute("evidence").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("说明.txt", "已上线".encode("gb18030")),
        ("说明.csv", "\ufeff资源,已挂接\n".encode()),
        ("a.docx", package("word/document.xml", "word/media/image1.png")),
        ("截图.png", b"\x89PNG\r\n\x1a\n"),
        ("a.JPG", b"\xff\xd8\xff\xe0"),
    ],
)
def test_what_offices_send_is_taken(attach, name, content):
    assert attach("file", **file(content, name)).name == name
