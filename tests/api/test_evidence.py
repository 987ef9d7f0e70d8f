"""Evidence over the API: text and files in, attachments out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEntry
from obligations import filing

PDF = b"%PDF-1.4 example"


def url(obligation):
    return f"/api/v1/obligations/{obligation.pk}/evidence/"


@pytest.fixture
def filling(filling, in_progress):
    """The officer's program; it names the version that it would have read a moment ago."""
    return Reader(filling, in_progress)


class Reader:
    def __init__(self, client, row):
        self.client, self.row = client, row
        self.get = client.get

    def post(self, path, body, *, headers=None, **more):
        return self.client.post(path, body, headers=headers or self._seen(), **more)

    def delete(self, path):
        return self.client.delete(path, headers=self._seen())

    def _seen(self):
        self.row.refresh_from_db()
        return {"If-Match": f'"{self.row.version}"'}


def pdf(name="佐证 材料.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def test_a_text_is_attached_listed_and_taken_back(filling, in_progress):
    made = filling.post(url(in_progress), {"kind": "link", "text": "https://example.invalid/a"})

    assert made.status_code == 201
    assert [one["id"] for one in filling.get(url(in_progress)).json()] == [made.json()["id"]]
    assert filling.delete(f"/api/v1/evidence/{made.json()['id']}/").status_code == 204
    assert filling.get(url(in_progress)).json() == []


def test_a_file_comes_back_as_an_attachment_and_its_download_is_audited(
    filling, coordinating, in_progress
):
    made = filling.post(url(in_progress), {"kind": "file", "file": pdf()}, format="multipart")
    assert made.status_code == 201, made.content

    answer = coordinating.get(made.json()["download"])

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E4%BD%90%E8%AF%81%20%E6%9D%90%E6%96%99.pdf"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    entry = AuditEntry.objects.get(verb="download_evidence")
    assert entry.username == "coordinator"
    assert entry.detail["sha256"] == made.json()["sha256"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "link"}, "#/text"),
        ({"kind": "photo", "text": "x"}, "#/kind"),
        ({"kind": "file", "text": "x"}, "#/file"),
        ({"kind": "document", "text": "x", "file": True}, "#/text"),
        ({"kind": "file", "text": "x", "file": True}, "#/text"),
    ],
)
def test_kind_text_and_file_must_fit_together(filling, in_progress, body, pointer):
    if body.get("file"):
        body = {**body, "file": pdf()}
    answer = filling.post(url(in_progress), body, format="multipart")

    assert answer.status_code == 400
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.exe", PDF), ("a.pdf", b"MZ"), ("a.pdf", b""), ("a.xlsx", b"PK\x03\x04")],
)
def test_a_file_of_another_type_is_refused_with_a_sentence(filling, in_progress, name, content):
    answer = filling.post(
        url(in_progress), {"kind": "file", "file": pdf(name, content)}, format="multipart"
    )

    assert answer.status_code == 409
    assert answer.json()["detail"]


def test_a_piece_says_its_period_and_its_version(filling, in_progress):
    receipt = {"kind": "receipt", "text": "DS-1", "period_from": "2025-08-01"}
    first = filling.post(url(in_progress), {**receipt, "period_to": "2025-08-31"}).json()
    second = filling.post(url(in_progress), {**receipt, "replaces": first["id"]}).json()

    assert (first["period_from"], first["period_to"]) == ("2025-08-01", "2025-08-31")
    assert (second["number"], second["replaces_id"]) == (2, first["id"])
    assert filling.post(url(in_progress), {**receipt, "replaces": 10**6}).status_code == 409
    assert filling.post(url(in_progress), {"kind": "receipt", "text": "DS-1"}).status_code == 409


def test_claimed_evidence_stays(filling, claimed):
    piece = claimed.evidence.get()

    assert filling.delete(f"/api/v1/evidence/{piece.pk}/").status_code == 409
    assert claimed.evidence.filter(pk=piece.pk).exists()


def test_a_program_goes_on_with_the_etag_of_each_answer(program_of, officer, in_progress):
    program = program_of(officer)
    body = {"kind": "document", "text": "1号"}
    seen = program.get(url(in_progress))["ETag"]

    made = program.post(url(in_progress), body, headers={"If-Match": seen})
    assert made.status_code == 201
    stale = program.post(url(in_progress), body, headers={"If-Match": seen})
    assert stale.status_code == 412
    assert stale.json()["facts"]["verb"] == "attach_evidence"

    piece = f"/api/v1/evidence/{made.json()['id']}/"
    assert program.get(piece)["ETag"] == made["ETag"]
    assert program.delete(piece).status_code == 428
    assert program.delete(piece, headers={"If-Match": seen}).status_code == 412
    assert program.delete(piece, headers={"If-Match": made["ETag"]}).status_code == 204


def test_anothers_evidence_is_not_found(program_of, officer2, claimed):
    stranger = program_of(officer2)
    piece = claimed.evidence.get()

    for method, path in (
        ("get", url(claimed)),
        ("post", url(claimed)),
        ("get", f"/api/v1/evidence/{piece.pk}/"),
        ("delete", f"/api/v1/evidence/{piece.pk}/"),
        ("get", f"/api/v1/evidence/{piece.pk}/download/"),
    ):
        body = {"kind": "document", "text": "1号"} if method == "post" else None
        assert getattr(stranger, method)(path, body).status_code == 404, (method, path)


def test_a_text_has_no_download(coordinating, claimed):
    piece = claimed.evidence.get()

    assert coordinating.get(f"/api/v1/evidence/{piece.pk}/").json()["download"] is None
    assert coordinating.get(f"/api/v1/evidence/{piece.pk}/download/").status_code == 404


def test_a_file_that_was_altered_in_store_is_not_given_out_and_that_is_on_record(
    filling, in_progress
):
    made = filling.post(url(in_progress), {"kind": "file", "file": pdf()}, format="multipart")
    piece = in_progress.evidence.get()
    filing.absolute(piece.path).write_bytes(PDF[:-1])

    answer = filling.get(made.json()["download"])

    assert answer.status_code == 409
    assert "与提交时不一致" in answer.json()["detail"]
    entry = AuditEntry.objects.get(verb="miss_evidence")
    assert (entry.detail["why"], entry.detail["sha256"]) == ("altered", piece.sha256)
    assert not AuditEntry.objects.filter(verb="download_evidence").exists()


def test_a_file_that_is_lost_is_said_to_be_lost(filling, in_progress):
    made = filling.post(url(in_progress), {"kind": "file", "file": pdf()}, format="multipart")
    filing.erase(in_progress.evidence.get().path)

    answer = filling.get(made.json()["download"])

    assert answer.status_code == 409
    assert answer.json()["detail"]
    assert not AuditEntry.objects.filter(verb="download_evidence").exists()
