"""The API against its own description: nothing that is sent makes it fail, or answer otherwise."""

import datetime as dt

import pytest
import schemathesis
from django.core.files.base import ContentFile
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import Phase, given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as of_openapi

from accounts import handovers, tokens
from docking import endpoints, hosts, maintenance
from jobs import queue
from obligations import dispatch, rounds, score_statements
from obligations.filling import uploads
from obligations.models import ContradictionCase, Digest, Edition, ResponsibilityList, ScoreLine
from obligations.today import today
from reports import making, plans, snapshots
from reports.models import PlannedReport
from reports.scopes import Scope
from sharing_lists import logs, recording, requesting
from sharing_lists.recording import Said
from sharing_lists.requesting import Asked
from tests.thorough import QUICK, examples

CHECKS = [
    not_a_server_error,
    of_openapi.status_code_conformance,
    of_openapi.content_type_conformance,
    of_openapi.response_schema_conformance,
]
pytestmark = pytest.mark.early
# Wrong input is ten times dearer to invent; the first example is always the simplest.
FEW = {
    mode: examples(count, derandomize=True, phases=[Phase.generate])
    for mode, count in ((GenerationMode.POSITIVE, 1 if QUICK else 3), (GenerationMode.NEGATIVE, 2))
}


@pytest.fixture(autouse=True)
def clock():
    """The real one: the generator measures time."""


