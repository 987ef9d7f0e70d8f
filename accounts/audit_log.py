"""Reads the audit trail for the auditor: who, when, verb, object; values stay masked."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext as _

from accounts.audit_words import ACTS, KINDS
from accounts.csv_text import harmless
from accounts.models import AuditEntry, Role, User


def find(by: User, wanted: Mapping[str, Any] | None) -> QuerySet[AuditEntry]:
    """Entries that match the filter (keys as forms.AuditFilter); days are days in our zone.

    A filter that could not be read (None) finds nothing, lest it seem to have been applied.
    """
    entries = AuditEntry.objects.all().visible_to(by)
    if wanted is None:
        return entries.none()
    exact = {"who": "username", "object_type": "object_type", "object_id": "object_id"}
    for name, field in {**exact, "verb": "verb"}.items():
        if wanted.get(name):
            entries = entries.filter(**{field: wanted[name].strip()})
    if first := wanted.get("first"):
        entries = entries.filter(at__gte=_midnight(first))
    if last := wanted.get("last"):
        entries = entries.filter(at__lt=_midnight(last + dt.timedelta(days=1)))
    return entries


@dataclass(frozen=True)
class Line:
    """An entry as the auditor reads it."""

    entry: AuditEntry
    who: str
    role: str
    act: str
    kind: str
    fields: str


def line_of(entry: AuditEntry) -> Line:
    return Line(
        entry,
        who=who_of(entry),
        role=role_of(entry),
        act=str(ACTS.get(entry.verb, entry.verb)),
        kind=str(KINDS.get(entry.object_type, entry.object_type)),
        fields=fields_of(entry),
    )


def fields_of(entry: AuditEntry) -> str:
    """The names of what changed; never a value."""
    return "、".join(entry.detail) if isinstance(entry.detail, dict) else ""


def who_of(entry: AuditEntry) -> str:
    """The user name; acts without one are the machine's, but for tries with an unknown name."""
    nobody = _("unknown name") if entry.verb == "fail_sign_in" else _("the machine")
    return entry.username or nobody


def role_of(entry: AuditEntry) -> str:
    return str(dict(Role.choices).get(entry.role, entry.role))


def lines(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    """The entries as CSV, newest first, with a mark that lets Excel read UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(_header())
    for entry in entries.order_by("-pk").iterator(chunk_size=2000):
        yield writer.writerow([harmless(cell) for cell in _cells(entry)])


def _header() -> list[str]:
    return [
        _("Number"),
        _("Time"),
        _("User name"),
        _("Role"),
        _("Act"),
        _("Object type"),
        _("Object number"),
        _("Changed fields"),
        _("Address"),
        _("Request number"),
    ]


def _cells(entry: AuditEntry) -> list[str]:
    line = line_of(entry)
    return [
        str(entry.pk),
        localtime(entry.at).strftime("%Y-%m-%d %H:%M:%S"),
        line.who,
        line.role,
        line.act,
        line.kind,
        entry.object_id,
        line.fields,
        entry.address or "",
        entry.request_id,
    ]


def _midnight(day: dt.date) -> dt.datetime:
    return make_aware(dt.datetime.combine(day, dt.time.min))


class _Echo:
    """csv writes into this; its writerow then returns the line."""

    def write(self, line: str) -> str:
        return line
