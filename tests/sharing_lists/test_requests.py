"""共享申请 and 校核申请: by when they are owed, who does what, and what is refused."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry, Role
from obligations import calendars, confirmations
from obligations.kinds import kinds
from obligations.models import CalendarDay
from sharing_lists import request_dates, requesting
from sharing_lists.models import DataRequest, SharingTerms
from sharing_lists.requesting import Asked, Consent
from tests.obligations.mornings import remind, told

D = dt.date
NOW = dt.datetime(2026, 3, 20, 2, 0, tzinfo=dt.UTC)
TODAY = D(2026, 3, 20)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ask(supplied, health, coordinator):
    """ask(day): 省卫生健康委员会 asks 省公安厅 for data on a day."""

    def make(asked_on, *, kind="share", terms="conditional", row=None, by=coordinator, on=TODAY):
        row = row or supplied()
        SharingTerms.objects.filter(item=row.item).update(share_type=terms)
        asked = Asked(kind, health, asked_on, "出生医学证明核验", "卫健函〔2025〕3号")
        return requesting.record(row, asked, by=by, on=on)

    return make


def browser(user):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user, backend="accounts.signin.Backend")
    return client


def agree(one, day, *, by, on=TODAY):
    return requesting.reply(one, answer="agreed", replied_on=day, by=by, on=on, version=one.version)


@pytest.mark.parametrize(
    ("kind", "terms", "asked_on", "due"),
    [
        ("share", "unconditional", D(2025, 9, 28), D(2025, 9, 29)),
        ("share", "unconditional", D(2025, 9, 30), D(2025, 10, 9)),
        ("share", "unconditional", D(2026, 2, 13), D(2026, 2, 14)),
        ("share", "unconditional", D(2026, 2, 14), D(2026, 2, 24)),
        ("share", "conditional", D(2025, 9, 26), D(2025, 10, 16)),
        ("share", "conditional", D(2025, 9, 30), D(2025, 10, 21)),
        ("share", "conditional", D(2026, 2, 13), D(2026, 3, 5)),
        ("correct", "conditional", D(2025, 9, 30), D(2025, 10, 21)),
        ("correct", "unconditional", D(2026, 2, 13), D(2026, 3, 5)),
    ],
)
def test_the_clock_of_its_kind_runs_over_the_holidays(ask, kind, terms, asked_on, due):
    one = ask(asked_on, kind=kind, terms=terms)

    assert one.due_on == due
    assert (one.correct_by, one.reply_by) == ((due, None) if kind == "correct" else (None, due))


def test_the_clock_of_delivery_starts_with_the_agreeing_reply(ask, officer):
    one = agree(ask(D(2026, 2, 2)), D(2026, 2, 13), by=officer)

    assert (one.waits_for, one.deliver_by) == ("delivery", D(2026, 3, 19))
    done = requesting.deliver(
        one, delivered_on=D(2026, 3, 18), by=officer, on=TODAY, version=one.version
    )
    assert (done.waits_for, done.version) == ("", 3)


def test_a_refusal_carries_its_reasons_and_owes_nothing_more(ask, officer):
    one = ask(D(2026, 3, 2))
    said = {"answer": "refused", "replied_on": D(2026, 3, 3), "by": officer, "on": TODAY}
    with pytest.raises(RuleViolation):
        requesting.reply(one, **said, version=1)
    done = requesting.reply(one, **said, reason="法律规定不予提供", version=1)

    assert (done.waits_for, done.deliver_by) == ("", None)


def test_an_extension_moves_the_day_and_keeps_the_original(ask, coordinator):
    one = ask(D(2026, 2, 13))
    consent = Consent(5, "需核对历史数据", D(2026, 3, 4), D(2026, 3, 5))
    done = requesting.extend(one, consent, by=coordinator, on=TODAY, version=1)

    assert (done.reply_by_originally, done.reply_by) == (D(2026, 3, 5), D(2026, 3, 12))
    with pytest.raises(RuleViolation):
        requesting.extend(done, consent, by=coordinator, on=TODAY, version=2)


@pytest.mark.parametrize(
    "consent",
    [
        Consent(11, "超出规定", D(2026, 3, 4), D(2026, 3, 4)),
        Consent(0, "无天数", D(2026, 3, 4), D(2026, 3, 4)),
        Consent(5, "", D(2026, 3, 4), D(2026, 3, 4)),
        Consent(5, "逾期才同意", D(2026, 3, 6), D(2026, 3, 4)),
        Consent(5, "逾期才告知", D(2026, 3, 4), D(2026, 3, 6)),
        Consent(5, "申请之前", D(2026, 2, 12), D(2026, 3, 4)),
    ],
)
def test_an_extension_that_is_not_valid_moves_nothing(ask, coordinator, consent):
    one = ask(D(2026, 2, 13))
    with pytest.raises(RuleViolation):
        requesting.extend(one, consent, by=coordinator, on=TODAY, version=1)
    one.refresh_from_db()
    assert (one.reply_by, one.extension_days, one.version) == (D(2026, 3, 5), 0, 1)


def test_only_a_coordinator_consents(ask, officer):
    consent = Consent(5, "自行延期", D(2026, 3, 4), D(2026, 3, 4))
    with pytest.raises(PermissionDenied):
        requesting.extend(ask(D(2026, 2, 13)), consent, by=officer, on=TODAY, version=1)


def test_what_cannot_be_is_refused_in_a_sentence(ask, officer, coordinator, police, supplied):
    with pytest.raises(RuleViolation):  # a day to come
        ask(D(2026, 3, 21))
    with pytest.raises(RuleViolation, match="2025-07-31"):  # before Decree 809
        ask(D(2025, 7, 31))
    with pytest.raises(RuleViolation):  # 不予共享
        ask(D(2026, 3, 2), terms="refused")
    itself = Asked("share", police, D(2026, 3, 2), "自己")
    with pytest.raises(RuleViolation):
        requesting.record(supplied(), itself, by=officer, on=TODAY)
    one = ask(D(2026, 3, 2))
    for wrong in (D(2026, 3, 1), D(2026, 3, 21)):
        with pytest.raises(RuleViolation):
            agree(one, wrong, by=officer)
    with pytest.raises(RuleViolation):
        requesting.deliver(one, delivered_on=TODAY, by=officer, on=TODAY, version=1)
    with pytest.raises(RuleViolation):
        requesting.correct(
            one, corrected_on=TODAY, result="已更正", by=officer, on=TODAY, version=1
        )


def test_an_old_version_is_refused_and_every_act_is_audited(ask, officer):
    one = ask(D(2026, 3, 2))
    agree(one, D(2026, 3, 3), by=officer)
    with pytest.raises(StaleVersion):
        agree(one, D(2026, 3, 3), by=officer)

    entry = AuditEntry.objects.get(verb="reply_request")
    assert entry.detail["changes"]["answer"] == ["", "agreed"]
    assert AuditEntry.objects.filter(verb="record_request").count() == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"reply_by": None},
        {"correct_by": D(2026, 3, 9)},
        {"extension_days": 3},
        {"extension_days": 3, "extension_why": "x", "reply_by": D(2026, 3, 30)},
        {"reply_by": D(2026, 3, 30)},
        {"answer": "agreed", "replied_on": D(2026, 3, 3)},
        {"answer": "refused", "replied_on": D(2026, 3, 3)},
        {"replied_on": D(2026, 3, 3)},
        {"delivered_on": D(2026, 3, 3)},
        {"taken_back_on": D(2026, 3, 3)},
        {"result": "已更正"},
    ],
)
def test_the_database_keeps_no_impossible_request(ask, facts):
    one = ask(D(2026, 3, 2))
    with pytest.raises(IntegrityError), transaction.atomic():
        DataRequest.objects.filter(pk=one.pk).update(**facts)


def test_who_recorded_it_takes_it_back_or_the_coordinator(ask, officer, officer2, coordinator):
    own = ask(D(2026, 3, 2), by=officer)
    theirs = ask(D(2026, 3, 2), row=own.obligation, by=coordinator)
    said = {"why": "重复登记", "on": TODAY, "version": 1}
    for one, by in ((theirs, officer), (own, officer2)):
        with pytest.raises(PermissionDenied):
            requesting.take_back(one, **said, by=by)
    done = requesting.take_back(own, **said, by=officer)
    assert (done.waits_for, done.taken_back_why) == ("", "重复登记")
    with pytest.raises(RuleViolation):
        agree(done, D(2026, 3, 3), by=officer)
    assert requesting.take_back(theirs, **said, by=coordinator).taken_back_on == TODAY


def test_each_sees_what_concerns_them(ask, officer, officer2, make_user, city, coordinator, leader):
    one = ask(D(2026, 3, 2))
    third = one.obligation.department.__class__.objects.create(name="省民政厅", level="province")
    other = make_user("third", Role.OFFICER, department=third)
    far = make_user("far", Role.COORDINATOR, department=third, region=city)
    for user, sees in (
        *((user, True) for user in (officer, officer2, coordinator, leader)),
        *((user, False) for user in (other, far)),
    ):
        assert DataRequest.objects.visible_to(user).filter(pk=one.pk).exists() is sees
    said = {"reply-answer": "agreed", "version": 1}
    assert browser(other).post(f"/requests/{one.pk}/reply/", said).status_code == 404
    said = {f"reply-{one.pk}-answer": "agreed", f"reply-{one.pk}-replied_on": "2026-03-03"}
    theirs = said | {"version": 1}
    assert browser(officer2).post(f"/requests/{one.pk}/reply/", theirs).status_code == 403
    one.refresh_from_db()
    assert one.answer == ""


def test_a_demander_records_its_own_request_and_sees_no_page_of_the_provider(
    supplied, officer2, health, coordinator
):
    row = supplied(title="出生人口")
    client = browser(officer2)
    asked = {"obligation": row.pk, "kind": "share", "asked_on": "2026-03-02", "subject": "核验"}
    asked = {f"request-{name}": value for name, value in asked.items()}
    assert client.post("/requests/", asked).status_code == 404  # it uses nothing of it
    confirmations.name(row.item, health, by=coordinator, on=TODAY)
    assert "出生人口（省公安厅）" in client.get("/requests/").content.decode()
    assert client.post("/requests/", asked).status_code == 302

    one = DataRequest.objects.get()
    assert (one.department, one.recorded_by, one.reply_by) == (health, officer2, D(2026, 3, 16))
    page = client.get("/requests/?state=late").content.decode()
    assert "出生人口" in page
    assert f"/obligations/{row.pk}/" not in page
    assert client.get(f"/obligations/{row.pk}/").status_code == 404


def test_the_page_of_the_obligation_shows_them_and_takes_the_acts(ask, officer, health):
    one = ask(D(2026, 3, 2))
    client, where = browser(officer), f"/obligations/{one.obligation_id}/"
    page = client.get(where).content.decode()
    assert "共享申请与校核" in page
    assert "逾期 4 个工作日" in page
    acts = {
        "reply": {"answer": "agreed", "replied_on": "2026-03-16"},
        "deliver": {"delivered_on": "2026-03-19"},
    }
    for version, (verb, fields) in enumerate(acts.items(), start=1):
        said = {f"{verb}-{one.pk}-{name}": value for name, value in fields.items()}
        address = f"/requests/{one.pk}/{verb}/"
        assert client.post(address, said).status_code == 428
        assert client.post(address, said | {"version": 9}).status_code == 409
        assert client.post(address, said | {"version": version}).status_code == 302
    one.refresh_from_db()
    assert (one.deliver_by, one.delivered_on) == (D(2026, 4, 14), D(2026, 3, 19))
    assert "已办结" in client.get(where).content.decode()
    assert "没有符合条件的申请" in client.get("/requests/").content.decode()
    wrong = {"request-obligation": one.obligation_id, "request-kind": "share"}
    wrong |= {"request-department": health.pk, "request-asked_on": "2026-03-21"}
    client.post("/requests/", wrong | {"request-subject": "未来的申请"})
    assert "note note-error" in client.get(where).content.decode()


def test_programs_do_the_same(supplied, officer, officer2, coordinator, health):
    row, where = supplied(), "/api/v1/data_requests/"
    program = APIClient()
    program.force_authenticate(officer)
    asked = {"obligation": row.pk, "kind": "correct", "department": health.pk}
    asked |= {"asked_on": "2026-03-02", "subject": "姓名有误"}
    made = program.post(where, asked, format="json")
    assert (made.status_code, made.json()["correct_by"]) == (201, "2026-03-16")
    address = f"{where}{made.json()['id']}/"
    done = {"corrected_on": "2026-03-17", "result": "已更正"}
    assert program.post(f"{address}correct/", done, format="json").status_code == 428
    stale = program.post(f"{address}correct/", done, format="json", headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    fine = program.post(f"{address}correct/", done | {"version": 1}, format="json")
    assert (fine.status_code, fine.json()["waits_for"]) == (200, "")
    assert program.get(f"{where}?state=open").json()["results"] == []
    assert program.get(where).json()["results"][0]["result"] == "已更正"
    program.force_authenticate(officer2)
    row.refresh_from_db()
    assert program.get(address).status_code == 200  # its own request
    assert program.post(where, asked, format="json").status_code == 404


def test_the_provider_is_reminded_while_the_day_is_near(ask, officer, officer2):
    one = ask(D(2026, 3, 13))
    far = ask(D(2026, 3, 20), row=one.obligation)
    remind(TODAY)

    assert told(officer, TODAY)["data_requests"] == [one.pk]
    assert far.due_on > D(2026, 3, 27)
    assert told(officer2, TODAY) is None


def test_running_days_are_counted_anew_when_the_calendar_changes(ask, officer):
    calendars.seed()
    one = ask(D(2026, 3, 13))
    done = agree(ask(D(2026, 3, 13), row=one.obligation), D(2026, 3, 13), by=officer)
    assert (one.reply_by, request_dates.recount(TODAY)) == (D(2026, 3, 27), 0)
    CalendarDay.objects.filter(region=None, day=D(2026, 3, 23)).delete()
    CalendarDay.objects.create(day=D(2026, 3, 23), is_workday=False, source="示例")

    assert kinds()["sharing"].recount(TODAY) == 2
    one.refresh_from_db()
    done.refresh_from_db()
    assert (one.reply_by, one.reply_by_originally) == (D(2026, 3, 30), D(2026, 3, 30))
    assert (done.reply_by, done.deliver_by) == (D(2026, 3, 27), D(2026, 4, 14))
    told_of = {entry.detail["request"] for entry in AuditEntry.objects.filter(verb="recount_dates")}
    assert told_of == {one.pk, done.pk}
