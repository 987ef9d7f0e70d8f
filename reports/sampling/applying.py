"""Requests of the demonstration: answered, extended, delivered late, open, and to be corrected."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from accounts.models import Department, User
from obligations import calendars
from obligations.models import Duty, Obligation, Status
from obligations.workdays import Calendar
from reports.sampling.staff import Staff
from sharing_lists import requesting
from sharing_lists.models import DataRequest, SharingTerms
from sharing_lists.requesting import Asked, Consent

_SUBJECTS = ("申领补贴资格核验", "企业开办信息核对", "新生儿出生“一件事”办理", "社会救助对象复核")
_SHARE, _CORRECT = DataRequest.Kind.SHARE, DataRequest.Kind.CORRECT


@dataclass(frozen=True)
class Story:
    """Days are working days: received so long ago, answered and delivered so long after; None:
    not yet."""

    ago: int
    replied: int | None = None
    delivered: int | None = None
    extended: int = 0
    refused: bool = False
    kind: str = _SHARE


# One after the other for each resource; so many are of the department whose desk is opened.
_AT_THE_DESK = 4
_STORIES = (
    Story(8),
    Story(13, kind=_CORRECT),
    Story(12, replied=4, extended=5),
    Story(24, replied=1),
    Story(40, replied=1, delivered=18),
    Story(45, replied=1, delivered=24),
    Story(30, replied=8, refused=True),
    Story(25, replied=6, kind=_CORRECT),
)


def apply(people: Staff, *, today: dt.date) -> None:
    """Departments ask for data of the list; providers answer, or do not yet."""
    rows = Obligation.objects.filter(duty=Duty.SUPPLY, external=False, item__list__kind="sharing")
    rows = rows.exclude(status__in=[Status.DRAFT, Status.WITHDRAWN])
    rows = rows.exclude(item__sharing_terms__share_type=SharingTerms.ShareType.REFUSED)
    joined = list(rows.select_related("department").order_by("pk"))
    desk = people.acting("officer").department_id
    own = [row for row in joined if row.department_id == desk][:_AT_THE_DESK]
    chosen = [*own, *(row for row in joined if row.department_id != desk)]
    known = sorted({row.department for row in joined}, key=lambda one: one.pk)
    demanders = cycle(known)
    for number, (row, story) in enumerate(zip(chosen, _STORIES, strict=False), start=1):
        if len(known) > 1:
            demander = next(one for one in demanders if one.pk != row.department_id)
            _play(row, story, demander, number, people, today=today)


def _play(
    row: Obligation,
    story: Story,
    demander: Department,
    number: int,
    people: Staff,
    *,
    today: dt.date,
) -> None:
    provider = row.department
    calendar, officer = calendars.in_region(provider.region_id), people.officer(provider)
    asked_on = calendar.subtract(today, story.ago)
    wrong = "【示例】姓名与证号不符，请予校核"
    subject = wrong if story.kind == _CORRECT else f"【示例】{_SUBJECTS[number % len(_SUBJECTS)]}"
    asked = Asked(story.kind, demander, asked_on, subject, f"示例函〔{asked_on.year}〕{number}号")
    one = requesting.record(row, asked, by=officer, on=asked_on)
    if story.extended:
        consent = Consent(story.extended, "【示例】需核对历史数据", asked_on, asked_on)
        by = people.decider(provider)
        one = requesting.extend(one, consent, by=by, on=asked_on, version=one.version)
    if story.replied is not None:
        _answer(one, story, calendar, by=officer)


def _answer(one: DataRequest, story: Story, calendar: Calendar, *, by: User) -> None:
    day = calendar.add(one.asked_on, story.replied or 0)
    if one.kind == _CORRECT:
        result = "【示例】已核对，姓名和证号已更正"
        said: Any = {"by": by, "on": day, "version": one.version}
        requesting.correct(one, corrected_on=day, result=result, **said)
        return
    answer = DataRequest.Answer.REFUSED if story.refused else DataRequest.Answer.AGREED
    reason = "【示例】申请事项与所列共享范围不符" if story.refused else ""
    one = requesting.reply(
        one, answer=answer, replied_on=day, reason=reason, by=by, on=day, version=one.version
    )
    if story.delivered is not None:
        done = calendar.add(day, story.delivered)
        requesting.deliver(one, delivered_on=done, by=by, on=done, version=one.version)