@pytest.fixture(autouse=True)
def transaction_kept():
    """A request neither begins nor ends with closing the connection that holds the test's work."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture(scope="module")
def description():
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture
def docked(make_item, owe, officer, sysadmin):
    """Ids of what hangs on a docking obligation, by the second word of an address."""
    held = ResponsibilityList.objects.create(
        kind="docking", level="province", batch=5, title="【示例】对接责任清单"
    )
    item = make_item(officer.department, on_list=held)
    row = owe(officer.department, item=item, duty="connect", status="in_progress")
    said = {"name": "健康检查", "method": "GET", "expected_status": 200}
    endpoint = endpoints.add(row, by=officer, url="http://10.1.2.3:8080/health", **said)
    allowed = hosts.allow("10.1.2.3", 8080, by=sysadmin, document_number="示例政数〔2026〕1号")
    now = timezone.now()
    window = maintenance.announce(
        row,
        starts_at=now + dt.timedelta(hours=1),
        ends_at=now + dt.timedelta(hours=2),
        reason="升级",
        by=officer,
        now=now,
    )
    return {
        "docking endpoints": [endpoint.pk],
        "docking hosts": [allowed.pk],
        "docking maintenance": [window.pk],
        "docking obligations": [row.pk],
    }


@pytest.fixture
def known(in_progress, claimed, verified, owe, docked, coordinator, officer, reviewer, bureau):
    """Ids that exist, by the first word of an address."""
    on = in_progress.raised_on
    open_one = owe(in_progress.department)
    dispatch.issue(open_one, by=coordinator, on=on)
    day = today()
    asking = rounds.open_round(month=day, cut_off_on=day, by=coordinator, on=day)
    days = {"starts_on": day, "ends_on": day}
    handover = handovers.hand_over(reviewer, by=officer, on=day, **days)
    snapshot = snapshots.take(as_of=on, today=on, by=coordinator)
    report = making.record(snapshot, making.write(snapshot), by=coordinator, job=None)
    planned = _planned(snapshot, coordinator)
    edition = Edition.objects.create(
        list=in_progress.item.list, number=1, applied_on=on, applied_by=coordinator, changed=1
    )
    fields = [["更新周期", "每日", "每周"]]
    edition.changes.create(item=in_progress.item, change="changed", fields=fields)
    line = _contested(coordinator, officer)
    workbook = uploads.receive(ContentFile(b"PK"), name="填报表.xlsx", by=officer)
    log = logs.receive(ContentFile(b"PK"), name="日志.xlsx", by=coordinator)
    request = Asked("share", bureau, day, "示例")
    arrived = recording.record(verified, Said(arrived_on=day), by=officer, on=day)
    asked = requesting.record(open_one, request, by=coordinator, on=day)
    return {
        "editions": [edition.pk],
        "filling": [workbook.pk],
        "obligations": [in_progress.pk],
        "evidence": [claimed.evidence.get().pk],
        "items": [in_progress.item_id],
        "lists": [in_progress.item.list_id],
        "departments": [bureau.pk],
        "jobs": [queue.enqueue("noop", by=coordinator).pk],
        "imports": [1],
        "reports": [report.pk],
        "report-plans": [planned.plan_id],
        "planned-reports": [planned.pk],
        "notices": [open_one.notice_id],
        "rounds": [asking.pk],
        "round-answers": [asking.answers.get(obligation=open_one).pk],
        "handovers": [handover.pk],
        "reminders": [Digest.objects.create(user=coordinator, day=on, item_count=0).pk],
        "urging_notes": [1],
        "score-statements": [line.sheet.statement_id],
        "score-sheets": [line.sheet_id],
        "score-lines": [line.pk],
        "score-objections": [line.objections.get().pk],
        "dispatches": [1],
        "delivery_logs": [log.pk],
        "data_requests": [asked.pk],
        "deliveries": [arrived.pk],
        "contradictions": [_doubted(verified).pk],
        "voices": [verified.pk],
        **docked,
    }


def _planned(snapshot, coordinator):
    """A report that a plan wanted."""
    day = today()
    rule = {"rule": plans.SHIPPED, "recipients": [], "active_from": day}
    plan = plans.make(Scope(), **rule, by=coordinator, on=day)
    days = {"due_on": day, "as_of": day, "planned_on": day, "made_at": timezone.now()}
    return PlannedReport.objects.create(
        plan=plan, period="2025-08", plan_version=1, snapshot=snapshot, **days
    )


def _contested(coordinator, officer):
    """A line of an open statement of scores that its department objects to."""
    day = today()
    statement = score_statements.draft(as_of=day, by=coordinator, today=day)
    score_statements.open_objections(statement, by=coordinator, on=day)
    line = ScoreLine.objects.filter(sheet__department=officer.department).first()
    version = line.sheet.version
    score_statements.object_to(line, by=officer, on=day, reason="示例", version=version)
    return line


def _doubted(row):
    return ContradictionCase.objects.create(
        obligation=row,
        code="consumer_says_unusable",
        weight=90,
        found_on=today(),
        found_at=timezone.now(),
    )


def read_whole(application):
    """The application with answers that are read and closed: files do not stay open."""

    def call(environ, start_response):
        answer = application(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()

    return call


class _Undone(Exception):
    """Takes back what one call wrote."""


def send(case, *, header, known, version):
    word, *more = case.path.split("/")[3:]
    word = f"{word} {more[0]}" if word == "docking" else word
    if "{id}" in case.path or "{pk}" in case.path:
        case.path_parameters = dict.fromkeys(case.path_parameters, known[word][0])
    if version:
        (case.query or {}).pop("cursor", None)
        if isinstance(case.body, dict):
            case.body = {**case.body, "version": version}
    try:
        with transaction.atomic():
            answer = case.call(headers={"Authorization": header})
            case.validate_response(answer, checks=CHECKS)
            raise _Undone
    except _Undone:
        pass


def flat(failure):
    if isinstance(failure, ExceptionGroup):
        return [one for inner in failure.exceptions for one in flat(inner)]
    return [failure]


@pytest.mark.parametrize(
    ("names", "mode"),
    [
        pytest.param(
            ["coordinator", "officer"], GenerationMode.POSITIVE, marks=pytest.mark.sampled
        ),
        pytest.param(["coordinator"], GenerationMode.NEGATIVE, marks=pytest.mark.long),
    ],
)
def test_every_answer_is_as_described(description, known, names, mode, request, in_progress):
    people = [request.getfixturevalue(name) for name in names]
    headers = [f"Bearer {tokens.issue(person, by=None)}" for person in people]
    schema = schemathesis.openapi.from_dict(description)
    schema.app = read_whole(get_wsgi_application())
    in_progress.refresh_from_db()
    seen, failures = 0, []
    for found in schema.get_all_operations():
        operation = found.ok()

        @FEW[mode]
        @given(
            case=operation.as_strategy(generation_mode=mode),
            real=st.sampled_from([True, True, False]),
        )
        def every(case, real):
            ids = known if real else {word: [2**63] for word in known}
            for header in headers:
                send(case, header=header, known=ids, version=in_progress.version if real else None)

        try:
            every()
        except* Exception as group:
            failures += [f"{operation.label}: {failure}" for failure in flat(group)]
        seen += 1
    assert seen > 50
    assert not failures, "\n\n".join(failures)
