"""What happens to a request: recorded, replied to, extended, delivered, corrected, taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import Department, Role, User
from accounts.versions import require_same
from obligations import consumers
from obligations.changing import require_in_reach, require_known_day
from obligations.models import Duty, ListItem, Obligation, Status
from obligations.models.obligation import ObligationQuerySet
from sharing_lists import request_dates
from sharing_lists.models import DataRequest

_LONGEST = 500
_WATCHED = (
    *("asked_on", "reply_by", "reply_by_originally", "extension_days", "extension_why"),
    *("extended_on", "demander_told_on", "answer", "reason", "replied_on", "deliver_by"),
    *("delivered_on", "correct_by", "corrected_on", "result", "taken_back_on", "taken_back_why"),
)


@dataclass(frozen=True)
class Asked:
    """What a department asks for, and on which day the provider received it."""

    kind: str
    department: Department
    asked_on: dt.date
    subject: str
    number: str = ""


@dataclass(frozen=True)
class Consent:
    """延期: the coordinator's consent of a day, and the day on which the demander was told."""

    days: int
    why: str
    extended_on: dt.date
    demander_told_on: dt.date


def askable(user: User, *, on: dt.date) -> ObligationQuerySet:
    """Obligations under which the user may record a request: those that he sees, and those of
    other providers whose items his department uses."""
    supplied = Obligation.objects.filter(duty=Duty.SUPPLY, external=False)
    supplied = supplied.filter(item__list__kind="sharing")
    supplied = supplied.exclude(status__in=[Status.DRAFT, Status.WITHDRAWN])
    seen = supplied.filter(pk__in=Obligation.objects.visible_to(user).values("pk"))
    if user.role != Role.OFFICER or user.department_id is None:
        return seen
    used = ListItem.objects.filter(consumers.items_of(user.department_id, on=on))
    return seen | supplied.filter(item__in=used.values("pk"))


def record(obligation: Obligation, asked: Asked, *, by: User, on: dt.date) -> DataRequest:
    """Put a request on record: the provider's people, the coordinator, or the demander's own."""
    permissions.require(by, "record_request")
    subject, number = _words(asked.subject), " ".join(asked.number.split())[:100]
    _require_past(asked.asked_on, on=on)
    with transaction.atomic():
        joined = Obligation.objects.select_related("department", "item__sharing_terms")
        row = joined.select_for_update(of=("self",)).get(pk=obligation.pk)
        _require_asked_for(row, asked, by=by, on=on)
        made = DataRequest(
            obligation=row,
            kind=asked.kind,
            department=asked.department,
            number=number,
            subject=subject,
            asked_on=asked.asked_on,
            recorded_by=by,
            clock=request_dates.clock_of(asked.kind, row.item.sharing_terms.share_type),
        )
        if not made.clock:
            raise RuleViolation(_("This resource is not shared: nobody can apply for it."))
        request_dates.put(made)
        made.save()
        detail = {"request": made.pk, "kind": made.kind, "demander": asked.department.pk}
        _audit(made, verb="record_request", by=by, on=on, detail={**detail, **_facts(made)})
    return made


def reply(
    request: DataRequest,
    *,
    answer: str,
    replied_on: dt.date,
    reason: str = "",
    by: User,
    on: dt.date,
    version: int,
) -> DataRequest:
    """Agree, from which day the clock of delivery runs, or refuse with reasons."""
    with _changing(request, verb="reply_request", by=by, on=on, version=version) as row:
        _require_waits(row, "reply")
        _require_past(replied_on, on=on, since=row.asked_on)
        if answer not in DataRequest.Answer.values:
            raise RuleViolation(_("Say whether it is agreed or refused."))
        row.answer, row.replied_on = answer, replied_on
        row.reason = _words(reason) if answer == "refused" or reason.strip() else ""
        request_dates.put(row)
    return row


def extend(
    request: DataRequest, consent: Consent, *, by: User, on: dt.date, version: int
) -> DataRequest:
    """The coordinator consents, and the demander was told: only then the day of the reply moves.
    Once, before it has passed, and by no more than the rule allows."""
    with _changing(request, verb="extend_request", by=by, on=on, version=version) as row:
        _require_waits(row, "reply")
        why, most = _words(consent.why), request_dates.rule_of(row).max_extension_days
        for day in (consent.extended_on, consent.demander_told_on):
            _require_past(day, on=on, since=row.asked_on)
        if row.extension_days:
            raise RuleViolation(_("The reply was extended already."))
        if not 1 <= consent.days <= most:
            raise RuleViolation(
                _("The reply may be extended by 1 to %(most)s working days.") % {"most": most}
            )
        last = row.reply_by_originally
        if last is not None and max(consent.extended_on, consent.demander_told_on) > last:
            raise RuleViolation(
                _("Consent and notice come before the reply is due (%(day)s): later they move "
                  "nothing.") % {"day": last.isoformat()}
            )  # fmt: skip
        row.extension_days, row.extension_why = consent.days, why
        row.extended_on, row.demander_told_on = consent.extended_on, consent.demander_told_on
        request_dates.put(row)
    return row


def deliver(
    request: DataRequest, *, delivered_on: dt.date, by: User, on: dt.date, version: int
) -> DataRequest:
    """The data were delivered to the demander."""
    with _changing(request, verb="deliver_request", by=by, on=on, version=version) as row:
        _require_waits(row, "delivery")
        _require_past(delivered_on, on=on, since=row.replied_on)
        row.delivered_on = delivered_on
    return row


