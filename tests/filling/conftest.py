"""A department's workbook: made, filled in as people do, handed in, applied."""

import datetime as dt
import io
import zipfile

import pytest
import time_machine
from django.core.files.base import ContentFile
from openpyxl import load_workbook

from jobs.running import perform
from obligations import dispatch
from obligations.filling import columns, making, uploads
from obligations.models import FillingUpload

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2025, 9, 1, 10, 0, tzinfo=SHANGHAI)
DAY = dt.date(2025, 8, 5)

FIRST = 4  # the first row below the header
PLACES = {column.label: place for place, column in enumerate(columns.ALL, 1)}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def at_work(owe, police, coordinator, officer):
    """at_work(department): an obligation in progress."""

    def make(department=police, **facts):
        row = owe(department, **facts)
        dispatch.issue(row, by=coordinator, on=DAY)
        if department == police:
            dispatch.accept(row, by=officer, on=DAY)
        return row

    return make


@pytest.fixture
def rows(at_work):
    """Three obligations in progress, in the order of the workbook."""
    return [at_work() for _number in range(3)]


@pytest.fixture
def made(police, officer):
    """made(): the bytes of the department's workbook."""

    def make(department=police, by=officer, **selection):
        return making.make(department, by=by, made_at=NOW, **selection)

    return make


class Filled:
    """A workbook as a person with a spreadsheet program sees it."""

    def __init__(self, data):
        self.book = load_workbook(io.BytesIO(data))
        self.sheet = self.book[columns.SHEET]

    def cell(self, label, row=0):
        return self.sheet.cell(FIRST + row, PLACES[label])

    def put(self, row=0, **values):
        for label, value in values.items():
            self.cell(label, row).value = value
        return self

    def save(self):
        memory = io.BytesIO()
        self.book.save(memory)
        return memory.getvalue()


@pytest.fixture
def filled(made):
    """filled(): the opened workbook."""
    return lambda **selection: Filled(made(**selection))


@pytest.fixture
def hand_in(officer):
    """hand_in(data): the upload when a worker has read it."""

    def send(data, *, name="填报表.xlsx", by=officer):
        data = data.save() if isinstance(data, Filled) else data
        upload = uploads.receive(ContentFile(data), name=name, by=by)
        perform(upload.job_id)
        return FillingUpload.objects.get(pk=upload.pk)

    return send


@pytest.fixture
def confirm(officer):
    """confirm(upload): the upload when a worker has applied it."""

    def send(upload, *, by=officer, **choices):
        confirmed = uploads.confirm(upload, by=by, version=upload.version, **choices)
        perform(confirmed.job_id)
        return FillingUpload.objects.get(pk=upload.pk)

    return send


@pytest.fixture
def with_formula():
    """with_formula(data, result=): the workbook with a formula in 责任处室 of its first row."""

    def change(data, *, result):
        book = Filled(data)
        book.put(责任处室='="来自"&"公式"')
        return _with_result(book.save(), book.cell("责任处室").coordinate, result)

    return change


def _with_result(data, place, result):
    """openpyxl writes formulas without results; spreadsheet programs write both."""
    memory = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(memory, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if result is not None and name == "xl/worksheets/sheet1.xml":
                text = part.decode()
                start = text.index(f'<c r="{place}"')
                end = text.index("</c>", start)
                cell = (
                    text[start:end].replace("<v />", "").replace("<v/>", "").replace("<v></v>", "")
                )
                cell = cell.replace(f'<c r="{place}"', f'<c r="{place}" t="str"')
                part = f"{text[:start]}{cell}<v>{result}</v>{text[end:]}".encode()
            new.writestr(name, part)
    return memory.getvalue()
