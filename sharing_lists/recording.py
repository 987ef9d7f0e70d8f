"""A delivery that a person records, marked as such; and what an item asks of deliveries."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import Role, User
from accounts.versions import require_same
from obligations import evidence, transitions
from obligations.changing import require_in_reach, require_known_day
from obligations.evidence import NewEvidence
from obligations.models import Duty, Evidence, ListItem, Obligation, Status
from obligations.today import moment
from sharing_lists import deliveries, following, promises
from sharing_lists.deliveries import Arrival
from sharing_lists.models import Delivery, Promise

_MOST_FIELDS = 200
_LONGEST_REASON = 300


@dataclass(frozen=True)
class Said:
    """What a person says of a delivery. `receipt` is the number of a receipt, kept as evidence
    where the obligation takes evidence."""

    arrived_on: dt.date
    covers_from: dt.date | None = None
    covers_to: dt.date | None = None
    newest_data_on: dt.date | None = None
    rows: int | None = None
    receipt: str = ""
    note: str = ""


def record(obligation: Obligation, said: Said, *, by: User, on: dt.date) -> Delivery:
    """Record a delivery in one's own name."""
    permissions.require(by, "record_delivery")
    first, last = said.covers_from or said.covers_to, said.covers_to or said.covers_from
    _require_possible(said, first, last, on=on)
    with transaction.atomic():
        row = (
            Obligation.objects.select_for_update(of=("self",))
            .select_related("department", "item__list")
            .get(pk=obligation.pk)
        )
        require_in_reach(row, by=by)
        _require_supplied(row)
        piece = _as_evidence(row, said, first, last, by=by, on=on)
        arrival = Arrival(
            source=Delivery.Source.PERSON,
            arrived_at=moment(said.arrived_on),
            # Two people may say the same of two deliveries.
            fingerprint=uuid.uuid4().hex,
            covers_from=first,
            covers_to=last,
            rows=said.rows,
            newest_data_at=moment(said.newest_data_on) if said.newest_data_on else None,
            recorded_by=by,
            note=" ".join(filter(None, (said.receipt, said.note)))[:500],
            evidence=piece,
        )
        [made] = deliveries.record([(row.pk, arrival)], on=on).made
        detail = {
            "on": on.isoformat(),
            "delivery": made.pk,
            "arrived_on": made.arrived_on.isoformat(),
            "counts": [made.counts_from.isoformat(), made.counts_to.isoformat()],
            "outcome": made.outcome,
            "rows": made.rows,
        }
        audit.record(
            row, verb="record_delivery", by=by, detail=detail, department_id=row.department_id
        )
    return made


def take_back(delivery: Delivery, *, why: str, by: User, on: dt.date) -> None:
    """What was recorded by mistake counts no longer; it stays on record, with the reason. A
    department takes back what people recorded, a coordinator also what came by receipt or log."""
    permissions.require(by, "record_delivery")
    why = " ".join(why.split())
    if not 1 <= len(why) <= _LONGEST_REASON:
        raise RuleViolation(_("Say in up to %(most)s characters why.") % {"most": _LONGEST_REASON})
    with transaction.atomic():
        locked = Obligation.objects.select_for_update(of=("self",)).select_related("department")
        row = locked.get(pk=delivery.obligation_id)
        require_in_reach(row, by=by)
        if delivery.source != Delivery.Source.PERSON and by.role != Role.COORDINATOR:
            raise RuleViolation(_("Only a coordinator takes back what came by a receipt or a log."))
        taken = {"outcome": Delivery.Outcome.TAKEN_BACK, "taken_back_why": why}
        if not Delivery.objects.standing().filter(pk=delivery.pk).update(**taken):
            raise RuleViolation(_("This delivery was taken back already."))
        following.settle([row.pk], on=on)
        detail = {
            "on": on.isoformat(),
            "delivery": delivery.pk,
            "arrived_on": delivery.arrived_on.isoformat(),
            "outcome": [delivery.outcome, taken["outcome"]],
            "reason": why,
        }
        audit.record(
            row, verb="take_back_delivery", by=by, detail=detail, department_id=row.department_id
        )
    delivery.refresh_from_db()


def keep_promise(
    item: ListItem,
    *,
    min_rows: int | None,
    required_fields: Sequence[str],
    by: User,
    on: dt.date,
    version: int,
) -> Promise:
    """Set what deliveries under an item must hold; what arrived is judged anew. `version` is that
    of the settings, 0 where there are none yet."""
    permissions.require(by, "keep_promises")
    fields = list(dict.fromkeys(name.strip() for name in required_fields if name.strip()))
    if len(fields) > _MOST_FIELDS:
        sentence = _("At most %(most)s fields can be required.") % {"most": _MOST_FIELDS}
        raise _wrong("required_fields", sentence)
    with transaction.atomic():
        held = ListItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
        row = Promise.objects.filter(pk=held.pk).first() or Promise(item=held, version=0)
        require_same(row.version, version)
        detail: dict[str, Any] = {
            "on": on.isoformat(),
            "min_rows": [row.min_rows, min_rows],
            "required_fields": [row.required_fields, fields],
        }
        row.min_rows, row.required_fields, row.changed_by = min_rows, fields, by
        row.version += 1
        row.save()
        detail["judged_otherwise"] = deliveries.judge_again(held.pk, on=on)
        audit.record(row, verb="keep_promise", by=by, detail=detail)
    return row


def _require_possible(
    said: Said, first: dt.date | None, last: dt.date | None, *, on: dt.date
) -> None:
    """The period may still run: its data may be delivered before its last day."""
    past = {
        "arrived_on": said.arrived_on,
        "covers_from": first,
        "newest_data_on": said.newest_data_on,
    }
    require_known_day(*past.values(), last)
    ahead = [name for name, day in past.items() if day is not None and day > on]
    if last is not None and last > on + dt.timedelta(days=promises.MOST_AHEAD_DAYS):
        ahead.append("covers_to")
    if ahead:
        # Of a period with one day given, that one is both its ends.
        wrong = "covers_to" if ahead[0] == "covers_from" and not said.covers_from else ahead[0]
        raise _wrong(wrong, _("A delivery cannot speak of a day that has not come yet."))
    if first and last and last < first:
        raise _wrong("covers_to", _("The period ends before it begins: check its two days."))


def _wrong(field: str, sentence: str) -> RuleViolation:
    """A refusal that names what was wrong, for the form and for programs."""
    return RuleViolation(sentence, facts={"field": field})


def _require_supplied(row: Obligation) -> None:
    if row.duty != Duty.SUPPLY or row.external or row.item.list.kind != "sharing":
        raise RuleViolation(_("Only an obligation to supply data has deliveries."))
    if row.status in (Status.DRAFT, Status.WITHDRAWN):
        raise RuleViolation(
            _("Nothing is delivered under it now: the status is “%(status)s”.")
            % {"status": row.get_status_display()}
        )


def _as_evidence(
    row: Obligation,
    said: Said,
    first: dt.date | None,
    last: dt.date | None,
    *,
    by: User,
    on: dt.date,
) -> Evidence | None:
    """到数回执 as evidence, where this person may attach evidence to it now."""
    if not said.receipt.strip():
        return None
    first, last = first or said.arrived_on, last or said.arrived_on
    piece = NewEvidence(
        Evidence.Kind.RECEIPT, said.receipt.strip(), period_from=first, period_to=last
    )
    if not transitions.of("attach_evidence", row.status, by.role, external=row.external):
        return None
    try:
        [made] = evidence.attach(row, piece, by=by, on=on)
    except RuleViolation as refusal:
        refusal.facts.setdefault("field", "receipt")
        raise
    return made
