"""The department's workbook over the API."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from jobs.running import perform
from obligations import dispatch
from obligations.filling import columns
from obligations.models import Obligation
from obligations.today import today

pytestmark = pytest.mark.django_db

WORKBOOK, UPLOADS = "/api/v1/filling/workbook/", "/api/v1/filling/uploads/"
PROGRESS = next(place for place, one in enumerate(columns.ALL, 1) if one.label == "进展")


@pytest.fixture
def filled_in(filling, in_progress):
    """filled_in(text): the workbook with a progress, as a file."""

    def make(text):
        book = load_workbook(io.BytesIO(filling.get(WORKBOOK).content))
        book[columns.SHEET].cell(4, PROGRESS).value = text
        memory = io.BytesIO()
        book.save(memory)
        return SimpleUploadedFile("filled.xlsx", memory.getvalue())

    return make


@pytest.fixture
def bring(filling):
    def send(file):
        answer = filling.post(UPLOADS, {"file": file}, format="multipart")
        assert answer.status_code == 202, answer.content
        perform(answer.json()["job"]["id"])
        return filling.get(f"{UPLOADS}{answer.json()['id']}/")

    return send


def test_a_workbook_goes_down_and_up_and_is_applied(filling, in_progress, filled_in, bring):
    shown = bring(filled_in("联调"))
    assert shown.json()["state"] == "ready"
    [change] = shown.json()["changes"]
    assert (change["pk"], change["fields"]) == (in_progress.pk, {"progress_note": ["", "联调"]})

    address = f"{UPLOADS}{shown.json()['id']}/"
    applying = filling.post(f"{address}apply/", {}, headers={"If-Match": shown["ETag"]})
    assert applying.status_code == 202, applying.content
    perform(applying.json()["job"]["id"])

    assert filling.get(address).json()["state"] == "applied"
    assert Obligation.objects.get(pk=in_progress.pk).progress_note == "联调"
    listed = filling.get(UPLOADS).json()["results"]
    assert [one["state"] for one in listed] == ["applied"]


def test_a_conflict_is_decided_in_the_confirmation(filling, in_progress, filled_in, bring, officer):
    file = filled_in("文件里的")
    dispatch.plan(in_progress, by=officer, on=today(), progress_note="页面上的")
    shown = bring(file).json()
    address = f"{UPLOADS}{shown['id']}/apply/"

    undecided = filling.post(address, {"version": shown["version"]})
    assert undecided.status_code == 409
    assert undecided.json()["facts"]["undecided"] == [in_progress.pk]

    said = {"version": shown["version"], "choices": {str(in_progress.pk): "mine"}}
    perform(filling.post(address, said).json()["job"]["id"])
    assert Obligation.objects.get(pk=in_progress.pk).progress_note == "文件里的"


def test_writes_name_the_version(filling, filled_in, bring):
    shown = bring(filled_in("联调")).json()
    for deed in ("apply", "discard"):
        address = f"{UPLOADS}{shown['id']}/{deed}/"
        assert filling.post(address, {}).status_code == 428
        assert filling.post(address, {"version": shown["version"] + 1}).status_code == 409
        assert filling.post(address, {}, headers={"If-Match": '"999"'}).status_code == 412

    put_aside = filling.post(address, {"version": shown["version"]})
    assert put_aside.json()["state"] == "discarded"


def test_other_peoples_uploads_and_departments_are_not_found(
    filling, filled_in, bring, program_of, officer2, health, coordinator, city_coordinator, police
):
    shown = bring(filled_in("联调")).json()

    assert program_of(officer2).get(f"{UPLOADS}{shown['id']}/").status_code == 404
    assert filling.get(WORKBOOK, {"department": health.pk}).status_code == 404
    assert program_of(city_coordinator).get(WORKBOOK, {"department": police.pk}).status_code == 404
    assert program_of(coordinator).get(WORKBOOK, {"department": police.pk}).status_code == 200
    assert program_of(coordinator).get(WORKBOOK).status_code == 409


def test_odd_selections_are_refused(filling, in_progress):
    assert filling.get(WORKBOOK, {"which": "everything"}).status_code == 400
    assert filling.get(WORKBOOK, {"list": "x"}).status_code == 400
    assert filling.get(WORKBOOK, {"colour": "red"}).status_code == 400
