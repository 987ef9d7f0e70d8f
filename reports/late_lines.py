"""Freezes 补录事项: acts of the days reported that were put on record afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from django.db.models import QuerySet
from django.utils import translation

from accounts import names_then
from accounts.audit_words import ACTS
from accounts.models import AuditEntry, Department, User
from obligations.chunks import chunks
from obligations.models import Obligation
from obligations.verbs import VERB_LABELS
from reports.models import LateLine, ObligationLine, Snapshot

_OBLIGATION = Obligation._meta.label_lower
_MACHINE = "系统"
# Longer ones are not verbs.
_ACT_LENGTH = 100


def freeze(snapshot: Snapshot, entries: QuerySet[AuditEntry]) -> int:
    """Keep what was recorded since its day, in the order of the record; how many acts."""
    called = names_then.on(snapshot.as_of)
    ids = list(entries.values_list("pk", flat=True))
    with translation.override("zh-hans"):
        for chunk in chunks(ids):
            found = list(entries.filter(pk__in=chunk))
            LateLine.objects.bulk_create(_lines(snapshot, found, called))
    return len(ids)


def _lines(
    snapshot: Snapshot, entries: Sequence[AuditEntry], called: Mapping[int, str]
) -> Iterator[LateLine]:
    keys = {int(one.object_id) for one in entries if one.object_type == _OBLIGATION}
    lines = {
        line.obligation_id: line
        for line in ObligationLine.objects.filter(snapshot=snapshot, obligation_id__in=keys)
    }
    people = User.objects.in_bulk({one.user_id for one in entries if one.user_id})
    bodies = Department.objects.in_bulk(
        {one.department_id for one in entries if one.department_id is not None}
    )
    for one in entries:
        of_one = one.object_type == _OBLIGATION
        line = lines[int(one.object_id)] if of_one else None
        body = line.department_id if line else int(one.object_id)
        person = people.get(one.user_id or 0)
        yield LateLine(
            snapshot=snapshot,
            entry_id=one.pk,
            obligation_id=line.obligation_id if line else None,
            department_id=body,
            department_name=line.department_name
            if line
            else called.get(body) or str(bodies.get(body, "")),
            title=line.title if line else "",
            list_title=line.list_title if line else "",
            act=_act(one.verb),
            person=person.display_name if person else one.username or _MACHINE,
            effective_on=dt.date.fromisoformat(one.detail["on"]),
            recorded_at=one.at,
        )


def _act(verb: str) -> str:
    """What it is called where the obligation shows it, else as the auditor reads it."""
    return str(VERB_LABELS.get(verb) or ACTS.get(verb) or verb)[:_ACT_LENGTH]
