"""Every sort of file through the page, a job and the child process: no fault, no trace, no excess.

test_corpus has all files; here stands one of each sort, because a page costs a second.
"""

import time
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jobs import running
from obligations.models import Import
from obligations.tables import limits
from tests import parsers
from tests.importing.corpus import (
    faulty,
    hostile_documents,
    hostile_workbooks,
    odd_documents,
    odd_workbooks,
    refused,
    rough,
)

pytestmark = pytest.mark.django_db
ALL_READ = odd_workbooks.CASES | odd_documents.CASES | rough.READ
ALL_REFUSED = hostile_workbooks.CASES | hostile_documents.CASES | refused.CASES | rough.REFUSED


def one_of_each(cases, *, sort):
    """The first case of each sort and each ending."""
    found = {}
    for case, (name, _make, outcome) in cases.items():
        found.setdefault((sort(outcome), Path(name).suffix), case)
    return {case: cases[case] for case in found.values()}


def parts(cases):
    """Every fourth is in the quick part; what reads them is tested with all of them there."""
    return [
        pytest.param(case, marks=pytest.mark.long if place % 4 else ())
        for place, case in enumerate(cases)
    ]


READ = one_of_each(ALL_READ, sort=len)
REFUSED = one_of_each(ALL_REFUSED, sort=str)
# A browser's form takes the path from a name, and is not sent without one.
OF_THE_NAME = {"bad_filename"}
# What an upload leaves behind, whatever becomes of it.
NOTED = {"obligations.import", "jobs.job"}


@pytest.fixture
def page(bodies, coordinator):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(coordinator, backend="accounts.signin.Backend")
    return client


@pytest.fixture
def upload(page):
    """upload(name, data): the answer's status, and the import once its job has run."""

    def send(name, data):
        file = SimpleUploadedFile("x", data)
        file._name = name  # as sent, not as Django would tidy it
        fields = {"kind": "sharing", "batch": 7, "level": "central", "file": file}
        answer = page.post("/imports/new/", fields)
        found = Import.objects.first()
        if found:
            running.perform(found.job_id)
            found.refresh_from_db()
            assert page.get(f"/imports/{found.pk}/").status_code == 200
        return answer, found

    return send


@pytest.fixture(autouse=True)
def within_limits():
    """The peak of each child that parsed, and the time of the whole journey."""
    parsers.peaks.clear()
    start = time.monotonic()
    yield
    assert all(peak <= limits.PARSER_BYTES for peak in parsers.peaks)
    assert time.monotonic() - start < limits.PARSER_WAIT_SECONDS


def written():
    """How many rows each table holds but for those of the upload itself."""
    models = [one for one in apps.get_models() if one._meta.label_lower not in NOTED]
    return {one._meta.label: one._default_manager.count() for one in models}


def stored(settings):
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def kept_by(found):
    return {path for path in (found.path, found.marked_path) if path} if found else set()


def test_every_sort_of_refusal_comes_through_the_page():
    kinds = {kind for _name, _make, kind in ALL_REFUSED.values()}
    assert {kind for _name, _make, kind in REFUSED.values()} == kinds
    assert len(kinds) > 20


@pytest.mark.parametrize("case", parts(READ))
def test_an_odd_file_comes_through_the_page(case, upload, settings):
    name, make, titles = READ[case]
    before = written()
    answer, found = upload(name, make())
    assert answer.status_code == 302
    assert found.state in (Import.State.READY, Import.State.ROW_ERRORS)
    assert found.row_count == len(titles)
    assert written() == before
    assert stored(settings) == kept_by(found)


@pytest.mark.parametrize("case", parts(faulty.CASES))
def test_a_faulty_file_comes_back_with_every_fault_in_its_place(case, upload, page, settings):
    name, make, problems = faulty.CASES[case]
    before = written()
    _answer, found = upload(name, make())
    assert found.state == Import.State.ROW_ERRORS
    assert [(one["row"], one["column"], one["kind"]) for one in found.problems] == problems
    assert page.get(f"/imports/{found.pk}/problems.json").status_code == 200
    assert written() == before
    assert stored(settings) == kept_by(found)


@pytest.mark.parametrize("case", parts(REFUSED))
def test_a_hostile_file_is_refused_by_the_page_and_nothing_is_written(case, upload, settings):
    name, make, kind = REFUSED[case]
    before = written()
    answer, found = upload(name, make())
    assert answer.status_code == (302 if found else 422)
    assert written() == before
    assert stored(settings) == kept_by(found)
    if found and kind not in OF_THE_NAME:
        assert (found.state, found.problems[0]["kind"]) == (Import.State.REFUSED, kind)
        assert found.sample == []
    if kind == "secret":
        assert kept_by(found) == set()
        assert (found.sha256, found.layout, found.mapping, found.unresolved) == ("", {}, {}, [])