def correct(
    request: DataRequest,
    *,
    corrected_on: dt.date,
    result: str,
    by: User,
    on: dt.date,
    version: int,
) -> DataRequest:
    """The data were checked and put right, with what came of it."""
    with _changing(request, verb="correct_request", by=by, on=on, version=version) as row:
        _require_waits(row, "correction")
        _require_past(corrected_on, on=on, since=row.asked_on)
        row.corrected_on, row.result = corrected_on, _words(result)
    return row


def take_back(
    request: DataRequest, *, why: str, by: User, on: dt.date, version: int
) -> DataRequest:
    """What was recorded by mistake counts on no day; it stays on record, with the reason."""
    with _changing(request, verb="take_back_request", by=by, on=on, version=version) as row:
        if row.taken_back_on is not None:
            raise RuleViolation(_("This request was taken back already."))
        row.taken_back_on, row.taken_back_why = on, _words(why)
    return row


def may_take_back(row: DataRequest, by: User) -> bool:
    """Coordinators of the provider, and people of the department that put it on record."""
    if row.taken_back_on is not None or not permissions.may(by, "take_back_request"):
        return False
    if by.role == Role.COORDINATOR:
        return _is_in_reach(row.obligation, by)
    return by.department_id == row.recorded_by.department_id


def may_answer(row: DataRequest, by: User) -> bool:
    """Whether what the provider owes is recorded by this person."""
    return permissions.may(by, "reply_request") and _is_in_reach(row.obligation, by)


@contextmanager
def _changing(
    request: DataRequest, *, verb: str, by: User, on: dt.date, version: int
) -> Iterator[DataRequest]:
    """Yield the locked, checked request; on leaving, save it with its audit row."""
    permissions.require(by, verb)
    with transaction.atomic():
        joined = DataRequest.objects.select_related("obligation__department", "recorded_by")
        row = joined.select_for_update(of=("self",)).get(pk=request.pk)
        if verb != "take_back_request":
            require_in_reach(row.obligation, by=by)
        elif row.taken_back_on is None and not may_take_back(row, by):
            raise PermissionDenied(_("Who recorded it takes it back, or the coordinator."))
        require_same(row.version, version)
        before = _facts(row)
        yield row
        row.version += 1
        row.save()
        after = _facts(row)
        changes = {name: [before[name], now] for name, now in after.items() if before[name] != now}
        _audit(row, verb=verb, by=by, on=on, detail={"request": row.pk, "changes": changes})


def _audit(row: DataRequest, *, verb: str, by: User, on: dt.date, detail: dict[str, Any]) -> None:
    detail = {"on": on.isoformat(), "obligation": row.obligation_id, **detail}
    owner = row.obligation.department_id
    audit.record(row, verb=verb, by=by, detail=detail, department_id=owner)


def _facts(row: DataRequest) -> dict[str, Any]:
    """What audit rows name, as JSON values."""
    values = {name: getattr(row, name) for name in _WATCHED}
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in values.items()
    }


def _require_asked_for(row: Obligation, asked: Asked, *, by: User, on: dt.date) -> None:
    """The obligation takes requests, and this person may record one of this demander."""
    if not askable(by, on=on).filter(pk=row.pk).exists():
        raise RuleViolation(_("Only an obligation to supply data that was issued is asked."))
    if asked.kind not in DataRequest.Kind.values:
        raise RuleViolation(_("Say whether data or a correction is asked for."))
    demander = asked.department
    if demander.is_central:
        raise RuleViolation(_("People of central bodies do not sign in: name one of our own."))
    if demander.pk == row.department_id:
        raise RuleViolation(_("The provider does not ask itself: name the department that asks."))
    if by.role == Role.COORDINATOR:
        require_in_reach(row, by=by)
    elif by.department_id not in (row.department_id, demander.pk):
        raise PermissionDenied(_("This belongs to another department."))


def _require_waits(row: DataRequest, what: str) -> None:
    if row.waits_for == what:
        return
    if row.taken_back_on is not None:
        raise RuleViolation(_("This request was taken back already."))
    said = {
        "reply": _("This request does not wait for a reply."),
        "delivery": _("This request does not wait for a delivery: it is not agreed, or done."),
        "correction": _("This request does not wait for a correction."),
    }
    raise RuleViolation(said[what])


def _require_past(day: dt.date, *, on: dt.date, since: dt.date | None = None) -> None:
    require_known_day(day)
    if day > on:
        raise RuleViolation(
            _("%(day)s has not come yet: record what has happened.") % {"day": day.isoformat()}
        )
    if since is not None and day < since:
        raise RuleViolation(
            _("%(day)s lies before %(since)s, when it began: check the day.")
            % {"day": day.isoformat(), "since": since.isoformat()}
        )


def _words(written: str) -> str:
    words = " ".join(written.split())
    if not 1 <= len(words) <= _LONGEST:
        raise RuleViolation(_("Say in up to %(most)s characters what it is.") % {"most": _LONGEST})
    return words


def _is_in_reach(row: Obligation, by: User) -> bool:
    try:
        require_in_reach(row, by=by)
    except PermissionDenied:
        return False
    return True
