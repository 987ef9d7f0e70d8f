"""催办单: numbered, once a row a day, signed for and answered by the department alone."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry, Role
from obligations import dispatch, urging
from obligations.models import Obligation, UrgedRow, UrgingNote

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 4)
NEXT = dt.date(2026, 3, 5)


def rows(*obligations):
    return Obligation.objects.filter(pk__in=[one.pk for one in obligations])


@pytest.fixture
def overdue(owe, police, coordinator, officer):
    row = owe(police, due_on=dt.date(2026, 2, 27))
    dispatch.issue(row, by=coordinator, on=dt.date(2025, 8, 4))
    dispatch.accept(row, by=officer, on=dt.date(2025, 8, 5))
    return row


@pytest.fixture
def unaccepted(owe, police, coordinator):
    row = owe(police, due_on=dt.date(2026, 12, 31))
    dispatch.issue(row, by=coordinator, on=dt.date(2025, 8, 4))
    return row


@pytest.fixture
def send(police, coordinator):
    def go(*obligations, to=None, by=None, on=DAY, text="请抓紧办理", answer_by=None):
        return urging.send(
            to or police,
            rows(*obligations),
            text=text,
            answer_by=answer_by or urging.answer_day(on),
            by=by or coordinator,
            on=on,
        )

    return go


def test_a_note_says_of_each_row_why_and_how_late(send, overdue, unaccepted, police):
    note = send(overdue, unaccepted)

    assert note.title == "催办〔2026〕1号"
    assert note.answer_by == dt.date(2026, 3, 9)
    late, waiting = note.rows.order_by("due_on")
    assert (late.obligation, late.why, late.days_late) == (
        overdue,
        "overdue",
        4,
    )  # the 28th is worked
    assert (waiting.obligation, waiting.why, waiting.days_late) == (unaccepted, "not_accepted", 0)


def test_numbers_go_on_within_the_year_and_begin_anew(send, overdue):
    titles = [send(overdue, on=on).title for on in (DAY, NEXT, dt.date(2027, 1, 4))]

    assert titles == ["催办〔2026〕1号", "催办〔2026〕2号", "催办〔2027〕1号"]


def test_each_city_numbers_its_own(send, overdue, owe, make_department, make_user, city):
    bureau = make_department("甲市数据局", at=city)
    coordinator = make_user("city", Role.COORDINATOR, department=bureau, region=city)
    row = owe(make_department("甲市公安局", at=city))
    dispatch.issue(row, by=coordinator, on=dt.date(2025, 8, 4))
    send(overdue)

    note = send(row, to=row.department, by=coordinator)

    assert note.title == "催办〔2026〕1号"


def test_the_text_is_written_like_an_office_writes(overdue, unaccepted, police, coordinator):
    found = urging.look_at(
        urging.urgeable(Obligation.objects.all(), by=coordinator, on=DAY), on=DAY
    )
    text = urging.draft(police, found, on=DAY)

    assert [one.obligation for one in found] == [overdue, unaccepted]
    assert text.startswith("截至2026年3月4日，你单位承担的责任清单事项中，1 项已逾期，1 项尚未签收")
    assert "于2026年3月9日前书面答复" in text


def test_nobody_is_urged_twice_about_a_row_on_one_day(send, overdue, unaccepted, coordinator):
    send(overdue)

    with pytest.raises(RuleViolation, match="1"):
        send(overdue, unaccepted)

    assert UrgingNote.objects.count() == 1
    left = urging.urgeable(Obligation.objects.all(), by=coordinator, on=DAY)
    assert [row.pk for row in left] == [unaccepted.pk]
    assert send(overdue, on=NEXT).number == 2


def test_the_database_holds_it_too(send, overdue):
    note = send(overdue)

    with pytest.raises(IntegrityError), transaction.atomic():
        UrgedRow.objects.create(note=note, obligation=overdue, on=DAY, why="overdue")


def test_only_what_is_overdue_or_unaccepted_can_be_urged_about(send, in_progress, owe, police):
    for row in (in_progress, owe(police)):
        with pytest.raises(RuleViolation):
            send(row, on=dt.date(2025, 9, 4))


def test_a_note_goes_to_one_department(send, overdue, owe, health, coordinator, police):
    other = owe(health, due_on=dt.date(2026, 2, 27))
    dispatch.issue(other, by=coordinator, on=dt.date(2025, 8, 4))

    for to in (police, health):
        with pytest.raises(RuleViolation):
            send(overdue, other, to=to)
    with pytest.raises(RuleViolation):
        send(overdue, to=health)


@pytest.mark.parametrize(
    "said",
    [
        {"text": " "},
        {"text": "长" * 4001},
        {"answer_by": DAY - dt.timedelta(days=1)},
    ],
)
def test_a_note_needs_a_text_and_a_day_to_come(send, overdue, said):
    with pytest.raises(RuleViolation):
        send(overdue, **said)


def test_no_rows_make_no_note(send):
    with pytest.raises(RuleViolation):
        send()


@pytest.mark.parametrize("who", ["officer", "reviewer", "leader", "sysadmin"])
def test_only_coordinators_urge(request, send, overdue, who):
    with pytest.raises(PermissionDenied):
        send(overdue, by=request.getfixturevalue(who))


def test_a_coordinator_of_one_city_cannot_urge_beyond_it(send, overdue, make_user, city):
    with pytest.raises((PermissionDenied, RuleViolation)):
        send(overdue, by=make_user("city", Role.COORDINATOR, region=city))

    assert not UrgingNote.objects.exists()


def test_the_department_signs_once_with_name_and_time(send, overdue, officer, reviewer):
    note = send(overdue)

    urging.receive(note, by=reviewer, on=NEXT, version=1)

    assert note.received_by == reviewer
    assert note.received_at is not None
    assert note.version == 2
    with pytest.raises(RuleViolation):
        urging.receive(note, by=officer, on=NEXT, version=2)


def test_an_answer_signs_as_well_and_stays(send, overdue, officer):
    note = send(overdue)

    urging.answer(note, text="接口已开发完成，3月10日前上线", by=officer, on=NEXT, version=1)

    assert note.received_by == note.answered_by == officer
    with pytest.raises(RuleViolation):
        urging.answer(note, text="改一改", by=officer, on=NEXT, version=2)


def test_two_of_a_department_cannot_overwrite_each_other(send, overdue, officer, reviewer):
    note = send(overdue)
    urging.receive(note, by=reviewer, on=NEXT, version=1)

    with pytest.raises(StaleVersion):
        urging.answer(note, text="已办", by=officer, on=NEXT, version=1)


def test_another_department_neither_sees_nor_signs(send, overdue, officer2, officer, coordinator):
    note = send(overdue)

    assert not UrgingNote.objects.visible_to(officer2).exists()
    for user in (officer, coordinator):
        assert UrgingNote.objects.visible_to(user).exists()
    with pytest.raises(PermissionDenied):
        urging.receive(note, by=officer2, on=NEXT)


def test_every_act_is_on_the_audit_trail(send, overdue, officer):
    note = send(overdue)
    urging.receive(note, by=officer, on=NEXT)
    urging.answer(note, text="已办", by=officer, on=NEXT)

    trail = AuditEntry.objects.of("obligations.urgingnote", note.pk)
    assert [entry.verb for entry in trail] == ["urge", "receive_urging", "answer_urging"]
    assert trail[0].detail["rows"] == [overdue.pk]
